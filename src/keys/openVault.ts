import { logUnlessAway } from '../platform/storage/databaseUnavailable.ts';
import { createActiveKey } from '../platform/sealing/activeKey.ts';
import { makeCanary } from '../platform/sealing/canary.ts';
import { createVault } from '../platform/sealing/createVault.ts';
import { addMasterKeyLine } from '../platform/sealing/masterKeyFile.ts';
import { generateMasterKey } from '../platform/sealing/masterKeys.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import { createWrapCounter } from '../platform/sealing/wrapCounter.ts';
import { KeyTrouble } from './keyTrouble.ts';
import { refuseWrongKeys } from './judgeKeys.ts';
import { createKeyHolder, type KeyHolder, type KeyHolderParts } from './holders/keyHolder.ts';
import type { KeySource } from './keySource.ts';
import {
  activateSealingKey,
  addSealingKey,
  isNeeded,
  lockKeys,
  readSealingKeys,
  type SealingKey,
} from './sealingKeys.ts';

const closePatienceMs = 1_000;

/** The vault of a process that serves, which is known to the database as a holder of its keys until it is closed. */
export interface OpenVault {
  readonly vault: Vault;
  readonly close: () => Promise<void>;
}

/**
 * Opens the vault of a migrated database. The first key becomes known and active here; the embedded default makes it.
 *
 * @throws {KeyTrouble} when the keys are not those of the database
 */
export async function openVault(parts: KeyHolderParts): Promise<OpenVault> {
  const { database, source } = parts;
  await ensureFirstKey(parts);
  const holder = createKeyHolder(parts);
  await holder.begin();
  try {
    // After it is known as a holder: a key that became active before is seen here, a later one waits for it.
    await refuseWrongKeys(database, source);
  } catch (error) {
    await holder.end();
    throw error;
  }
  return { vault: createVaultOf(parts), close: () => endInTime(parts, holder) };
}

/** A database that is away, or busy with what was cut off, must not keep the process. Its row stops counting by itself. */
async function endInTime({ clock, log }: KeyHolderParts, holder: KeyHolder): Promise<void> {
  const waiting = new AbortController();
  const ended = holder.end().catch((error: unknown) => logUnlessAway(log, 'sealing-keys', error));
  await Promise.race([ended, clock.sleep(closePatienceMs, waiting.signal).catch(() => undefined)]);
  waiting.abort();
}

/** The vault alone, for a command. */
export function createVaultOf({ database, source, clock, random, log }: KeyHolderParts): Vault {
  return createVault({
    keyService: source.service,
    activeKeyID: createActiveKey({ database, clock }),
    countWrap: createWrapCounter({ database, log }),
    random,
  });
}

async function ensureFirstKey({ database, source, clock, random }: KeyHolderParts): Promise<void> {
  const known = await readSealingKeys(database);
  if (known.some(isNeeded)) return;
  const given = chooseFirstKey(source, await source.service.keyIDs(), known);
  // A key service may be far away, and no transaction waits for it.
  const canary = given === undefined ? undefined : await makeCanary(source.service, given);
  const act = { actor: 'service', now: clock.now() };
  await database.transaction(async (transaction) => {
    await lockKeys(transaction);
    if ((await readSealingKeys(transaction)).some(isNeeded)) return;
    const keyID = given ?? (await makeKey(source, random));
    const fresh = { keyID, canary: canary ?? (await makeCanary(source.service, keyID)) };
    await addSealingKey(transaction, fresh, act);
    await activateSealingKey(transaction, keyID, act);
  });
}

/** The first that was never used, or undefined where one has to be made. */
function chooseFirstKey(
  source: KeySource,
  held: readonly string[],
  known: readonly SealingKey[],
): string | undefined {
  const fresh = held.find((keyID) => known.every((key) => key.keyID !== keyID));
  if (fresh === undefined && source.ours !== true)
    throw new KeyTrouble(`${source.name} has only keys that are retired: add a new one.`);
  return fresh;
}

/** In a file of ours; only while the database needs no key, so that it never stands for one that was lost. */
async function makeKey(source: KeySource, random: KeyHolderParts['random']): Promise<string> {
  if (source.file === undefined) throw new Error('There is no file to make a key in');
  const { keyID, line } = generateMasterKey(random);
  await addMasterKeyLine(source.file, line);
  const found = await source.find();
  if (found.outcome !== 'found') throw new Error('The key file that was just made cannot be read');
  source.takeOver(found.service);
  return keyID;
}
