import { removeMasterKeyLine } from '../platform/sealing/masterKeyFile.ts';
import type { Database } from '../platform/storage/database.ts';
import { KeyTrouble } from './keyTrouble.ts';
import type { KeySource } from './keySource.ts';
import { countSealed } from './store/sealedTables.ts';
import { lockKeys, readSealingKeys, recordKeyAct, type KeyAct } from './sealingKeys.ts';

/**
 * Takes a retired key out of the key file of this machine, with the audit row. Backups from before its retirement
 * can then be opened only with a copy of the file.
 *
 * @throws {KeyTrouble} while anything needs the key, or when it is not in a file
 */
export async function removeKey(
  { database, source }: { readonly database: Database; readonly source: KeySource },
  keyID: string,
  act: KeyAct,
): Promise<void> {
  const { file, name } = source;
  if (file === undefined)
    throw new KeyTrouble(`${name} is not a file that can be changed: take the key out there by hand.`);
  await database.transaction(async (transaction) => {
    await lockKeys(transaction);
    const key = (await readSealingKeys(transaction)).find((known) => known.keyID === keyID);
    if (key === undefined)
      throw new KeyTrouble(
        `The database does not know key ${keyID}. If no other one does, take its line out of ${file} by hand.`,
      );
    const sealed = (await countSealed(transaction)).get(keyID) ?? 0;
    if (key.retiredAt === null || sealed > 0)
      throw new KeyTrouble(
        `Key ${keyID} is still needed: ${key.active ? 'it is the active one' : 'it is not retired'}, and ${sealed} values are sealed with it. Rotate first.`,
      );
    if (!(await removeMasterKeyLine(file, keyID)))
      throw new KeyTrouble(`${name} has no line of its own for key ${keyID}.`);
    await recordKeyAct(transaction, 'removed', keyID, act);
  });
}
