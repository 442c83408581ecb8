import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimiter } from '../../src/access/limits/rateLimit.ts';
import {
  openDatabase,
  sql,
  type Database,
  type DatabaseTarget,
} from '../../src/platform/storage/database.ts';
import { rsaPair } from '../builders/clientAssertion.ts';
import { askWhoAmI, createAccount, fetchToken, startAccessProcess } from '../harness/accessProcess.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const hourMs = 3_600_000;
const start = Date.parse('2026-05-04T03:00:00.000Z');
let database: Database;
let target: DatabaseTarget;
let secondDatabase: Database;
beforeAll(async () => {
  ({ database, target } = await createTestDatabase());
  secondDatabase = openDatabase({ target, poolSizeMax: 4, applicationName: 'tests' });
});
afterAll(() => secondDatabase.close());

const newCaller = () => `test:${randomUUID()}`;

function watched(inner: Database) {
  const count = { writes: 0 };
  const prepared: Database['prepared'] = (statement, values) => {
    count.writes += 1;
    return inner.prepared(statement, values);
  };
  return { count, database: { ...inner, prepared } };
}

describe('one process alone', () => {
  it.each([1, 2, 19, 20, 21, 100, 1_000])('admits exactly %i and counts down by one', async (limit) => {
    const countRequest = createRateLimiter({ database, clock: createFakeClock(start) }, limit);
    const caller = newCaller();
    for (let left = limit - 1; left >= 0; left--)
      expect(await countRequest(caller)).toEqual({ admitted: true, limit, remaining: left, resetS: 3600 });
    for (let more = 0; more < 3; more++)
      expect(await countRequest(caller)).toEqual({ admitted: false, limit, remaining: 0, resetS: 3600 });
  });

  it('admits exactly the limit when all ask at the same time, with one write for a block', async () => {
    const { count, database: counted } = watched(database);
    const countRequest = createRateLimiter({ database: counted, clock: createFakeClock(start) }, 1_000);
    const caller = newCaller();
    const counts = await Promise.all(Array.from({ length: 1_500 }, () => countRequest(caller)));
    expect(counts.filter((one) => one.admitted)).toHaveLength(1_000);
    expect(new Set(counts.filter((one) => one.admitted).map((one) => one.remaining)).size).toBe(1_000);
    // Blocks shrink with what is left; the last 39 requests, of which a twentieth is below 2, come one by one.
    expect(count.writes).toBeLessThan(120);
  });

  it('writes once for 500 requests of a large limit', async () => {
    const { count, database: counted } = watched(database);
    const countRequest = createRateLimiter({ database: counted, clock: createFakeClock(start) }, 100_000);
    const caller = newCaller();
    for (let request = 0; request < 2_000; request++) await countRequest(caller);
    expect(count.writes).toBe(4);
  });

  it('begins anew with the next hour of the clock, and asks nobody while nothing is left', async () => {
    const clock = createFakeClock(start + 1_800_500);
    const { count, database: counted } = watched(database);
    const countRequest = createRateLimiter({ database: counted, clock }, 2);
    const caller = newCaller();
    expect(await countRequest(caller)).toMatchObject({ remaining: 1, resetS: 1_800 });
    clock.set(start + hourMs - 1);
    expect(await countRequest(caller)).toMatchObject({ admitted: true, remaining: 0, resetS: 1 });
    const { writes } = count;
    for (let more = 0; more < 10; more++) expect((await countRequest(caller)).admitted).toBe(false);
    expect(count.writes).toBe(writes);
    clock.set(start + hourMs);
    expect(await countRequest(caller)).toEqual({ admitted: true, limit: 2, remaining: 1, resetS: 3600 });
  });
});

