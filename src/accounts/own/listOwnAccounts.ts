import type { OfferContext } from '../../catalogue/offerFacts.ts';
import { findProviders, offerProviders, readSituation } from '../../catalogue/offerProviders.ts';
import type { AccountStatus } from '../../contract/externalAccount.ts';
import type { ProviderObject } from '../../contract/provider.ts';
import type { Database, PreparedStatement } from '../../platform/storage/database.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** An external account as the participant herself sees it; what does not apply is left out. */
export interface OwnAccount {
  readonly id: number;
  readonly status: AccountStatus;
  readonly provider: ProviderObject;
  /** UTC with `Z`, as all her dates. */
  readonly lastRefreshDate?: string;
  readonly connectionDate: string;
  readonly providerUserID?: string;
  readonly dataScopes?: string;
}

/** All accounts of one participant in ascending order of id: a person has a handful, so there are no pages. */
export async function listOwnAccounts(
  context: OfferContext & { readonly database: Database },
  participant: { readonly projectID: string; readonly participantID: string },
): Promise<OwnAccount[]> {
  const { database } = context;
  const rows = (await database.prepared(ownAccounts, [
    participant.projectID,
    participant.participantID,
  ])) as AccountRow[];
  const facts = await findProviders(
    database,
    rows.map(([, providerID]) => providerID),
  );
  const providers = await offerProviders(context, await readSituation(database, participant), facts);
  return rows.flatMap(([id, providerID, status, refreshed, connected, userID, scopes]) => {
    const provider = providers.find((one) => one.id === providerID);
    if (provider === undefined) return [];
    return omitUndefined({
      id,
      status,
      provider,
      lastRefreshDate: refreshed === null ? undefined : `${refreshed}Z`,
      connectionDate: `${connected}Z`,
      providerUserID: userID ?? undefined,
      dataScopes: scopes ?? undefined,
    });
  });
}

type AccountRow = [number, number, AccountStatus, string | null, string, string | null, string | null];

/** $1 project, $2 participant. JSON text of a timestamp is the form of the API, with only as long a fraction as needed. */
const ownAccounts: PreparedStatement = {
  name: 'own-external-accounts',
  text: `select account.account_id, account.provider_id, account.status,
                to_json(account.last_success_at at time zone 'UTC') #>> '{}',
                to_json(account.connected_at at time zone 'UTC') #>> '{}',
                account.provider_user_id,
                case when account.category = 'Device Manufacturer' then array_to_string(period.scopes, ' ') end
           from external_accounts account
           left join scope_periods period
             on period.account_id = account.account_id and period.ended_at is null
          where account.project_id = $1 and account.participant_id = $2
          order by account.account_id`,
};
