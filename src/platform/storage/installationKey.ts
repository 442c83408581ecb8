import { hkdfSync } from 'node:crypto';
import { sql, type Database } from './database.ts';

const roots = new WeakMap<Database, Promise<Buffer>>();

/**
 * A key of this installation for one purpose (HKDF-SHA256, RFC 5869), the same in every process.
 *
 * For things that are not credentials: it comes from the database and falls with it.
 */
export async function getInstallationKey(database: Database, purpose: string, bytes = 32): Promise<Buffer> {
  let root = roots.get(database);
  if (root === undefined) {
    root = readRoot(database);
    roots.set(database, root);
    root.catch(() => roots.delete(database));
  }
  return Buffer.from(hkdfSync('sha256', await root, Buffer.alloc(0), purpose, bytes));
}

async function readRoot(database: Database): Promise<Buffer> {
  const [row] = await database.query<{ root_key: Buffer }>(sql`select root_key from installation`);
  if (row === undefined) throw new Error('The installation has no root key');
  return row.root_key;
}
