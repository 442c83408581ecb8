import { defineEvent, type Logger } from '../log/logger.ts';
import { sql, type Database } from '../storage/database.ts';

const nearItsLimit = defineEvent('sealing-key-near-its-limit', 'error', 'keyID', 'wraps', 'limit');

interface WrapCounterOptions {
  readonly database: Database;
  readonly log: Logger;
  /** From so many wraps on, each further block is reported as an error. */
  readonly limit?: number;
  /** So many wraps are counted with one write. */
  readonly block?: number;
}

/**
 * Counts how often each key wraps, over all processes, so that random nonces stay far from repeating: at most 2^32
 * wraps with one key (NIST SP 800-38D, section 8.3), and an alarm at half of that.
 *
 * Blocks are counted before they are used: after a crash the count is too high, never too low.
 */
export function createWrapCounter({
  database,
  log,
  limit = 2 ** 31,
  block = 1_000,
}: WrapCounterOptions): (keyID: string) => Promise<void> {
  const left = new Map<string, number>();
  const reserving = new Map<string, Promise<void>>();

  const reserve = async (keyID: string) => {
    const wraps = await countBlock(database, keyID, block);
    left.set(keyID, (left.get(keyID) ?? 0) + block);
    if (wraps >= limit) log(nearItsLimit, { keyID, wraps, limit });
  };
  return async (keyID) => {
    for (;;) {
      const remaining = left.get(keyID) ?? 0;
      if (remaining > 0) {
        left.set(keyID, remaining - 1);
        return;
      }
      let pending = reserving.get(keyID);
      if (pending === undefined) {
        pending = reserve(keyID).finally(() => reserving.delete(keyID));
        reserving.set(keyID, pending);
      }
      await pending;
    }
  };
}

async function countBlock(database: Database, keyID: string, block: number): Promise<number> {
  const [row] = await database.query<{ wraps: number }>(sql`
    insert into sealing_key_wraps (key_id, wraps) values (${keyID}, ${block})
    on conflict (key_id) do update set wraps = sealing_key_wraps.wraps + excluded.wraps
    returning wraps::float8 as wraps`);
  if (row === undefined) throw new Error('The wraps of a key were not counted');
  return row.wraps;
}
