import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase, raw, sql, type Database } from '../../src/platform/storage/database.ts';
import {
  isSchemaCurrent,
  migrate,
  readMigrations,
  SchemaMismatch,
} from '../../src/platform/storage/migrate.ts';
import { withDatabase } from '../harness/globalSetup.ts';

const released = join(import.meta.dirname, '../../migrations');
const harmless = '-- A reason.\n-- older processes: may keep running\n';

const admin = openDatabase({ target: inject('server'), poolSizeMax: 1, applicationName: 'tests' });
const name = `tributary_migrate_${process.pid}`;
let open: Database[] = [];
let folders: string[] = [];
let database: Database;

beforeEach(async () => {
  await admin.query(raw(`create database ${name}`));
  database = connect();
});
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  [open, folders] = [[], []];
  await admin.query(raw(`drop database ${name} with (force)`));
});
afterAll(() => admin.close());

/** Another process, as far as the database can tell. */
function connect(applicationName = 'tests'): Database {
  const opened = openDatabase({
    target: withDatabase(inject('server'), name),
    poolSizeMax: 2,
    applicationName,
  });
  open.push(opened);
  return opened;
}

async function writeFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-migrations-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

/** Migrations with the given statements, numbered from 1: `0001_step.sql` … */
async function makeMigrations(...statements: string[]) {
  const files = statements.map((text, index) => [
    `${String(index + 1).padStart(4, '0')}_step.sql`,
    harmless + text,
  ]);
  return readMigrations(await writeFolder(Object.fromEntries(files) as Record<string, string>));
}

/** Every table of the database, and the migrations that are recorded in it. */
async function readState() {
  const tables = await database.query<{ tablename: string }>(
    sql`select tablename from pg_tables where schemaname = 'public' order by tablename`,
  );
  const recorded = await database.query<{ name: string; checksum: string }>(
    sql`select name, checksum from schema_migrations order by number`,
  );
  return {
    tables: tables.map(({ tablename }) => tablename).filter((table) => table !== 'schema_migrations'),
    recorded: recorded.map((row) => row.name),
    checksums: recorded.map((row) => row.checksum),
  };
}

function recordNewer(breaking: boolean) {
  return database.query(sql`
    insert into schema_migrations (number, name, checksum, breaking) values (9000, '9000_newer', 'x', ${breaking})`);
}

