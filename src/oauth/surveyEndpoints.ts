import type { ProviderFetch } from '../platform/outbound/providerFetch.ts';
import { empty, sql, type Queryable } from '../platform/storage/database.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import { discoverEndpoint, type Discovery } from './discovery/discoverEndpoint.ts';

/** A server whose configuration can be looked up. */
export interface SmartEndpoint {
  readonly endpoint: string;
  /** Slug of the definition by which it is connected. */
  readonly definition: string;
  /** One of the organisations on it. */
  readonly organisation: string;
  /** How many organisations are on it. */
  readonly organisations: number;
}

interface EndpointListing {
  readonly definitions: ReadonlyMap<string, NamedDefinition>;
  /** Part of the name of an organisation or of the address, in any letter case; no wildcards. */
  readonly search?: string;
  readonly limit: number;
}

/** Servers of organisations that can be connected by SMART App Launch, in the order of their addresses. */
export function listSmartEndpoints(database: Queryable, listing: EndpointListing): Promise<SmartEndpoint[]> {
  const { definitions, search, limit } = listing;
  const slugs = [...definitions.values()].flatMap(({ slug, auth }) => (auth.kind === 'smart' ? [slug] : []));
  return database.query<SmartEndpoint>(sql`
    select base_url as endpoint, min(definition) as definition, min(name) as organisation,
           count(*)::integer as organisations
      from endpoints join providers using (endpoint_id)
     where retired_at is null and definition = any (${slugs}::text[])
       ${
         search === undefined
           ? empty
           : sql`and (position(lower(${search}) in lower(name)) > 0 or position(lower(${search}) in lower(base_url)) > 0)`
       }
     group by base_url
     order by base_url collate "C"
     limit ${limit}`);
}

/** A server and what its configuration says, or why it could not be read. */
export interface SurveyedEndpoint extends SmartEndpoint {
  readonly discovery: Discovery;
}

interface SurveyOptions {
  readonly concurrency: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Looks up the configuration of every endpoint, several at a time; the order stays. */
export async function surveyEndpoints(
  fetch: ProviderFetch,
  endpoints: readonly SmartEndpoint[],
  { concurrency, onProgress }: SurveyOptions,
): Promise<readonly SurveyedEndpoint[]> {
  const surveyed: SurveyedEndpoint[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let at = next++; at < endpoints.length; at = next++) {
      const endpoint = endpoints[at];
      if (endpoint === undefined) return;
      surveyed[at] = { ...endpoint, discovery: await discoverEndpoint(fetch, endpoint.endpoint) };
      onProgress?.(++done, endpoints.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, endpoints.length) }, work));
  return surveyed;
}

/** What came of a lookup in a few words that many share, for counting. */
export function summariseDiscovery(discovery: Discovery): string {
  switch (discovery.outcome) {
    case 'found':
      return discovery.missing.length === 0 ? 'complete' : `lacks ${discovery.missing.join(', ')}`;
    case 'not-published':
      return `publishes none (HTTP ${discovery.status})`;
    case 'unusable':
      return `useless: ${discovery.mistakes.join('; ')}`;
    case 'unreachable':
    case 'refused-address':
      return `${discovery.outcome}: ${discovery.reason}`;
    default:
      return discovery.outcome;
  }
}
