import { empty, sql, type Queryable } from '../platform/storage/database.ts';
import type { ProviderCategory } from '../contract/provider.ts';

/** A provider as the command line lists it. */
export interface ListedProvider {
  readonly id: number;
  readonly name: string;
  readonly category: ProviderCategory;
  readonly enabled: boolean;
  readonly endpoint: string | null;
  readonly successorID: number | null;
}

export interface ProviderListing {
  /** Part of the name, in any letter case; no wildcards. */
  readonly search?: string;
  readonly category?: ProviderCategory;
  /** Rows at the most. */
  readonly limit: number;
  /** The last provider of the part before; 0 begins. */
  readonly after: number;
}

/** A part of the catalogue in the order of the numbers, which never change, so that parts never overlap. */
export function listProviders(database: Queryable, listing: ProviderListing): Promise<ListedProvider[]> {
  const { search, category, limit, after } = listing;
  return database.query<ListedProvider>(sql`
    select provider_id as id, name, category, enabled, base_url as endpoint, successor_id as "successorID"
      from providers left join endpoints using (endpoint_id)
     where provider_id > ${after}
       ${search === undefined ? empty : sql`and position(lower(${search}) in lower(name)) > 0`}
       ${category === undefined ? empty : sql`and category = ${category}`}
     order by provider_id
     limit ${limit}`);
}
