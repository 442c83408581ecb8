import { sql, type Database } from '../storage/database.ts';
import type { Clock } from '../time/clock.ts';
import { CannotSeal } from './vault.ts';

/** For at most this long a process seals with the key that was active before. */
export const activeKeyRememberedMs = 3_000;

/**
 * The name of the key that is active in the database, remembered for {@link activeKeyRememberedMs}; those who ask at
 * the same time cause one question.
 *
 * @throws {CannotSeal} when none is
 */
export function createActiveKey({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): () => Promise<string> {
  let known: { readonly keyID: Promise<string>; readonly askedAt: number } | undefined;
  return () => {
    if (known === undefined || clock.now() - known.askedAt >= activeKeyRememberedMs) {
      const asked = { keyID: readActiveKey(database), askedAt: clock.now() };
      known = asked;
      asked.keyID.catch(() => {
        if (known === asked) known = undefined;
      });
    }
    return known.keyID;
  };
}

async function readActiveKey(database: Database): Promise<string> {
  const [row] = await database.query<{ key_id: string }>(sql`select key_id from sealing_keys where active`);
  if (row === undefined) throw new CannotSeal();
  return row.key_id;
}