describe('several processes', () => {
  it('never admit more than the limit together, in any order and with clocks that differ', async () => {
    const step = fc.record({
      process: fc.nat({ max: 3 }),
      requests: fc.integer({ min: 1, max: 40 }),
      atOnce: fc.boolean(),
      restart: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 4, maxLength: 4 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        async (limit, skews, steps) => {
          const caller = newCaller();
          // In the middle of an hour, so that every clock is in the same one.
          const clocks = skews.map((skew) => createFakeClock(start + hourMs / 2 + skew));
          const begin = (index: number) =>
            createRateLimiter(
              { database: index % 2 === 0 ? database : secondDatabase, clock: clocks[index] as FakeClock },
              limit,
            );
          const running = clocks.map((_clock, index) => begin(index));
          let admitted = 0;
          for (const { process, requests, atOnce, restart } of steps) {
            if (restart) running[process] = begin(process);
            const countRequest = running[process] as ReturnType<typeof begin>;
            const ask = async () => {
              const count = await countRequest(caller);
              expect(count.remaining).toBeGreaterThanOrEqual(0);
              expect(count.remaining).toBeLessThan(limit);
              if (count.admitted) admitted += 1;
            };
            if (atOnce) await Promise.all(Array.from({ length: requests }, ask));
            else for (let request = 0; request < requests; request++) await ask();
          }
          expect(admitted).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('share the last requests of an hour one by one', async () => {
    const clock = createFakeClock(start);
    const limiters = [database, secondDatabase].map((one) => createRateLimiter({ database: one, clock }, 20));
    const caller = newCaller();
    let admitted = 0;
    for (let request = 0; request < 30; request++)
      for (const countRequest of limiters) if ((await countRequest(caller)).admitted) admitted += 1;
    expect(admitted).toBe(20);
  });

  it('lose no more than a twentieth of the hour to a process that does not come back, and 500 at the most', async () => {
    const clock = createFakeClock(start);
    for (const [limit, heldBack] of [
      [100, 5],
      [20_000, 500],
    ] as const) {
      const caller = newCaller();
      await createRateLimiter({ database: secondDatabase, clock }, limit)(caller);
      const countRequest = createRateLimiter({ database, clock }, limit);
      let admitted = 0;
      while ((await countRequest(caller)).admitted) admitted += 1;
      expect(admitted).toBe(limit - heldBack);
      const { admitted: more } = await createRateLimiter({ database: secondDatabase, clock }, limit)(caller);
      expect(more).toBe(false);
    }
  });

  it('use up no hour twice when the clock of one is behind', async () => {
    const [ahead, behind] = [
      createFakeClock(start + hourMs + 1_000),
      createFakeClock(start + hourMs - 1_000),
    ];
    const first = createRateLimiter({ database, clock: ahead }, 10);
    const second = createRateLimiter({ database: secondDatabase, clock: behind }, 10);
    const caller = newCaller();
    let admitted = 0;
    for (let request = 0; request < 20; request++) {
      if ((await first(caller)).admitted) admitted += 1;
      if ((await second(caller)).admitted) admitted += 1;
    }
    expect(admitted).toBe(10);
  });
});

describe('over HTTP', () => {
  const pair = rsaPair();

  it('counts a valid token for its project, and everything else for the address', async () => {
    const clock = createFakeClock(start + 600_000);
    const { app } = startAccessProcess({ database, clock, limits: { administrative: 3, address: 5 } });
    const other = startAccessProcess({
      database: secondDatabase,
      clock,
      limits: { administrative: 3, address: 5 },
    });
    const own = await createAccount(database, pair);
    const token = await fetchToken(app, own.name, pair, clock.now());
    const ask = async (process: typeof app, url: string, authorization = '', remoteAddress = '127.0.0.1') => {
      const answer = await process.inject({ url, remoteAddress, headers: { authorization } });
      const {
        'ratelimit-limit': limit,
        'ratelimit-remaining': remaining,
        'ratelimit-reset': reset,
      } = answer.headers;
      return [answer.statusCode, limit, remaining, reset].map(Number);
    };
    const path = `/api/v1/administration/projects/${own.projectID}/whoAmI`;
    const bearer = `Bearer ${token}`;
    // The token request was the first of this address.
    expect(await ask(app, '/open')).toEqual([200, 5, 3, 3000]);
    expect(await ask(app, path, bearer)).toEqual([200, 3, 2, 3000]);
    expect(await ask(app, '/no/such/path', bearer)).toEqual([404, 3, 1, 3000]);
    expect(await ask(app, path.replace(own.projectID, randomUUID()), bearer)).toEqual([404, 3, 0, 3000]);
    expect(await ask(app, path, bearer)).toEqual([429, 3, 0, 3000]);
    expect(await ask(other.app, path, bearer)).toEqual([429, 3, 0, 3000]);
    expect(await ask(app, '/open', 'Bearer wrong')).toEqual([200, 5, 2, 3000]);
    expect(await ask(app, path)).toEqual([401, 5, 1, 3000]);
    expect(await ask(other.app, '/open')).toEqual([200, 5, 0, 3000]);
    expect(await ask(app, '/open')).toEqual([429, 5, 0, 3000]);
    expect(await ask(app, '/open', '', '2001:db8::1')).toEqual([200, 5, 4, 3000]);
    expect(await ask(app, '/open', '', '2001:db8::ffff:1')).toEqual([200, 5, 3, 3000]);
    expect(await ask(app, '/healthz')).toEqual([200, NaN, NaN, NaN]);
    clock.advance(3_000_000);
    expect(await ask(app, path, bearer)).toEqual([200, 3, 2, 3600]);
    await app.close();
    await other.app.close();
  });

  it('refuses with Retry-After and a problem, the token endpoint too', async () => {
    const clock = createFakeClock(start + 600_500);
    const { app } = startAccessProcess({ database, clock, limits: { administrative: 1, address: 1 } });
    const url = {
      url: '/identityserver/connect/token',
      method: 'POST' as const,
      remoteAddress: '192.0.2.77',
    };
    expect((await app.inject(url)).json()).toMatchObject({ error: 'invalid_request' });
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toBe('3000');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'rate-limit-exceeded', status: 429 });
    await app.close();
  });

  it('has no headers and no limit with 0', async () => {
    const { app } = startAccessProcess({ database, clock: createFakeClock(start) });
    const answer = await app.inject({ url: '/open' });
    expect(answer.headers['ratelimit-limit']).toBeUndefined();
    const own = await createAccount(database, pair);
    const token = await fetchToken(app, own.name, pair, start);
    expect((await askWhoAmI(app, own.projectID, token)).headers['ratelimit-limit']).toBeUndefined();
    await app.close();
  });

  it('stores no address', async () => {
    const { app } = startAccessProcess({
      database,
      clock: createFakeClock(start),
      limits: { administrative: 9, address: 9 },
    });
    await app.inject({ url: '/open', remoteAddress: '198.51.100.23' });
    const rows = await database.query<{ caller: string }>(sql`select caller from rate_limit_windows`);
    expect(rows.some((row) => /^address:[\w-]{22}$/.test(row.caller))).toBe(true);
    expect(rows.map((row) => row.caller).join(' ')).not.toContain('198.51');
    await app.close();
  });
});
