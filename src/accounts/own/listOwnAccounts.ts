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
  return rows.flatMap((row) => {
    const [id, providerID, , , connected, userID, scopes] = row;
    const provider = providers.find((one) => one.id === providerID);
    if (provider === undefined) return [];
    // A replaced account is as well as the one that has replaced it: what it was itself never changes any more, and
    // clients would ask for newer data without end.
    const [, , status, refreshed] = findLast(rows, row);
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

/** The account itself, or the one that has replaced it in the end. */
function findLast(rows: readonly AccountRow[], row: AccountRow): AccountRow {
  let last = row;
  for (let step = 0; step < rows.length; step++) {
    const [, , , , , , , replacedBy] = last;
    const newer = rows.find(([id]) => id === replacedBy);
    if (newer === undefined) return last;
    last = newer;
  }
  return last;
}

type AccountRow = [
  id: number,
  providerID: number,
  status: AccountStatus,
  refreshed: string | null,
  connected: string,
  userID: string | null,
  scopes: string | null,
  replacedBy: number | null,
];

/** $1 project, $2 participant. JSON text of a timestamp is the form of the API, with only as long a fraction as needed. */
const ownAccounts: PreparedStatement = {
  name: 'own-external-accounts',
  text: `select account.account_id, account.provider_id, account.status,
                to_json(account.last_success_at at time zone 'UTC') #>> '{}',
                to_json(account.connected_at at time zone 'UTC') #>> '{}',
                account.provider_user_id,
                case when account.category = 'Device Manufacturer' then array_to_string(period.scopes, ' ') end,
                account.replaced_by
           from external_accounts account
           left join scope_periods period
             on period.account_id = account.account_id and period.ended_at is null
          where account.project_id = $1 and account.participant_id = $2
          order by account.account_id`,
};
