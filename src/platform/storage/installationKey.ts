import { hkdfSync } from 'node:crypto';
import { sql, type Database } from './database.ts';

/**
 * Gives a key of this installation for one purpose (HKDF-SHA256, RFC 5869), the same in every process.
 *
 * For things that are not credentials: it comes from the database and falls with it. Fails as the database does, until
 * that has answered once.
 */
export type GetInstallationKey = (purpose: string, bytes?: number) => Promise<Buffer>;

/** The keys of a database; its root is read once, a derived key once for each purpose. */
export function createInstallationKeys(database: Database): GetInstallationKey {
  let root: Promise<Buffer> | undefined;
  const derived = new Map<string, Buffer>();

  function getRoot(): Promise<Buffer> {
    if (root !== undefined) return root;
    const reading = readRoot(database);
    root = reading;
    // A database that was away when first asked must not leave its failure behind.
    reading.catch(() => {
      root = undefined;
    });
    return reading;
  }

  return async (purpose, bytes = 32) => {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', await getRoot(), Buffer.alloc(0), purpose, bytes));
    derived.set(purpose, key);
    return key;
  };
}

async function readRoot(database: Database): Promise<Buffer> {
  const [row] = await database.query<{ root_key: Buffer }>(sql`select root_key from installation`);
  if (row === undefined) throw new Error('The installation has no root key');
  return row.root_key;
}
