import { activeKeyRememberedMs } from '../platform/sealing/activeKey.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import type { Database } from '../platform/storage/database.ts';
import { KeyTrouble } from './keyTrouble.ts';
import { activateKey, type Activation } from './rotation/activateKey.ts';
import { chooseKey, type KeyChoice } from './rotation/chooseKey.ts';
import { retireKeys } from './rotation/retireKeys.ts';
import { rewrapAll } from './rotation/rewrapAll.ts';
import { countSealed } from './store/sealedTables.ts';
import { isNeeded, readSealingKeys, type KeyAct } from './sealingKeys.ts';

/** After so long nobody begins to seal with the key that was active before. */
const settleMs = activeKeyRememberedMs + 2_000;
const namedMax = 5;
const reportEvery = 2_000;

/** What a rotation works with, and in whose name the audit trail has it. */
export interface RotationParts extends Omit<KeyChoice, 'act'>, Omit<Activation, 'act'> {
  readonly vault: Vault;
  readonly actor: string;
}

/** What became of it: `done-lately` changed nothing, because a rotation was finished a short while ago. */
export type Rotation =
  | {
      readonly outcome: 'rotated';
      readonly active: string;
      readonly retired: readonly string[];
      /** Sealed values that are under the active key now. */
      readonly rewrapped: number;
    }
  | { readonly outcome: 'done-lately'; readonly active: string };

/**
 * Changes the key that everything is sealed with, while the service works: a new key, known to all processes, made
 * active, everything wrapped with it, the old one retired. Killed at any point and called again, it goes on.
 *
 * @throws {KeyTrouble} when it cannot go on; what was done stays, and the next call goes on from there
 */
export async function rotateKeys(parts: RotationParts): Promise<Rotation> {
  const { clock, actor, onProgress } = parts;
  const act = (): KeyAct => ({ actor, now: clock.now() });
  const chosen = await chooseKey({ ...parts, act: act() });
  const active = chosen.keyID;
  if (chosen.outcome === 'done-lately') return { outcome: 'done-lately', active };
  onProgress(`Rotating to key ${active}.`);
  await activateKey({ ...parts, act: act() }, active);
  const older = (await readSealingKeys(parts.database)).filter((key) => isNeeded(key) && !key.active);
  const retired = older.map(({ keyID }) => keyID);
  onProgress(`Key ${active} is active; wrapping with it what ${retired.join(', ')} sealed.`);
  let rewrapped = 0;
  do rewrapped += await rewrapUntilNothingIsLeft(parts, retired);
  while (!(await retireKeys(parts.database, retired, act())));
  return { outcome: 'rotated', active, retired, rewrapped };
}

/** Until nothing was left twice, with time in between for writers that had begun with an old key. */
async function rewrapUntilNothingIsLeft(parts: RotationParts, keyIDs: readonly string[]): Promise<number> {
  const { database, clock, vault, onProgress } = parts;
  let total = 0;
  for (let emptyRounds = 0; ;) {
    const { rewrapped, unopenable } = await rewrapAll(
      { database, vault, onRewrapped: createReport(onProgress, total) },
      keyIDs,
    );
    total += rewrapped;
    const left = await countLeft(database, keyIDs);
    if (left > 0 && rewrapped === 0 && unopenable.length > 0) throw cannotFinish(unopenable, keyIDs);
    emptyRounds = left === 0 ? emptyRounds + 1 : 0;
    if (emptyRounds === 2) return total;
    if (left === 0) {
      onProgress('Nothing is left; looking once more.');
      await clock.sleep(settleMs);
    }
  }
}

/** Tells of every {@link reportEvery}th row. */
function createReport(onProgress: (message: string) => void, before: number): (rows: number) => void {
  let told = before;
  return (rows) => {
    if (before + rows < told + reportEvery) return;
    told = before + rows;
    onProgress(`Wrapped ${told} anew.`);
  };
}

async function countLeft(database: Database, keyIDs: readonly string[]): Promise<number> {
  const sealed = await countSealed(database);
  return keyIDs.reduce((left, keyID) => left + (sealed.get(keyID) ?? 0), 0);
}

function cannotFinish(unopenable: readonly string[], keyIDs: readonly string[]): KeyTrouble {
  const more = unopenable.length > namedMax ? ', …' : '';
  return new KeyTrouble(
    `${unopenable.length} sealed values do not open with ${keyIDs.join(', ')} (${unopenable.slice(0, namedMax).join(', ')}${more}): the key service is away, or they were changed. Everything else is under the new key; the old one is not retired. Run this again when that is mended.`,
  );
}
