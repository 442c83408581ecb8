import { record } from '../audit/record.ts';
import { sql, type Database, type Transaction } from '../platform/storage/database.ts';
import { deleteAccountIn } from './deleteAccount.ts';

interface Erasure {
  readonly projectID: string;
  readonly participantID: string;
  readonly actor: string;
  readonly now: number;
}

/** What came of an erasure; `busy` while the answer of a provider is awaited, when nothing was changed. */
export type ErasureOutcome =
  | { readonly outcome: 'erased'; readonly accounts: number }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'busy' };

/**
 * Takes a participant out of the register, in one transaction with the audit row: her accounts as
 * {@link deleteAccountIn} does, so that their grants are given back, then her tokens, journeys and identifier. Scope
 * ledger and trail keep her GUID, which then leads to nobody.
 *
 * A journey whose code is being exchanged, or was sent and never answered for, is not cut off: its grant would be known
 * to nobody.
 */
export function eraseParticipant(database: Database, erasure: Erasure): Promise<ErasureOutcome> {
  const { projectID, participantID, actor, now } = erasure;
  return database.transaction(async (transaction) => {
    const [found] = await transaction.query(sql`
      select from participants where project_id = ${projectID} and participant_id = ${participantID} for update`);
    if (found === undefined) return { outcome: 'absent' };
    // Locked, so that none begins its exchange meanwhile.
    const journeys = await transaction.query<{ is_busy: boolean }>(sql`
      select phase = 'exchanging' or code_due_at is not null as is_busy from connect_attempts where participant_id = ${participantID} for update`);
    if (journeys.some(({ is_busy: isBusy }) => isBusy)) return { outcome: 'busy' };
    const accounts = await transaction.query<{ accountID: number }>(sql`
      select account_id as "accountID" from external_accounts
       where project_id = ${projectID} and participant_id = ${participantID} order by account_id`);
    for (const { accountID } of accounts)
      await deleteAccountIn(transaction, { projectID, accountID, actor, now });
    await endOpenJourneys(transaction, erasure);
    await transaction.query(sql`
      delete from participants where project_id = ${projectID} and participant_id = ${participantID}`);
    await record(transaction, {
      projectID,
      actor,
      action: 'participant.erased',
      details: { participantID, accounts: accounts.length },
      occurredAt: now,
    });
    return { outcome: 'erased', accounts: accounts.length };
  });
}

/** They go with her row; what they came to stays in the trail. None has a code out, and the deletions have ended some. */
async function endOpenJourneys(
  transaction: Transaction,
  { participantID, actor, now }: Erasure,
): Promise<void> {
  await transaction.query(sql`
    with gone as (
      delete from connect_attempts where participant_id = ${participantID} and phase <> 'ended'
      returning project_id, provider_id
    )
    insert into audit_entries (project_id, occurred_at, actor, action, details)
    select project_id, ${new Date(now)}::timestamptz, ${actor}::text, 'external-account.connect-ended',
           jsonb_build_object('providerID', provider_id, 'outcome', 'participant-erased')
      from gone`);
}
