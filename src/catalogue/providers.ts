import { empty, sql, raw, type Queryable } from '../platform/storage/database.ts';
import type { ProviderCategory, ProviderObject } from '../contract/provider.ts';
import {
  describeProvider,
  offerJoins,
  offerMembers,
  type OfferContext,
  type OfferRow,
} from './offerFacts.ts';

/** A provider as the command line lists it: as it is for participants of whom nothing is known. */
export type ListedProvider = ProviderObject & {
  readonly definition: string | null;
  readonly endpoint: string | null;
};

interface ProviderListing {
  /** Part of the name, in any letter case; no wildcards. */
  readonly search?: string;
  readonly category?: ProviderCategory;
  /** Rows at the most. */
  readonly limit: number;
  /** The last provider of the part before; 0 begins. */
  readonly after: number;
}

/** A part of the catalogue in the order of the numbers, which never change, so that parts never overlap. */
export async function listProviders(
  context: OfferContext & { readonly database: Queryable },
  { search, category, limit, after }: ProviderListing,
): Promise<ListedProvider[]> {
  const rows = await context.database.query<{ facts: OfferRow; endpoint: string | null }>(sql`
    select json_build_object(${raw(offerMembers)}) as facts, base_url as endpoint
      from providers p
      left join endpoints using (endpoint_id)
      ${raw(offerJoins('null::uuid'))}
     where p.provider_id > ${after}
       ${search === undefined ? empty : sql`and position(lower(${search}) in lower(p.name)) > 0`}
       ${category === undefined ? empty : sql`and p.category = ${category}`}
     order by p.provider_id
     limit ${limit}`);
  return rows.map(({ facts, endpoint }) => {
    const provider = describeProvider(context, facts, { ownAccount: null, connectedThrough: null });
    return { ...provider, definition: facts.definition, endpoint };
  });
}
