import { sql, type Queryable } from '../../platform/storage/database.ts';

/** What stands in the ledger about an account now. */
export interface AccountConsent {
  readonly providerID: number;
  /** Null where nothing is granted (any more). */
  readonly granted: readonly string[] | null;
  /** Null where it was not written down. */
  readonly asked: readonly string[] | null;
}

/** The participant's own account of this number, with the open period of its ledger. */
export async function findConsent(
  database: Queryable,
  own: { readonly projectID: string; readonly participantID: string; readonly accountID: number },
): Promise<AccountConsent | undefined> {
  const [row] = await database.query<{
    provider_id: number;
    granted: string[] | null;
    asked: string[] | null;
  }>(sql`
    select account.provider_id, period.scopes as granted, period.asked_scopes as asked
      from external_accounts account
      left join scope_periods period on period.account_id = account.account_id and period.ended_at is null
     where account.account_id = ${own.accountID} and account.project_id = ${own.projectID}
       and account.participant_id = ${own.participantID}`);
  return row === undefined
    ? undefined
    : { providerID: row.provider_id, granted: row.granted, asked: row.asked };
}
