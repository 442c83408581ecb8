import { beforeEach, describe, expect, it } from 'vitest';
import { bulkLoad } from '../../src/platform/storage/bulkLoad.ts';
import { raw, sql, violatedConstraint, type Database } from '../../src/platform/storage/database.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
beforeEach(async () => {
  ({ database } = await createTestDatabase());
  await database.query(
    raw(`
    create table parents (id integer constraint parents_key primary key, "odd Name" text constraint "odd Key" unique deferrable);
    create table loaded (id integer primary key, parent integer constraint to_parent references parents on delete cascade,
                         name text check (name <> ''), constraint no_two unique nulls not distinct (parent, name));
    create unique index loaded_some on loaded (lower(name)) where parent > 0;
    create index on loaded using hash (name);
    create table children (id integer references loaded);
    insert into parents values (1, 'one')`),
  );
});

const readSchema = () =>
  database.query(
    raw(`select conname::text as name, pg_get_constraintdef(oid) as definition from pg_constraint
          where conrelid in ('parents'::regclass, 'loaded'::regclass, 'children'::regclass)
         union all
         select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
          where indrelid in ('parents'::regclass, 'loaded'::regclass)
         order by 1, 2`),
  );

const always = () => Promise.resolve(true);

function load(rows: string, suits = always) {
  return database.transaction((transaction) =>
    bulkLoad(transaction, ['loaded', 'parents'], suits, async () => {
      await transaction.query(raw(`insert into loaded values ${rows}`));
      const [left] = await transaction.query<{ count: number }>(sql`
          select count(*)::integer as count from pg_index where indrelid in ('loaded'::regclass, 'parents'::regclass)`);
      return left?.count;
    }),
  );
}

describe('a bulk load', () => {
  it('works on tables without indexes and puts back exactly what was there', async () => {
    const before = await readSchema();
    expect(before.length).toBeGreaterThan(8);
    expect(await load(`(1, 1, 'a'), (2, 1, 'b')`)).toEqual({ result: 0 });
    expect(await readSchema()).toEqual(before);
  });

  it('leaves the tables alone that its own refer to: others read and change them meanwhile', async () => {
    const done = await database.transaction((transaction) =>
      bulkLoad(transaction, ['loaded'], always, async () => {
        await transaction.query(raw(`insert into loaded values (1, 1, 'a')`));
        await database.query(sql`insert into parents values (2, 'two')`);
        await transaction.query(raw(`insert into loaded values (2, 2, 'b')`));
        return transaction
          .query(raw(`savepoint here; insert into loaded values (3, 3, 'c')`))
          .catch((error: unknown) =>
            transaction.query(sql`rollback to here`).then(() => violatedConstraint(error)),
          );
      }),
    );
    expect(done).toEqual({ result: 'to_parent' });
  });

  it('takes the foreign keys to tables that may be locked away too, and puts them back', async () => {
    const before = await readSchema();
    const breaking = (rows: string) =>
      database.transaction((transaction) =>
        bulkLoad(
          transaction,
          ['loaded'],
          always,
          () => transaction.query(raw(`insert into loaded values ${rows}`)).then(() => 'done'),
          ['parents'],
        ),
      );
    expect(await breaking(`(1, 7, 'a')`).catch(violatedConstraint)).toBe('to_parent');
    expect(await breaking(`(1, 1, 'a')`)).toEqual({ result: 'done' });
    expect(await readSchema()).toEqual(before);
  });

  it.each([
    ['a key', `(1, 1, 'a'), (1, 1, 'b')`, 'loaded_pkey'],
    ['a unique constraint', `(1, null, 'a'), (2, null, 'a')`, 'no_two'],
    ['a unique index', `(1, 1, 'a'), (2, 1, 'A')`, 'loaded_some'],
    ['a foreign key', `(1, 7, 'a')`, 'to_parent'],
    ['a check', `(1, 1, '')`, 'loaded_name_check'],
  ])('that breaks %s fails with its name, and nothing changed', async (_what, rows, constraint) => {
    const before = await readSchema();
    expect(await load(rows).then(() => undefined, violatedConstraint)).toBe(constraint);
    expect(await readSchema()).toEqual(before);
    expect(await database.query(sql`select from loaded`)).toEqual([]);
  });

  it('is not done when it does not suit, and the transaction goes on', async () => {
    const before = await readSchema();
    expect(await load(`(1, 1, 'a')`, () => Promise.resolve(false))).toBeUndefined();
    expect(await readSchema()).toEqual(before);
    expect(await database.query(sql`select from loaded`)).toEqual([]);
  });

  it('is not done while somebody reads one of the tables, and does not wait for it', async () => {
    await database.transaction(async (reader) => {
      await reader.query(sql`select from parents`);
      expect(await load(`(1, 1, 'a')`)).toBeUndefined();
    });
    expect(await load(`(1, 1, 'a')`)).toEqual({ result: 0 });
  });

  it('is not done by a role that does not own the tables', async (context) => {
    const [may] = await database.query<{ create: boolean }>(
      sql`select rolsuper or rolcreaterole as create from pg_roles where rolname = current_user`,
    );
    // The embedded server's only role may make no others.
    if (may?.create !== true) context.skip();
    const role = `visitor_${process.pid}`;
    await database.query(raw(`create role ${role}; grant all on loaded, parents to ${role}`));
    try {
      const done = await database.transaction(async (transaction) => {
        await transaction.query(raw(`set local role ${role}`));
        return bulkLoad(transaction, ['loaded', 'parents'], always, () => Promise.resolve('done'));
      });
      expect(done).toBeUndefined();
    } finally {
      await database.query(raw(`drop owned by ${role}; drop role ${role}`));
    }
  });
});
