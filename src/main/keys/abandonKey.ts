import { changeStatus } from '../../accounts/changeStatus.ts';
import { removeGrant } from '../../accounts/grant.ts';
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
 * provider are forgotten. The key is retired.
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
    await transaction.query(sql`delete from revocations where key_id = ${keyID}`);
    await transaction.query(sql`
      update connect_attempts
         set phase = ${connectJourney.endJourney.to}, outcome = coalesce(outcome, 'interrupted'), key_id = null, wrapped_key = null, secrets = null
       where key_id = ${keyID}`);
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
  const accounts = await transaction.query<{ accountID: number; projectID: string; generation: number }>(sql`
    select account_id as "accountID", project_id as "projectID", account.generation
      from grants join external_accounts account using (account_id)
     where key_id = ${keyID} order by account_id limit ${batchSize}`);
  for (const account of accounts) {
    // Refused where the account is unauthorized already.
    await changeStatus(transaction, { ...account, event: 'authorizationLost', actor, now });
    await removeGrant(transaction, account.accountID);
  }
  return accounts.length;
}