describe('migrate', () => {
  it('applies each migration exactly once when ten processes start together', async () => {
    const migrations = await readMigrations(released);
    const names = migrations.map((migration) => migration.name);
    expect(await isSchemaCurrent(database, migrations)).toBe(false);
    const processes = Array.from({ length: 10 }, () => connect());
    // Connected beforehand, so that all of them begin at the same moment.
    await Promise.all(processes.map((process) => process.query(sql`select`)));
    const applied = await Promise.all(processes.map((process) => migrate(process, migrations)));
    expect(applied.flat().sort()).toEqual(names);
    const { recorded, checksums } = await readState();
    expect(recorded).toEqual(names);
    expect(checksums).toEqual(migrations.map((migration) => migration.checksum));
    expect(await isSchemaCurrent(database, migrations)).toBe(true);
    expect(await migrate(database, migrations)).toEqual([]);
  });

  it('refuses a database whose migration had other contents, and applies nothing', async () => {
    await migrate(database, await makeMigrations('create table a ();', 'create table b ();'));
    const before = await readState();
    const edited = await makeMigrations(
      'create table a ();',
      'create table edited ();',
      'create table c ();',
    );
    await expect(migrate(database, edited)).rejects.toThrow(SchemaMismatch);
    await expect(migrate(database, edited)).rejects.toThrow(/0002_step .*other contents/);
    await expect(isSchemaCurrent(database, edited)).rejects.toThrow(SchemaMismatch);
    expect(await readState()).toEqual(before);
    expect(before.tables).toEqual(['a', 'b']);
  });

  it('refuses a database that a newer release changed in a breaking way', async () => {
    await migrate(database, await makeMigrations('create table a ();'));
    await recordNewer(true);
    const two = await makeMigrations('create table a ();', 'create table b ();');
    for (const migrations of [two.slice(0, 1), two]) {
      await expect(migrate(database, migrations)).rejects.toThrow(SchemaMismatch);
      await expect(migrate(database, migrations)).rejects.toThrow(/newer release \(migration 9000_newer\)/);
      await expect(isSchemaCurrent(database, migrations)).rejects.toThrow(SchemaMismatch);
    }
    expect(await readState()).toMatchObject({ tables: ['a'], recorded: ['0001_step', '9000_newer'] });
  });

  it('accepts a database that a newer release changed without breaking this one', async () => {
    const migrations = await makeMigrations('create table a ();');
    await migrate(database, migrations);
    await recordNewer(false);
    expect(await migrate(database, migrations)).toEqual([]);
    expect(await isSchemaCurrent(database, migrations)).toBe(true);
  });

  it('records what a file declares about older processes', async () => {
    const folder = await writeFolder({
      '0001_a.sql': harmless,
      '0002_b.sql': '-- A reason.\n-- older processes: must stop\n',
    });
    await migrate(database, await readMigrations(folder));
    // To a release that has neither file, the second is the one that breaks.
    await expect(isSchemaCurrent(database, [])).rejects.toThrow(/migration 0002_b/);
    await database.query(sql`delete from schema_migrations where number = 2`);
    expect(await isSchemaCurrent(database, [])).toBe(true);
  });

  it('leaves nothing of a migration that fails midway, and keeps the ones before it', async () => {
    const broken = await makeMigrations(
      'create table a ();',
      'create table b (); create table b ();',
      'create table c ();',
    );
    await expect(migrate(database, broken)).rejects.toMatchObject({ code: '42P07' });
    expect(await readState()).toMatchObject({ tables: ['a'], recorded: ['0001_step'] });
    expect(await isSchemaCurrent(database, broken)).toBe(false);
    const mended = await makeMigrations('create table a ();', 'create table b ();', 'create table c ();');
    expect(await migrate(database, mended)).toEqual(['0002_step', '0003_step']);
    expect(await readState()).toMatchObject({ tables: ['a', 'b', 'c'] });
    expect(await isSchemaCurrent(database, mended)).toBe(true);
  });

  it('leaves nothing of a migration whose backend is killed in the middle; the next run completes', async () => {
    const migrations = await makeMigrations(
      'create table gate ();',
      'create table b (); lock table gate; create table c ();',
      'create table d ();',
    );
    await migrate(database, migrations.slice(0, 1));
    const victim = connect('victim');
    await database.transaction(async (transaction) => {
      await transaction.query(sql`lock table gate`);
      const outcome = migrate(victim, migrations).then(
        () => 'completed',
        (error: unknown) => error,
      );
      await killOnceItWaits('victim');
      expect(await outcome).toMatchObject({ code: '57P01' });
    });
    expect(await readState()).toMatchObject({ tables: ['gate'], recorded: ['0001_step'] });
    // The process whose backend was killed can go on by itself.
    expect(await migrate(victim, migrations)).toEqual(['0002_step', '0003_step']);
    expect(await readState()).toMatchObject({ tables: ['b', 'c', 'd', 'gate'] });
  });
});

/** Ends the backend once it waits for the lock on a table: then its migration is half done. */
async function killOnceItWaits(applicationName: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const killed = await admin.query(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = ${applicationName} and wait_event_type = 'Lock' and wait_event = 'relation'`);
    if (killed.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The migration never came to wait');
}

describe('readMigrations', () => {
  it('reads the released migrations in order', async () => {
    const migrations = await readMigrations(released);
    expect(migrations.length).toBeGreaterThan(5);
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_migration, index) => index + 1));
    expect(migrations[0]).toMatchObject({ name: '0001_installation', breaking: true });
  });

  it('tells by the text alone whether two migrations are the same', async () => {
    const files = { '0001_a.sql': harmless, '0002_b.sql': harmless, '0003_c.sql': `${harmless}select;` };
    const [first, second, third] = await readMigrations(await writeFolder(files));
    expect(first!.checksum).toBe(second!.checksum);
    expect(first!.checksum).not.toBe(third!.checksum);
  });

  it.each([
    ['a gap in the numbers', '0003_c.sql', harmless],
    ['a number used twice', '0001_b.sql', harmless],
    ['a number that is too short', '002_b.sql', harmless],
    ['a name in capitals', '0002_Bad.sql', harmless],
    ['a name without a number', 'bad.sql', harmless],
    ['nothing said about older processes', '0002_b.sql', '-- A reason.\nselect;'],
    [
      'something else said about older processes',
      '0002_b.sql',
      '-- A reason.\n-- older processes: perhaps\n',
    ],
    ['no reason first', '0002_b.sql', 'select;\n-- older processes: must stop\n'],
  ])('complains of %s, naming the file', async (_what, file, text) => {
    const folder = await writeFolder({ '0001_a.sql': harmless, 'notes.txt': 'Not SQL.', [file]: text });
    await expect(readMigrations(folder)).rejects.toThrow(file);
  });
});
