import { makeCanary } from '../../platform/sealing/canary.ts';
import { addMasterKeyLine } from '../../platform/sealing/masterKeyFile.ts';
import { generateMasterKey } from '../../platform/sealing/masterKeys.ts';
import type { Random } from '../../platform/random/random.ts';
import type { Database, Transaction } from '../../platform/storage/database.ts';
import { KeyTrouble } from '../keyTrouble.ts';
import type { KeySource } from '../keySource.ts';
import {
  addSealingKey,
  isNeeded,
  lockKeys,
  readSealingKeys,
  type KeyAct,
  type SealingKey,
} from '../sealingKeys.ts';

/** A rotation that was finished so lately is most likely the one that is asked for. */
const latelyMs = 10 * 60_000;

/** What is known when the key to rotate to is chosen. */
export interface KeyChoice {
  readonly database: Database;
  readonly source: KeySource;
  readonly random: Random;
  readonly act: KeyAct;
  /** The key to rotate to, where the operator named one. */
  readonly wanted?: string;
  /** Whether a rotation that was finished lately is no reason not to begin another. */
  readonly again: boolean;
}

/** What there is to do: go on to a key that is known by now, or nothing, because it was done a moment ago. */
export type ChosenKey =
  | { readonly outcome: 'chosen'; readonly keyID: string }
  | { readonly outcome: 'done-lately'; readonly keyID: string };

/**
 * The key of the rotation that is under way; else the one that is at the source and not in the database yet; else a
 * new one, added to the key file and the database. So whoever was killed in the middle goes on.
 *
 * @throws {KeyTrouble} when it cannot be told which key is meant, or it is not here
 */
export async function chooseKey(choice: KeyChoice): Promise<ChosenKey> {
  const { database, source } = choice;
  const known = await readSealingKeys(database);
  const underWay = findUnderWay(known);
  if (underWay !== undefined) return await requireHere(choice, underWay);
  const offered = chooseOffered(choice, await source.service.keyIDs(), known);
  if (offered === undefined) {
    const lately = known.some(({ retiredAt }) => choice.act.now - Number(retiredAt ?? 0) < latelyMs);
    const active = known.find((key) => key.active);
    if (lately && active !== undefined && !choice.again)
      return { outcome: 'done-lately', keyID: active.keyID };
  }
  // A key service may be far away, and no transaction waits for it.
  const canary = offered === undefined ? undefined : await makeCanary(source.service, offered);
  const keyID = await database.transaction(async (transaction) => {
    await lockKeys(transaction);
    const others = findUnderWay(await readSealingKeys(transaction));
    if (others !== undefined) return others;
    if (offered === undefined || canary === undefined) return addNewKey(transaction, choice);
    await addSealingKey(transaction, { keyID: offered, canary }, choice.act);
    return offered;
  });
  return requireHere(choice, keyID);
}

/** Where an unfinished rotation goes: to the active key while older ones are not retired, else to the one to come. */
function findUnderWay(known: readonly SealingKey[]): string | undefined {
  const active = known.find((key) => key.active);
  if (active === undefined)
    throw new KeyTrouble(
      'There is no key to rotate yet: the service makes or takes the first one when it starts.',
    );
  if (known.some((key) => isNeeded(key) && !key.active)) return active.keyID;
  return known.find(({ activatedAt, retiredAt }) => activatedAt === null && retiredAt === null)?.keyID;
}

/** The one key at the source that the database does not know. */
function chooseOffered(
  { source, wanted }: KeyChoice,
  held: readonly string[],
  known: readonly SealingKey[],
): string | undefined {
  const unknown = held.filter((keyID) => known.every((key) => key.keyID !== keyID));
  if (wanted !== undefined) {
    if (!unknown.includes(wanted))
      throw new KeyTrouble(`${source.name} has no key ${wanted} that was not used before.`);
    return wanted;
  }
  if (unknown.length > 1)
    throw new KeyTrouble(`${source.name} has several new keys (${unknown.join(', ')}): name one with --to.`);
  if (unknown.length === 0 && source.file === undefined)
    throw new KeyTrouble(
      `${source.name} has no new key, and none can be added from here: add one there, let every process that serves have it, and run this again.`,
    );
  return unknown[0];
}

/** Under the lock, so that two rotations never write the file at once. */
async function addNewKey(transaction: Transaction, { source, random, act }: KeyChoice): Promise<string> {
  if (source.file === undefined) throw new Error('There is no file to add a key to');
  const { keyID, line } = generateMasterKey(random);
  await addMasterKeyLine(source.file, line);
  const found = await source.find();
  if (found.outcome !== 'found') throw new Error('The key file that was just written cannot be read');
  source.takeOver(found.service);
  await addSealingKey(transaction, { keyID, canary: await makeCanary(source.service, keyID) }, act);
  return keyID;
}

/** Also when another process has just added it to the same file. */
async function requireHere({ source, wanted }: KeyChoice, keyID: string): Promise<ChosenKey> {
  if (wanted !== undefined && wanted !== keyID)
    throw new KeyTrouble(`A rotation to key ${keyID} is under way: finish it first, without --to.`);
  const found = await source.find();
  if (found.outcome === 'found') source.takeOver(found.service);
  if (!(await source.service.keyIDs()).includes(keyID))
    throw new KeyTrouble(
      `A rotation to key ${keyID} is under way. ${source.name} does not have it: run this where it was begun, or add the key here.`,
    );
  return { outcome: 'chosen', keyID };
}
