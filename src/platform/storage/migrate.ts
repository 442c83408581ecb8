import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineLock, takeLock } from './advisoryLock.ts';
import { raw, sql, type Database, type Queryable } from './database.ts';

/** One file of `migrations/`: forward-only SQL, immutable once released. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  /** True when processes of an older release must not run against the new schema. */
  readonly breaking: boolean;
  readonly text: string;
}

/** The schema is not one this release can work with; the message says what to do. */
export class SchemaMismatch extends Error {}

const fileName = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const olderProcesses = /^-- older processes: (may keep running|must stop)$/m;

/**
 * The migrations of a folder in order.
 *
 * @throws {Error} naming the file, when a name or number is wrong or the file does not open with a reason and
 *   the line `-- older processes: may keep running` or `-- older processes: must stop`
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name, index) => {
      const match = fileName.exec(name);
      if (match?.[1] === undefined || Number(match[1]) !== index + 1)
        throw new Error(
          `migrations/${name}: expected the next number, ${String(index + 1).padStart(4, '0')}_name.sql`,
        );
      const text = await readFile(join(folder, name), 'utf8');
      const declared = olderProcesses.exec(text)?.[1];
      if (!text.startsWith('-- ') || declared === undefined)
        throw new Error(`migrations/${name}: must open with why it exists and "-- older processes: …"`);
      return {
        number: index + 1,
        name: name.slice(0, -'.sql'.length),
        checksum: createHash('sha256').update(text).digest('hex'),
        breaking: declared === 'must stop',
        text,
      };
    }),
  );
}

interface AppliedMigration {
  number: number;
  name: string;
  checksum: string;
  breaking: boolean;
}

/** One for all migrations of a database. */
const migrationLock = defineLock(7_421_001, 1);

/**
 * Brings the database to this release's schema and gives the names of what it applied.
 *
 * Any number of processes may call it at once: one works, the others wait and find nothing to do. Each
 * migration is a transaction, so that a process killed in the middle leaves the schema before or after it.
 *
 * @throws {SchemaMismatch} when an applied migration was edited, or a newer release made a breaking change
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const applied: string[] = [];
  for (const migration of migrations) {
    const ran = await database.transaction(async (transaction) => {
      await takeLock(transaction, migrationLock);
      await transaction.query(sql`
        create table if not exists schema_migrations (
          number integer primary key,
          name text not null,
          checksum text not null,
          breaking boolean not null,
          applied_at timestamptz not null default now()
        )`);
      const known = await readApplied(transaction);
      refuseMismatch(known, migrations);
      if (known.some((row) => row.number === migration.number)) return false;
      await transaction.query(raw(migration.text));
      await transaction.query(sql`
        insert into schema_migrations (number, name, checksum, breaking)
        values (${migration.number}, ${migration.name}, ${migration.checksum}, ${migration.breaking})`);
      return true;
    }, 'bulk');
    if (ran) applied.push(migration.name);
  }
  return applied;
}

/** Whether the database takes writes: a standby does not, nor one that was set to read only. */
export async function isWritable(database: Queryable): Promise<boolean> {
  const [found] = await database.query<{ writable: boolean }>(
    sql`select current_setting('transaction_read_only') = 'off' as writable`,
  );
  return found?.writable === true;
}

/** Whether the database has every migration of this release; throws as {@link migrate} does. */
export async function isSchemaCurrent(
  database: Queryable,
  migrations: readonly Migration[],
): Promise<boolean> {
  const [exists] = await database.query<{ present: boolean }>(
    sql`select to_regclass('schema_migrations') is not null as present`,
  );
  if (exists?.present !== true) return false;
  const applied = await readApplied(database);
  refuseMismatch(applied, migrations);
  return migrations.every((migration) => applied.some((row) => row.number === migration.number));
}

function readApplied(database: Queryable): Promise<AppliedMigration[]> {
  return database.query<AppliedMigration>(
    sql`select number, name, checksum, breaking from schema_migrations order by number`,
  );
}

function refuseMismatch(applied: readonly AppliedMigration[], migrations: readonly Migration[]): void {
  for (const row of applied) {
    const migration = migrations.find((candidate) => candidate.number === row.number);
    if (migration === undefined && row.breaking)
      throw new SchemaMismatch(
        `The database was upgraded by a newer release (migration ${row.name}), which this release cannot work with. Run that release.`,
      );
    if (migration !== undefined && migration.checksum !== row.checksum)
      throw new SchemaMismatch(
        `Migration ${row.name} was applied with other contents than this release has. Released migrations never change; restore the file.`,
      );
  }
}
