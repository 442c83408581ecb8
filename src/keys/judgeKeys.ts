import type { KeyService } from '../platform/sealing/keyService.ts';
import { opensCanary } from '../platform/sealing/canary.ts';
import type { Queryable } from '../platform/storage/database.ts';
import { KeyTrouble } from './keyTrouble.ts';
import type { KeySource } from './keySource.ts';
import { isNeeded, readSealingKeys } from './sealingKeys.ts';

/** What is wrong with keys for this database: those that it needs and are not there, and those that only have the name. */
export async function judgeKeys(database: Queryable, service: KeyService): Promise<string[]> {
  const held = new Set(await service.keyIDs());
  const mistakes: string[] = [];
  for (const key of await readSealingKeys(database)) {
    const { keyID, canary } = key;
    if (!held.has(keyID)) {
      if (isNeeded(key)) mistakes.push(`key ${keyID}, which the database needs, is not there`);
    } else if (!(await opensCanary(service, keyID, canary)))
      mistakes.push(`the key called ${keyID} is not the one that the database knows by this name`);
  }
  return mistakes;
}

/**
 * Refuses keys that would not open what is in the database. Reads only, and may run before the schema is brought up
 * to date, so that a service with wrong keys leaves no trace.
 *
 * @throws {KeyTrouble} that says what would be lost, and what to do
 */
export async function refuseWrongKeys(database: Queryable, source: KeySource): Promise<void> {
  const mistakes = await judgeKeys(database, source.service);
  if (mistakes.length === 0) return;
  const gone = (await source.service.keyIDs()).length === 0;
  const what = gone ? `${source.name} is gone` : `${source.name} does not fit this database`;
  throw new KeyTrouble(
    `${what}: ${mistakes.join('; ')}. Without it the stored tokens cannot be opened, and participants would have to connect again. Put the right keys back from their backup and start again; nothing was changed. Only when there is no backup: "tributary keys abandon" (docs/guides/keys.md).`,
  );
}
