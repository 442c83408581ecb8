import { hash } from 'node:crypto';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

/** What of a SMART server an address is: every FHIR base on every host has one of its own below it. */
export type SmartPlace =
  | 'smart-configuration'
  | 'openid-configuration'
  | 'metadata'
  | 'authorize'
  | 'token'
  | 'revoke'
  | 'introspect'
  | 'keys';

const paths: Readonly<Record<SmartPlace, string>> = {
  'smart-configuration': '/.well-known/smart-configuration',
  'openid-configuration': '/.well-known/openid-configuration',
  metadata: '/metadata',
  authorize: '/oauth2/authorize',
  token: '/oauth2/token',
  revoke: '/oauth2/revoke',
  introspect: '/oauth2/introspect',
  keys: '/oauth2/jwks',
};

/** The place and the FHIR base below which it lies, without a trailing slash. */
export function findSmartPlace(url: URL): { readonly place: SmartPlace; readonly base: string } | undefined {
  const address = `${url.origin}${url.pathname}`;
  for (const place of Object.keys(paths) as SmartPlace[])
    if (address.endsWith(paths[place])) return { place, base: address.slice(0, -paths[place].length) };
  return undefined;
}

/** The configuration as the dials make it say it (SMART App Launch 2.2, "Conformance"; RFC 8414). */
export function answerConfiguration(
  provider: PlayedProvider,
  call: ReceivedCall,
  base: string,
): SandboxAnswer {
  const { metadata = {} } = provider.dials();
  const said: Record<string, unknown> = { ...describeServer(provider, base), ...metadata.set };
  for (const name of metadata.remove ?? []) Reflect.deleteProperty(said, name);
  if (metadata.megabytes !== undefined) said['filling'] = 'x'.repeat(metadata.megabytes * 1_000_000);
  const etag = `"${hash('sha256', JSON.stringify(said), 'base64url').slice(0, 22)}"`;
  const headers = { etag, 'cache-control': 'max-age=3600' };
  return call.headers['if-none-match'] === etag
    ? { status: 304, headers }
    : { status: 200, headers, json: said };
}

function describeServer({ auth, dials }: PlayedProvider, base: string): Record<string, unknown> {
  const methods = auth.clientAuthentication.map(({ method }) => method);
  const algorithms = auth.clientAuthentication.flatMap((way) =>
    way.method === 'private_key_jwt' ? way.algorithms : [],
  );
  return omitUndefined({
    issuer: base,
    jwks_uri: base + paths.keys,
    authorization_endpoint: base + paths.authorize,
    token_endpoint: base + paths.token,
    revocation_endpoint: base + paths.revoke,
    introspection_endpoint: base + paths.introspect,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms.length > 0 ? algorithms : undefined,
    grant_types_supported:
      auth.refresh.policy === 'none' ? ['authorization_code'] : ['authorization_code', 'refresh_token'],
    scopes_supported: auth.scopes.map(({ name }) => name),
    response_types_supported: ['code'],
    code_challenge_methods_supported: auth.pkce === 'breaks' ? undefined : ['S256'],
    authorization_response_iss_parameter_supported: dials().issuer === 'off' ? undefined : true,
    capabilities: listCapabilities(auth),
  });
}

function listCapabilities(auth: PlayedProvider['auth']): readonly string[] {
  const methods = auth.clientAuthentication.map(({ method }) => method);
  return [
    ...['launch-standalone', 'context-standalone-patient', 'sso-openid-connect', 'permission-patient'],
    ...(auth.refresh.policy === 'none' ? [] : ['permission-offline']),
    ...(auth.kind === 'smart' && auth.scopeVersion === 'v2'
      ? ['permission-v1', 'permission-v2']
      : ['permission-v1']),
    ...(methods.includes('none') ? ['client-public'] : []),
    ...(methods.some((method) => method.startsWith('client_secret'))
      ? ['client-confidential-symmetric']
      : []),
    ...(methods.includes('private_key_jwt') ? ['client-confidential-asymmetric'] : []),
  ];
}

/** The oldest way to tell where authorization is: an extension of the capability statement. */
export function answerMetadata(provider: PlayedProvider, base: string): SandboxAnswer {
  const { version, code } = announcedVersion(provider, base);
  const uris = (['authorize', 'token', 'revoke', 'introspect'] as const).map((name) => ({
    url: name,
    valueUri: base + paths[name],
  }));
  return {
    status: 200,
    headers: { 'content-type': 'application/fhir+json' },
    json: {
      resourceType: code === 'DSTU2' ? 'Conformance' : 'CapabilityStatement',
      status: 'active',
      date: '2026-01-01',
      kind: 'instance',
      fhirVersion: version,
      format: ['json'],
      implementation: { description: 'Sandbox', url: base },
      rest: [
        {
          mode: 'server',
          security: {
            service: [
              { coding: [{ system: 'http://hl7.org/fhir/restful-security-service', code: 'SMART-on-FHIR' }] },
            ],
            extension: [
              {
                url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
                extension: uris,
              },
            ],
          },
          resource: typesOf(provider).map((type) => ({
            type,
            interaction: [{ code: 'read' }, { code: 'search-type' }],
          })),
        },
      ],
    },
  };
}

const versions = { DSTU2: '1.0.2', STU3: '3.0.1', R4: '4.0.1' } as const;

/** By its name in the address, also one that the definition does not know; otherwise the newest, which stands first. */
function announcedVersion({ definition }: PlayedProvider, base: string) {
  const { delivery } = definition;
  const [first = 'R4'] = delivery?.by === 'fhir' ? delivery.fhir.versions : [];
  const named = (['DSTU2', 'STU3', 'R4'] as const).find((name) => base.toUpperCase().includes(name));
  const code = named ?? first;
  return { code, version: versions[code] };
}

function typesOf({ definition }: PlayedProvider): readonly string[] {
  const { delivery } = definition;
  const resources = delivery?.by === 'fhir' ? delivery.fhir.resources : [];
  return [...new Set(resources.map(({ type }) => type))];
}
