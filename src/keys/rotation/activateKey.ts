import { sql, type Database } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { readHolders } from '../holders/readHolders.ts';
import { KeyTrouble } from '../keyTrouble.ts';
import { activateSealingKey, lockKeys, readSealingKeys, type KeyAct } from '../sealingKeys.ts';

const pollMs = 500;

/** A key that is to become the active one, and how long to wait for processes that do not have it yet. */
export interface Activation {
  readonly database: Database;
  readonly clock: Clock;
  readonly act: KeyAct;
  /** How long to wait for the processes that lack it. */
  readonly patienceMs: number;
  readonly onProgress: (message: string) => void;
}

/**
 * Waits until every process that serves can use the key, and makes it the active one. Does nothing when it is.
 *
 * @throws {KeyTrouble} that names the processes that do not have it in time; nothing sealed has changed then
 */
export async function activateKey(activation: Activation, keyID: string): Promise<void> {
  const { database, clock, patienceMs } = activation;
  const giveUpAt = clock.now() + patienceMs;
  let told: string | undefined;
  for (;;) {
    const lacking = await tryToActivate(activation, keyID);
    if (lacking.length === 0) return;
    if (clock.now() >= giveUpAt)
      throw new KeyTrouble(
        `Key ${keyID} is not active yet, because ${lacking.join(', ')} cannot use it. Add it to the keys there and run this again; nothing that is sealed has changed.`,
      );
    const { all } = await readHolders(database, keyID);
    const message = `Waiting for ${lacking.length} of ${all.length} processes to have key ${keyID}.`;
    if (message !== told) activation.onProgress(message);
    told = message;
    await clock.sleep(pollMs);
  }
}

/** Gives the processes that stand in the way. */
async function tryToActivate(
  { database, act, clock }: Activation,
  keyID: string,
): Promise<readonly string[]> {
  return database.transaction(async (transaction) => {
    await lockKeys(transaction);
    const key = (await readSealingKeys(transaction)).find((known) => known.keyID === keyID);
    if (key?.active === true) return [];
    // A process that registers now has to wait, and then sees the new key or stops.
    await transaction.query(sql`lock table key_holders in exclusive mode`);
    const { lacking } = await readHolders(transaction, keyID);
    if (lacking.length > 0) return lacking;
    await activateSealingKey(transaction, keyID, { ...act, now: clock.now() });
    return [];
  });
}
