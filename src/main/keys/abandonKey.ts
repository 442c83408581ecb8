import { changeStatus } from '../../accounts/changeStatus.ts';
import { removeGrant } from '../../accounts/grant.ts';
import { record } from '../../audit/record.ts';
import { connectJourney } from '../../connect/connectJourney.ts';
import type { KeySource } from '../../keys/keySource.ts';
import { KeyTrouble } from '../../keys/keyTrouble.ts';
import { lockKeys, readSealingKeys, recordKeyAct, type KeyAct } from '../../keys/sealingKeys.ts';
import { opensCanary } from '../../platform/sealing/canary.ts';
import { sql, type Database, type Transaction } from '../../platform/storage/database.ts';

const batchSize = 200;

/**
 * Gives up everything that was sealed with a key that is lost for ever: accounts lose their authorization, so that
 * participants are asked to connect again, journeys under way end, and grants that were to be given back at the
 * provider are forgotten. Each leaves its audit row, for what stays behind at providers. The key is retired.
 *
 * @throws {KeyTrouble} when the key is not lost, or not known, or retired
 * @returns how many accounts lost their grant
 */
export async function abandonKey(
  { database, source }: { readonly database: Database; readonly source: KeySource },
  keyID: string,
  act: KeyAct,
): Promise<number> {
  const key = (await readSealingKeys(database)).find((known) => known.keyID === keyID);
  if (key === undefined) throw new KeyTrouble(`The database does not know key ${keyID}.`);
  if (key.retiredAt !== null) throw new KeyTrouble(`Key ${keyID} is retired: nothing is sealed with it.`);
  if (await opensCanary(source.service, keyID, key.canary))
    throw new KeyTrouble(`Key ${keyID} is not lost: ${source.name} has it. Rotate instead.`);
  let accounts = 0;
  for (;;) {
    const given = await database.transaction((transaction) => giveUpGrants(transaction, keyID, act));
    accounts += given;
    if (given < batchSize) break;
  }
  await database.transaction(async (transaction) => {
    await lockKeys(transaction);
    await transaction.query(sql`select from sealing_keys where key_id = ${keyID} for update`);
    for (let given = 1; given > 0; accounts += given) given = await giveUpGrants(transaction, keyID, act);
    await giveUpQueued(transaction, keyID, act);
    await endJourneys(transaction, keyID, act);
    await transaction.query(sql`
      update sealing_keys set active = false, retired_at = ${new Date(act.now)} where key_id = ${keyID}`);
    await recordKeyAct(transaction, 'abandoned', keyID, act);
  });
  return accounts;
}

async function giveUpGrants(
  transaction: Transaction,
  keyID: string,
  { actor, now }: KeyAct,
): Promise<number> {
  const accounts = await transaction.query<{
    accountID: number;
    projectID: string;
    providerID: number;
    generation: number;
  }>(sql`
    select account_id as "accountID", project_id as "projectID", provider_id as "providerID", account.generation
      from grants join external_accounts account using (account_id)
     where key_id = ${keyID} order by account_id limit ${batchSize}`);
  for (const account of accounts) {
    // Refused where the account is unauthorized already.
    await changeStatus(transaction, { ...account, event: 'authorizationLost', actor, now });
    await removeGrant(transaction, account.accountID);
    await record(transaction, {
      projectID: account.projectID,
      actor,
      action: 'grant.lost',
      accountID: account.accountID,
      details: { providerID: account.providerID, reason: 'unreadable' },
      occurredAt: now,
    });
  }
  return accounts.length;
}

/** Grants that wait to be given back. */
async function giveUpQueued(transaction: Transaction, keyID: string, { actor, now }: KeyAct): Promise<void> {
  await transaction.query(sql`
    with gone as (
      delete from revocations where key_id = ${keyID} returning project_id, account_id
    )
    insert into audit_entries (project_id, occurred_at, actor, action, account_id, details)
    select project_id, ${new Date(now)}::timestamptz, ${actor}::text, 'grant.given-back', account_id,
           '{"outcome": "unreadable"}'
      from gone`);
}

/** Journeys under way, and codes that are out, for which nobody can find out any more what came of them. */
async function endJourneys(transaction: Transaction, keyID: string, { actor, now }: KeyAct): Promise<void> {
  await transaction.query(sql`
    with sealed as (
      select attempt_id, phase <> ${connectJourney.endJourney.to} as is_open, code_due_at is not null as is_out
        from connect_attempts where key_id = ${keyID} for update
    ), gone as (
      update connect_attempts journey
         set phase = ${connectJourney.endJourney.to}, outcome = coalesce(outcome, 'interrupted'), code_due_at = null, key_id = null,
             wrapped_key = null, secrets = null, server = null
        from sealed where journey.attempt_id = sealed.attempt_id
      returning journey.project_id, journey.participant_id, journey.provider_id, is_open, is_out
    )
    insert into audit_entries (project_id, occurred_at, actor, action, details)
    select project_id, ${new Date(now)}::timestamptz, 'participant:' || participant_id,
           'external-account.connect-ended',
           jsonb_build_object('providerID', provider_id, 'outcome', 'interrupted')
      from gone where is_open
    union all
    select project_id, ${new Date(now)}::timestamptz, ${actor}::text, 'grant.lost',
           jsonb_build_object('providerID', provider_id, 'reason', 'unreadable')
      from gone where is_out`);
}
