import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { answerJson } from '../loopbackServer.ts';
import { fhirBase, issuer } from './authorizationServer.ts';
import type { OpenLedger } from './ledger.ts';
import { findPerson, honestPeople } from './people.ts';

/** The record server beside the honest authorization server: its two descriptions, and the patients themselves. */
export async function answerFhir(
  provider: Provider,
  ledger: OpenLedger,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', fhirBase);
  const answer = async (): Promise<readonly [status: number, body: unknown]> => {
    if (request.method !== 'GET') return [405, outcome('not-supported')];
    if (pathname === '/r4/.well-known/smart-configuration') return [200, describeSmart(provider)];
    if (pathname === '/r4/metadata') return [200, describeCapabilities(provider)];
    const [, patientID] = /^\/r4\/Patient\/([^/]+)$/.exec(pathname) ?? [];
    return patientID === undefined
      ? [404, outcome('not-found')]
      : readPatient(provider, patientID, request.headers.authorization);
  };
  const [status, body] = await answer();
  ledger.dataRequests.push({ path: pathname, status });
  answerJson(response, status, body);
}

function describeSmart(provider: Provider) {
  return {
    issuer,
    ...describeEndpoints(provider),
    jwks_uri: provider.urlFor('jwks'),
    introspection_endpoint: provider.urlFor('introspection'),
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    response_types_supported: ['code'],
    scopes_supported: [
      'openid',
      'fhirUser',
      'launch/patient',
      'offline_access',
      'patient/*.rs',
      'patient/*.read',
    ],
    code_challenge_methods_supported: ['S256'],
    capabilities: [
      ...['launch-standalone', 'context-standalone-patient', 'sso-openid-connect'],
      ...['client-public', 'client-confidential-symmetric', 'client-confidential-asymmetric'],
      ...['permission-patient', 'permission-offline', 'permission-v1', 'permission-v2'],
    ],
  };
}

function describeEndpoints(provider: Provider) {
  return {
    authorization_endpoint: provider.urlFor('authorization'),
    token_endpoint: provider.urlFor('token'),
    revocation_endpoint: provider.urlFor('revocation'),
  };
}

/** SMART App Launch 1.0, "FHIR Authorization Endpoint Discovery": for clients that look here. */
function describeCapabilities(provider: Provider) {
  const { authorization_endpoint, token_endpoint, revocation_endpoint } = describeEndpoints(provider);
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-02',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: {
          extension: [
            {
              url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
              extension: [
                { url: 'authorize', valueUri: authorization_endpoint },
                { url: 'token', valueUri: token_endpoint },
                { url: 'revoke', valueUri: revocation_endpoint },
              ],
            },
          ],
        },
        resource: [{ type: 'Patient', interaction: [{ code: 'read' }] }],
      },
    ],
  };
}

const readingScopes = ['patient/*.read', 'patient/*.rs', 'patient/Patient.read', 'patient/Patient.rs'];

async function readPatient(
  provider: Provider,
  patientID: string,
  authorization: string | undefined,
): Promise<readonly [number, unknown]> {
  const [, value = ''] = /^Bearer ([\w-]+)$/.exec(authorization ?? '') ?? [];
  const token = await provider.AccessToken.find(value);
  if (token === undefined) return [401, outcome('login')];
  const isHers = findPerson(token.accountId)?.patientID === patientID;
  if (!isHers || !readingScopes.some((scope) => token.scopes.has(scope))) return [403, outcome('forbidden')];
  const person = honestPeople.find((one) => one.patientID === patientID);
  const [given, family] = person?.name.split(' ') ?? [];
  return [
    200,
    {
      resourceType: 'Patient',
      id: patientID,
      identifier: [{ system: `${fhirBase}/numbers`, value: patientID }],
      name: [{ family, given: [given] }],
      gender: 'unknown',
    },
  ];
}

function outcome(code: string) {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] };
}
