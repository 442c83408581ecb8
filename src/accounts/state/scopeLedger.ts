import { sql, type Transaction } from '../../platform/storage/database.ts';

/** Whose scopes a period is about. */
export interface LedgerSubject {
  readonly accountID: number;
  readonly projectID: string;
  readonly participantID: string;
  readonly providerID: number;
}

/** What was agreed to, in the provider's own names. */
export interface LedgerConsent {
  /** Granted, in the provider's order. */
  readonly scopes: readonly string[];
  /** What the study asked for: whatever was granted beside it is not fetched. */
  readonly askedScopes: readonly string[];
}

/**
 * Makes `scopes` the granted ones from `at` on (milliseconds since the epoch), in the provider's own order.
 *
 * The period that was open ends where the new one begins. The same scopes for the same question change nothing. A clock that
 * went back cannot make periods overlap: the new one then begins just after the open one did.
 */
export async function grantScopes(
  transaction: Transaction,
  subject: LedgerSubject,
  { scopes, askedScopes }: LedgerConsent,
  at: number,
): Promise<void> {
  const [open] = await transaction.query<{ same: boolean }>(sql`
    select scopes = ${scopes}::text[] and asked_scopes is not distinct from ${askedScopes}::text[] as same from scope_periods
     where account_id = ${subject.accountID} and project_id = ${subject.projectID} and ended_at is null
       for update`);
  if (open?.same === true) return;
  await closeScopePeriod(transaction, subject, at);
  await transaction.query(sql`
    insert into scope_periods
      (account_id, project_id, participant_id, provider_id, scopes, asked_scopes, began_at, previous_ended_at)
    select ${subject.accountID}, ${subject.projectID}, ${subject.participantID}, ${subject.providerID},
           ${scopes}::text[], ${askedScopes}::text[], greatest(${new Date(at)}::timestamptz, max(ended_at)), max(ended_at)
      from scope_periods where account_id = ${subject.accountID}`);
}

/** Ends the open period, if there is one; the row is kept. Called when an account is deleted. */
export async function closeScopePeriod(
  transaction: Transaction,
  subject: Pick<LedgerSubject, 'accountID' | 'projectID'>,
  at: number,
): Promise<void> {
  await transaction.query(sql`
    update scope_periods
       set ended_at = greatest(${new Date(at)}::timestamptz, began_at + interval '1 microsecond')
     where account_id = ${subject.accountID} and project_id = ${subject.projectID} and ended_at is null`);
}
