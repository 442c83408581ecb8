import { omitUndefined } from '../platform/members/omitUndefined.ts';
import { parseJsonBody } from '../platform/outbound/parseJsonBody.ts';
import { readOAuthUris } from './discovery/capabilityStatement.ts';
import type { AuthorizationServerFacts, ProviderConnection } from './connection.ts';
import type { SmartAuth } from '../definitions/shape/auth.ts';
import { configurationBytesMax, discoverEndpoint, type Discovery } from './discovery/discoverEndpoint.ts';
import { fetchDocument } from './discovery/fetchDocument.ts';
import { readSmartConfiguration, type SmartConfiguration } from './discovery/smartConfiguration.ts';

/** A FHIR server whose authorization server is looked for. */
export type DiscoveryTarget = Pick<ProviderConnection, 'definition' | 'door'> & { readonly fhirBase: string };

/** What a server says about itself, as far as a connection needs it, or why nothing came of it. */
export type ServerDiscovery =
  | { readonly outcome: 'found'; readonly facts: AuthorizationServerFacts; readonly etag?: string }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'unreachable' | 'not-published' | 'unusable' };

/** A statement lists every type and parameter of the server: those of the large vendors are hundreds of kilobytes. */
const statementBytesMax = 2_000_000;

/**
 * Looks for the configuration of an authorization server where the definition says, in that order; the first usable
 * one counts. A server that does not answer is not asked for its other documents.
 */
export async function discoverServer(
  target: DiscoveryTarget,
  known?: { readonly etag: string },
): Promise<ServerDiscovery> {
  const { auth } = target.definition;
  let worst: 'not-published' | 'unusable' = 'not-published';
  for (const source of auth.kind === 'smart' ? auth.discovery : []) {
    const discovery = await readSource(source, target, known);
    switch (discovery.outcome) {
      case 'unchanged':
        return discovery;
      case 'found':
        return omitUndefined({
          outcome: 'found',
          facts: keepFacts(discovery.configuration),
          etag: discovery.etag,
        });
      case 'not-published':
        if (isOutage(discovery.status)) return { outcome: 'unreachable' };
        break;
      case 'timed-out':
      case 'unreachable':
        return { outcome: 'unreachable' };
      default:
        worst = 'unusable';
    }
  }
  return { outcome: worst };
}

function isOutage(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function readSource(
  source: SmartAuth['discovery'][number],
  { door, fhirBase }: DiscoveryTarget,
  known: { readonly etag: string } | undefined,
): Promise<Discovery> {
  switch (source) {
    case 'smart-configuration':
      return discoverEndpoint(door.fetch, fhirBase, known);
    case 'openid-configuration':
      return readDocument({ door, fhirBase }, '.well-known/openid-configuration', (document) =>
        // Another issuer's configuration says nothing about this server (OpenID Connect Discovery section 4.3).
        isNamed(document, fhirBase) ? document : undefined,
      );
    case 'metadata':
      return readDocument({ door, fhirBase }, 'metadata', readOAuthUris);
  }
}

async function readDocument(
  { door, fhirBase }: Pick<DiscoveryTarget, 'door' | 'fhirBase'>,
  path: 'metadata' | '.well-known/openid-configuration',
  read: (document: unknown) => unknown,
): Promise<Discovery> {
  const isFhir = path === 'metadata';
  const answer = await fetchDocument(
    door.fetch,
    omitUndefined({
      url: `${fhirBase}/${path}`,
      bytesMax: isFhir ? statementBytesMax : configurationBytesMax,
      headers: isFhir ? { accept: 'application/fhir+json, application/json;q=0.9' } : undefined,
    }),
  );
  if (answer.outcome !== 'answered') return answer;
  if (answer.status !== 200) return { outcome: 'not-published', status: answer.status };
  const reading = readSmartConfiguration(read(parseJsonBody(answer.body)), fhirBase);
  return 'mistakes' in reading
    ? { outcome: 'unusable', mistakes: reading.mistakes }
    : { outcome: 'found', ...reading };
}

function isNamed(document: unknown, fhirBase: string): boolean {
  const { issuer } = (document ?? {}) as { issuer?: unknown };
  return typeof issuer === 'string' && issuer.replace(/\/$/, '') === fhirBase;
}

/** Nothing is kept that no connection needs. */
function keepFacts(configuration: SmartConfiguration): AuthorizationServerFacts {
  const {
    registration_endpoint: _registration,
    user_access_brand_bundle: _bundle,
    user_access_brand_identifier: _identifier,
    grant_types_supported: _grants,
    scopes_supported: _scopes,
    response_types_supported: _responses,
    associated_endpoints: _endpoints,
    ...facts
  } = configuration;
  return facts;
}
