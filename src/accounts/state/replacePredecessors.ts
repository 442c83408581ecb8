import { record } from '../../audit/record.ts';
import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { NewConnection } from '../connection.ts';
import { queueRevocation } from '../queueRevocation.ts';
import { closeScopePeriod } from './scopeLedger.ts';

/**
 * Marks the participant's accounts at the providers that this one succeeds, directly or over several steps, as
 * replaced: their grants are given back, their consent has ended, nothing is fetched for them any more. What was
 * fetched stays until she deletes them. Their status is what it was: nothing has failed.
 */
export async function replacePredecessors(
  transaction: Transaction,
  connection: Pick<
    NewConnection,
    'projectID' | 'participantID' | 'providerID' | 'accountID' | 'actor' | 'now'
  >,
): Promise<void> {
  const { projectID, participantID, providerID, accountID, actor, now } = connection;
  const replaced = await transaction.query<{ account_id: number }>(sql`
    with recursive older (provider_id) as (
      select provider_id from providers where successor_id = ${providerID}
      union
      select p.provider_id from providers p join older on p.successor_id = older.provider_id
    )
    update external_accounts
       set replaced_by = ${accountID}, replaced_at = ${new Date(now)}, next_fetch_at = null, generation = generation + 1
     where project_id = ${projectID} and participant_id = ${participantID} and replaced_at is null
       and provider_id in (select provider_id from older) and account_id <> ${accountID}
    returning account_id`);
  for (const { account_id: predecessor } of replaced) {
    await queueRevocation(transaction, { projectID, accountID: predecessor, now });
    await closeScopePeriod(transaction, { projectID, accountID: predecessor }, now);
    await record(transaction, {
      projectID,
      actor,
      action: 'external-account.replaced',
      accountID: predecessor,
      details: { replacedBy: accountID },
      occurredAt: now,
    });
  }
}
