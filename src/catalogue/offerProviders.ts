import type { AccountStatus } from '../contract/externalAccount.ts';
import type { ProviderObject } from '../contract/provider.ts';
import type { Database, PreparedStatement } from '../platform/storage/database.ts';
import { describeProvider, offerColumns, offerJoins, readOfferRow, type OfferContext } from './offerFacts.ts';

/** For whom providers are shown. */
export interface OfferedTo {
  readonly projectID: string;
  readonly participantID: string;
}

/** The given providers as one participant sees them, in the given order; numbers that nobody has are left out. */
export async function offerProviders(
  context: OfferContext & { readonly database: Database },
  { projectID, participantID }: OfferedTo,
  providerIDs: readonly number[],
): Promise<ProviderObject[]> {
  if (providerIDs.length === 0) return [];
  const rows = (await context.database.prepared(offerFacts, [providerIDs, projectID, participantID])) as [
    AccountStatus | null,
    string | null,
    ...unknown[],
  ][];
  return rows.map(([ownAccount, connectedThrough, ...columns]) =>
    describeProvider(context, readOfferRow(columns), { ownAccount, connectedThrough }),
  );
}

/** $1 numbers of providers, $2 project, $3 participant. Columns: rows as JSON take PostgreSQL twice the time. */
export const offerFacts: PreparedStatement = {
  name: 'offer-facts',
  text: `with hers as materialized (
           select a.provider_id, a.status, p.name, p.endpoint_id
             from external_accounts a join providers p using (provider_id)
            where a.project_id = $2 and a.participant_id = $3)
         select (select status from hers where hers.provider_id = p.provider_id),
                (select min(hers.name) from hers
                  where hers.endpoint_id = p.endpoint_id and hers.provider_id <> p.provider_id),
                ${offerColumns}
           from unnest($1::integer[]) with ordinality wanted (provider_id, place)
           join providers p using (provider_id)
           ${offerJoins('$2')}
          order by place`,
};
