import { beforeAll, describe, expect, it } from 'vitest';
import { retireKeys } from '../../src/keys/rotation/retireKeys.ts';
import { readSealedRows, replaceWrappedKeys, sealedTables } from '../../src/keys/store/sealedTables.ts';
import { activeKeyRememberedMs, createActiveKey } from '../../src/platform/sealing/activeKey.ts';
import { CannotSeal } from '../../src/platform/sealing/vault.ts';
import { createWrapCounter } from '../../src/platform/sealing/wrapCounter.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql, violatedConstraint, type Database } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  await database.query(sql`
    insert into sealing_keys (key_id, canary, active, created_at, activated_at)
    values ('k-old', '', false, now(), now()), ('k-active', '', true, now(), now())`);
});

const wrapsOf = async (keyID: string) =>
  (
    await database.query<{ wraps: number }>(
      sql`select wraps::int as wraps from sealing_key_wraps where key_id = ${keyID}`,
    )
  )[0]?.wraps ?? 0;

describe('the count of wraps', () => {
  const silent = createWatchedLog().log;

  it('is never lower than what was used, over processes that die in the middle, and costs a write for a block', async () => {
    let used = 0;
    for (let processes = 0; processes < 5; processes++) {
      const count = createWrapCounter({ database, log: silent, block: 10 });
      await Promise.all(Array.from({ length: 23 }, () => count('k-active').then(() => (used += 1))));
      expect(await wrapsOf('k-active')).toBeGreaterThanOrEqual(used);
    }
    expect(used).toBe(115);
    // Three blocks for each process.
    expect(await wrapsOf('k-active')).toBe(150);
  });

  it('raises the alarm when a key comes near its limit, and not before', async () => {
    const log: string[] = [];
    const count = createWrapCounter({
      database,
      block: 10,
      limit: 30,
      log: createWatchedLog(log).log,
    });
    for (let wraps = 0; wraps < 20; wraps++) await count('k-old');
    expect(log).toEqual([]);
    await count('k-old');
    expect(log.map((line) => JSON.parse(line) as object)).toEqual([
      {
        level: 'error',
        event: 'sealing-key-near-its-limit',
        keyID: 'k-old',
        wraps: 30,
        limit: 30,
        time: expect.any(Number) as number,
      },
    ]);
  });

  it('has its default alarm at half of what random nonces of 96 bits may be used for', async () => {
    const log: string[] = [];
    const count = createWrapCounter({
      database,
      log: createWatchedLog(log).log,
    });
    await database.query(sql`update sealing_key_wraps set wraps = ${2 ** 31 - 1_001} where key_id = 'k-old'`);
    await count('k-old');
    expect(log).toEqual([]);
    await database.query(sql`update sealing_key_wraps set wraps = ${2 ** 31 - 1_000} where key_id = 'k-old'`);
    for (let wraps = 0; wraps < 1_000; wraps++) await count('k-old');
    expect(log).toHaveLength(1);
  });
});

describe('the active key', () => {
  it('is asked for once for all who ask at once, and anew after three seconds', async () => {
    const clock = createFakeClock();
    let questions = 0;
    const counting: Database = {
      ...database,
      query: (statement) => ((questions += 1), database.query(statement)),
    };
    const activeKey = createActiveKey({ database: counting, clock });
    expect(await Promise.all([activeKey(), activeKey(), activeKey()])).toEqual([
      'k-active',
      'k-active',
      'k-active',
    ]);
    clock.advance(activeKeyRememberedMs - 1);
    await activeKey();
    expect(questions).toBe(1);
    clock.advance(1);
    await activeKey();
    expect(questions).toBe(2);
  });

  it('is not remembered when it could not be found', async () => {
    const { database: empty } = await createTestDatabase(2);
    const activeKey = createActiveKey({ database: empty, clock: createFakeClock() });
    await expect(activeKey()).rejects.toThrow(CannotSeal);
    await empty.query(sql`
      insert into sealing_keys (key_id, canary, active, created_at, activated_at) values ('k', '', true, now(), now())`);
    expect(await activeKey()).toBe('k');
  });
});

describe('the schema', () => {
  const outcome = (work: Promise<unknown>) => work.then(() => 'stored', violatedConstraint);

  it('knows no table with sealed values that a rotation does not, and lets none take a retired key', async () => {
    const referring = await database.query<{ name: string; guarded: boolean }>(sql`
      select conrelid::regclass::text as name,
             exists (select from pg_trigger where tgrelid = conrelid and tgname = 'refuse_retired_sealing_key'
                        and tgenabled = 'O') as guarded
        from pg_constraint where confrelid = 'sealing_keys'::regclass and conrelid <> 'sealing_key_wraps'::regclass
       order by 1`);
    expect(referring).toEqual(
      sealedTables
        .map(({ name }) => ({ name, guarded: true }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    );
    const columns = await database.query<{ name: string }>(sql`
      select table_name as name from information_schema.columns where column_name = 'wrapped_key' order by 1`);
    expect(columns.map(({ name }) => name)).toEqual(referring.map(({ name }) => name));
  });

  it('lets one key be active and one be on its way, and no retired one be active', async () => {
    const add = (assignments: ReturnType<typeof sql>) =>
      outcome(
        database.query(
          sql`insert into sealing_keys (key_id, canary, created_at, active, activated_at, retired_at) ${assignments}`,
        ),
      );
    expect(await add(sql`values ('k-second', '', now(), true, now(), null)`)).toBe('sealing_keys_one_active');
    expect(await add(sql`values ('k-new', '', now(), false, null, null)`)).toBe('stored');
    expect(await add(sql`values ('k-newer', '', now(), false, null, null)`)).toBe('sealing_keys_one_to_come');
    expect(await add(sql`values ('k-ended', '', now(), true, now(), now())`)).toContain('check');
    expect(await add(sql`values ('k-never', '', now(), true, null, null)`)).toContain('check');
  });

  it('makes whoever retires a key wait for a writer that is about to use it, and refuses later ones', async () => {
    const study = await createStudy(database);
    const [first, second] = [await study.addAccount(), await study.addAccount()];
    const insert = (accountID: number) => sql`
      insert into grants (account_id, generation, version, key_id, wrapped_key, access_token)
      values (${accountID}, 1, 1, 'k-old', '', '')`;
    let retired = false;
    let retiring: Promise<unknown> | undefined;
    await database.transaction(async (transaction) => {
      await transaction.query(insert(first));
      retiring = database
        .query(sql`update sealing_keys set retired_at = now() where key_id = 'k-old'`)
        .then(() => (retired = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(retired).toBe(false);
    });
    await retiring;
    expect(await outcome(database.query(insert(second)))).toBe('sealing_key_not_retired');
    expect(
      await outcome(database.query(sql`update grants set key_id = 'k-old' where account_id = ${first}`)),
    ).toBe('sealing_key_not_retired');
    // Everything else about the row may still change.
    expect(
      await outcome(database.query(sql`update grants set version = 2 where account_id = ${first}`)),
    ).toBe('stored');
  });
});

describe('wrapping anew', () => {
  it('leaves a row alone that was sealed anew after it was read, and retires no key that still seals one', async () => {
    const study = await createStudy(database);
    const [slow, quick] = [await study.addAccount(), await study.addAccount()];
    await database.query(sql`
      insert into sealing_keys (key_id, canary, created_at, activated_at) values ('k-leaving', '', now(), now())`);
    for (const accountID of [slow, quick])
      await database.query(sql`
        insert into grants (account_id, generation, version, key_id, wrapped_key, access_token)
        values (${accountID}, 1, 1, 'k-leaving', ${`wrapped of ${accountID}`}::bytea, '')`);
    const [grants] = sealedTables;
    const rows = await readSealedRows(database, grants!, { keyIDs: ['k-leaving'], after: '0', limit: 10 });
    expect(rows.map(({ id, owner }) => [id, owner])).toEqual(
      [slow, quick].map((accountID) => [String(accountID), `account:${accountID}`]),
    );
    await database.query(
      sql`update grants set wrapped_key = 'newer', version = 2 where account_id = ${quick}`,
    );
    const fresh = rows.map((row) => ({
      row,
      keyID: 'k-active',
      wrappedKey: Buffer.from(`fresh of ${row.id}`),
    }));
    expect(await replaceWrappedKeys(database, grants!, fresh)).toBe(1);
    const stored = await database.query(sql`
      select account_id, key_id, convert_from(wrapped_key, 'UTF8') as wrapped from grants
       where account_id in (${slow}, ${quick}) order by account_id`);
    expect(stored).toEqual([
      { account_id: slow, key_id: 'k-active', wrapped: `fresh of ${slow}` },
      { account_id: quick, key_id: 'k-leaving', wrapped: 'newer' },
    ]);
    const act = { actor: 'test', now: 0 };
    expect(await retireKeys(database, ['k-leaving'], act)).toBe(false);
    await database.query(sql`update grants set key_id = 'k-active' where account_id = ${quick}`);
    expect(await retireKeys(database, ['k-leaving'], act)).toBe(true);
    // Once more changes nothing and leaves no second trace.
    expect(await retireKeys(database, ['k-leaving'], act)).toBe(true);
    expect(
      await database.query(sql`select details from audit_entries where action = 'sealing-key.retired'`),
    ).toEqual([{ details: { keyID: 'k-leaving' } }]);
  });
});
