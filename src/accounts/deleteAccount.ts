import { record } from '../audit/record.ts';
import { empty, sql, type Database, type Transaction } from '../platform/storage/database.ts';
import { queueRevocation } from './queueRevocation.ts';
import { closeScopePeriod } from './state/scopeLedger.ts';

interface AccountDeletion {
  readonly projectID: string;
  readonly accountID: number;
  /** Only if it is this participant's; any participant's of the project when left out. */
  readonly participantID?: string;
  readonly actor: string;
  readonly now: number;
}

/**
 * Deletes a connection: its row and its grant are gone, its scope ledger is closed and kept, its number is never
 * given to another, whatever was begun to connect it again is void, all in one transaction with the audit row. The
 * grant is queued in the same transaction to be given back at the provider.
 *
 * @returns false when the project (or the participant) has no such account; of two deletions at once, one gets false
 */
export function deleteAccount(database: Database, deletion: AccountDeletion): Promise<boolean> {
  return database.transaction((transaction) => deleteAccountIn(transaction, deletion));
}

/** The same as a part of a larger act. */
export async function deleteAccountIn(transaction: Transaction, deletion: AccountDeletion): Promise<boolean> {
  const { projectID, accountID, participantID, now } = deletion;
  const hers = participantID === undefined ? empty : sql`and participant_id = ${participantID}`;
  const [found] = await transaction.query(sql`
    select from external_accounts where project_id = ${projectID} and account_id = ${accountID} ${hers} for update`);
  if (found === undefined) return false;
  await queueRevocation(transaction, { projectID, accountID, now });
  await transaction.query(sql`delete from external_accounts where account_id = ${accountID}`);
  await closeScopePeriod(transaction, { accountID, projectID }, now);
  await transaction.query(sql`
    insert into deleted_accounts (account_id, project_id, deleted_at)
    values (${accountID}, ${projectID}, ${new Date(now)})`);
  await record(transaction, {
    projectID,
    actor: deletion.actor,
    action: 'external-account.deleted',
    accountID,
    occurredAt: now,
  });
  return true;
}
