import { CannotOpen, CannotSeal, type Vault } from '../../platform/sealing/vault.ts';
import type { Database } from '../../platform/storage/database.ts';
import { KeyTrouble } from '../keyTrouble.ts';
import {
  readSealedRows,
  replaceWrappedKeys,
  sealedTables,
  type RewrappedRow,
  type SealedRow,
} from '../store/sealedTables.ts';

const batchSize = 200;
/** A key service may not like more at the same time. */
const atOnce = 16;

interface Rewrapping {
  readonly database: Database;
  readonly vault: Vault;
  /** Called after each batch with the number of rows since the beginning. */
  readonly onRewrapped: (rows: number) => void;
}

/**
 * Goes once through everything that is sealed with the keys, and wraps it with the active one. Rows that do not open
 * are left as they are and named.
 *
 * @throws {KeyTrouble} when nothing can be wrapped at present
 */
export async function rewrapAll(
  { database, vault, onRewrapped }: Rewrapping,
  keyIDs: readonly string[],
): Promise<{ readonly rewrapped: number; readonly unopenable: readonly string[] }> {
  let rewrapped = 0;
  const unopenable: string[] = [];
  for (const table of sealedTables)
    for (let after = table.start; ;) {
      const rows = await readSealedRows(database, table, { keyIDs, after, limit: batchSize });
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
      const { fresh, refused } = await rewrapRows(vault, rows);
      unopenable.push(...refused.map(({ id }) => `${table.name} ${id}`));
      rewrapped += await replaceWrappedKeys(database, table, fresh).catch(skipDeadlock);
      onRewrapped(rewrapped);
    }
  return { rewrapped, unopenable };
}

async function rewrapRows(vault: Vault, rows: readonly SealedRow[]) {
  const fresh: RewrappedRow[] = [];
  const refused: SealedRow[] = [];
  for (let from = 0; from < rows.length; from += atOnce)
    await Promise.all(
      rows.slice(from, from + atOnce).map(async (row) => {
        try {
          const { keyID, wrappedKey } = await vault.rewrap(row, { ...row, fields: {} });
          fresh.push({ row, keyID, wrappedKey });
        } catch (error) {
          if (error instanceof CannotSeal)
            throw new KeyTrouble('Nothing can be sealed with the active key at present. Run this again.');
          if (!(error instanceof CannotOpen)) throw error;
          refused.push(row);
        }
      }),
    );
  return { fresh, refused };
}

/** What was not changed is found by the next round. 40P01 is deadlock_detected (PostgreSQL appendix A). */
function skipDeadlock(error: unknown): number {
  if ((error as { code?: unknown }).code === '40P01') return 0;
  throw error;
}
