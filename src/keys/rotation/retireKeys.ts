import { sql, type Database } from '../../platform/storage/database.ts';
import { countSealed } from '../store/sealedTables.ts';
import { lockKeys, recordKeyAct, type KeyAct } from '../sealingKeys.ts';

/**
 * Retires keys that seal nothing any more. Writers that are about to store something sealed with them are waited for,
 * and later ones are refused by the schema, so that nothing sealed with a retired key can be in the database.
 *
 * @returns false, and nothing is changed, when one of them still seals something
 */
export function retireKeys(database: Database, keyIDs: readonly string[], act: KeyAct): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await lockKeys(transaction);
    const waiting = await transaction.query<{ key_id: string }>(sql`
      select key_id from sealing_keys where key_id = any (${[...keyIDs]}::text[]) and retired_at is null
       order by key_id for update`);
    // Only now, in a statement of its own: it sees what the writers stored that were waited for.
    const sealed = await countSealed(transaction);
    if (waiting.some(({ key_id }) => sealed.has(key_id))) return false;
    for (const { key_id } of waiting) {
      await transaction.query(sql`
        update sealing_keys set retired_at = ${new Date(act.now)} where key_id = ${key_id} and not active`);
      await recordKeyAct(transaction, 'retired', key_id, act);
    }
    return true;
  });
}
