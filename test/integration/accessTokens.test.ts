import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueAccessToken } from '../../src/access/tokens/accessTokens.ts';
import { serviceTokenKind } from '../../src/access/tokens/serviceCaller.ts';
import { createTokenCheck } from '../../src/access/tokens/tokenCheck.ts';
import { removeExpired } from '../../src/access/removeExpired.ts';
import { revokePublicKey, revokeServiceAccount } from '../../src/access/serviceAccounts.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { openDatabase, sql, type Database } from '../../src/platform/storage/database.ts';
import { rsaPair } from '../builders/clientAssertion.ts';
import {
  askWhoAmI,
  createAccount,
  fetchToken,
  startAccessProcess,
  type AccessProcess,
} from '../harness/accessProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const pair = rsaPair();
const clock = createFakeClock();
let database: Database;
let secondDatabase: Database;
let processes: [AccessProcess, AccessProcess];
beforeAll(async () => {
  const created = await createTestDatabase();
  database = created.database;
  secondDatabase = openDatabase({ target: created.target, poolSizeMax: 4, applicationName: 'tests' });
  processes = [
    startAccessProcess({ database, clock }),
    startAccessProcess({ database: secondDatabase, clock }),
  ];
});
afterAll(async () => {
  for (const process of processes) await process.app.close();
  await secondDatabase.close();
});

const statuses = (projectID: string, token: string) =>
  Promise.all(processes.map(async ({ app }) => (await askWhoAmI(app, projectID, token)).statusCode));

/** The same database, and how often it was asked by a prepared statement. */
function counted(inner: Database) {
  const count = { lookUps: 0 };
  const prepared: Database['prepared'] = (statement, values) => {
    count.lookUps += 1;
    return inner.prepared(statement, values);
  };
  return { count, database: { ...inner, prepared } };
}

describe('an access token', () => {
  it.each([
    ['account', (own: Own) => database.transaction((t) => revokeServiceAccount(t, change(own)))],
    [
      'key',
      (own: Own) =>
        database.transaction((t) =>
          revokePublicKey(t, { ...change(own), thumbprintPrefix: own.thumbprints[0] ?? '' }),
        ),
    ],
  ])('stops on both processes within 5 s after its %s was revoked', async (_name, revoke) => {
    const own = await createAccount(database, pair);
    const token = await fetchToken(processes[0].app, own.name, pair, clock.now());
    expect(await statuses(own.projectID, token)).toEqual([200, 200]);
    await revoke(own);
    clock.advance(4_999);
    expect(await statuses(own.projectID, token)).toEqual([401, 401]);
  });

  it('stops in the millisecond of its expiry, however recently it was looked up', async () => {
    const own = await createAccount(database, pair);
    const token = await fetchToken(processes[0].app, own.name, pair, clock.now());
    clock.advance(3_599_999);
    expect(await statuses(own.projectID, token)).toEqual([200, 200]);
    clock.advance(1);
    expect(await statuses(own.projectID, token)).toEqual([401, 401]);
  });

  it('works on every process at once, also where it was unknown a moment ago', async () => {
    const own = await createAccount(database, pair);
    const token = await fetchToken(processes[0].app, own.name, pair, clock.now());
    expect(await statuses(own.projectID, token)).toEqual([200, 200]);
    expect(await statuses(own.projectID, `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`)).toEqual([
      401, 401,
    ]);
  });

  it('is looked up once by any number of requests at the same time, and again after 3 s', async () => {
    const own = await createAccount(database, pair);
    const token = await fetchToken(processes[0].app, own.name, pair, clock.now());
    const watched = counted(database);
    const check = createTokenCheck({ database: watched.database, clock }, serviceTokenKind);
    const callers = await Promise.all(Array.from({ length: 50 }, () => check(token)));
    expect(new Set(callers.map((caller) => caller?.actor))).toEqual(new Set([`service-account:${own.name}`]));
    expect(watched.count.lookUps).toBe(1);
    clock.advance(2_999);
    await check(token);
    expect(watched.count.lookUps).toBe(1);
    clock.advance(1);
    await check(token);
    expect(watched.count.lookUps).toBe(2);
    // The clock is set back: how old the answer is cannot be known.
    clock.advance(-60_000);
    await check(token);
    expect(watched.count.lookUps).toBe(3);
    clock.advance(60_000);
  });

  it('that stands for nobody costs one look-up, and none when it cannot be ours', async () => {
    const watched = counted(database);
    const check = createTokenCheck({ database: watched.database, clock }, serviceTokenKind);
    const madeUp = `trb_${'A'.repeat(43)}`;
    for (let round = 0; round < 3; round++) expect(await check(madeUp)).toBeUndefined();
    expect(watched.count.lookUps).toBe(1);
    for (const text of [
      '',
      'trb_',
      'x'.repeat(5000),
      `${madeUp}A`,
      madeUp.slice(1),
      `${madeUp.slice(0, -1)}é`,
    ])
      expect(await check(text)).toBeUndefined();
    expect(watched.count.lookUps).toBe(1);
  });

  it('is not refused for ever because the database was away once', async () => {
    const own = await createAccount(database, pair);
    const token = await fetchToken(processes[0].app, own.name, pair, clock.now());
    let away = true;
    const flaky: Database = {
      ...database,
      prepared: (...args) => (away ? Promise.reject(new Error('away')) : database.prepared(...args)),
    };
    const check = createTokenCheck({ database: flaky, clock }, serviceTokenKind);
    await expect(check(token)).rejects.toThrow('away');
    away = false;
    expect(await check(token)).toMatchObject({ projectID: own.projectID });
  });
});

describe('a route of the administrative API', () => {
  let own: Own;
  let token: string;
  beforeAll(async () => {
    own = await createAccount(database, pair);
    token = await fetchToken(processes[0].app, own.name, pair, clock.now());
  });
  const ask = (url: string, authorization?: string, method: 'GET' | 'DELETE' = 'GET') =>
    processes[0].app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } });
  const path = () => `/api/v1/administration/projects/${own.projectID}/whoAmI`;

  it('says 401 and how to authenticate, with an error only to those who tried (RFC 6750 section 3)', async () => {
    for (const authorization of [undefined, 'Basic YTpi', 'bearerish']) {
      const answer = await ask(path(), authorization);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json()).toMatchObject({ code: 'unauthorized', status: 401 });
    }
    for (const authorization of [
      'Bearer',
      'Bearer x',
      `Bearer ${token} ${token}`,
      `Bearer ${token.toLowerCase()}`,
    ]) {
      const answer = await ask(path(), authorization);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
      expect(answer.body).not.toContain(token.slice(4, 20));
    }
  });

  it('takes the scheme, the path and the GUID in any letter case, and doubled slashes', async () => {
    for (const authorization of [`bearer ${token}`, `BEARER   ${token}`])
      expect((await ask(path(), authorization)).statusCode).toBe(200);
    for (const url of [path().toUpperCase(), `/${path()}/`, path().replaceAll('/', '//')])
      expect((await ask(url, `Bearer ${token}`)).json()).toMatchObject({ projectID: own.projectID });
  });

  it('answers another project, one that does not exist, and no GUID with the same bytes', async () => {
    const foreign = await createAccount(database, pair);
    const bodies = new Set<string>();
    for (const id of [foreign.projectID, randomUUID(), 'x', `${own.projectID}0`, "'", '%00', ' ']) {
      const answer = await ask(path().replace(own.projectID, encodeURIComponent(id)), `Bearer ${token}`);
      expect(answer.statusCode).toBe(404);
      bodies.add(answer.body);
    }
    expect(bodies.size).toBe(1);
  });

  it('says 401 before 404 before 400, and before it reads a body', async () => {
    const wrong = `${path()}?unknown=1&unknown=2`;
    expect((await ask(wrong)).statusCode).toBe(401);
    expect((await ask(wrong.replace(own.projectID, randomUUID()), `Bearer ${token}`)).statusCode).toBe(404);
    expect((await ask(wrong, `Bearer ${token}`)).statusCode).toBe(400);
    const body = { method: 'DELETE' as const, url: path().replace('whoAmI', 'things/1'), payload: 'x' };
    const headers = { 'content-type': 'application/octet-stream' };
    expect((await processes[0].app.inject({ ...body, headers })).statusCode).toBe(401);
    const authorized = { ...headers, authorization: `Bearer ${token}` };
    expect((await processes[0].app.inject({ ...body, headers: authorized })).statusCode).toBe(415);
  });

  it('is not blocked by a token on a public route that is not valid', async () => {
    expect((await ask('/open', 'Bearer x')).statusCode).toBe(200);
  });

  it('says 503 and not 401 when the token cannot be looked up', async () => {
    const unreachable = openDatabase({
      target: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
      poolSizeMax: 2,
      applicationName: 'tests',
    });
    const process = startAccessProcess({
      database: unreachable,
      clock,
      limits: { administrative: 10, address: 10 },
    });
    expect((await askWhoAmI(process.app, own.projectID, token)).statusCode).toBe(503);
    expect((await askWhoAmI(process.app, own.projectID, undefined)).statusCode).toBe(401);
    expect((await process.app.inject({ url: '/open' })).statusCode).toBe(200);
    expect(process.logged.filter((line) => line.includes('request-counting-failed'))).toHaveLength(1);
    await unreachable.close();
  });

  it('never writes a token, an account or a project into the log', () => {
    const log = processes.flatMap((process) => process.logged).join('');
    expect(log).toContain('request-answered');
    for (const secret of [token.slice(4), own.name, own.projectID]) expect(log).not.toContain(secret);
  });
});

describe('removeExpired', () => {
  it('deletes what is useless, in every process at once, and nothing that still counts', async () => {
    const { database: fresh } = await createTestDatabase();
    const own = await createAccount(fresh, pair);
    const app = startAccessProcess({ database: fresh, clock }).app;
    const token = await fetchToken(app, own.name, pair, clock.now());
    await fresh.query(sql`
      insert into access_tokens select decode(lpad(n::text, 64, '0'), 'hex'), a.service_account_id, k.key_id,
             a.project_id, ${new Date(clock.now() - 3_600_000)}
        from service_accounts a join service_account_keys k using (service_account_id), generate_series(1, 2500) n`);
    await fresh.query(sql`
      insert into spent_assertions select service_account_id, decode(lpad(n::text, 64, '0'), 'hex'),
             ${new Date(clock.now() - 3_600_000)}
        from service_accounts, generate_series(1, 1500) n`);
    await fresh.query(sql`
      insert into rate_limit_windows
      values ('old', ${new Date(clock.now() - 3 * 3_600_000)}, 1, 1), ('new', ${new Date(clock.now())}, 1, 1)`);
    await Promise.all([removeExpired(fresh, clock), removeExpired(fresh, clock)]);
    const [left] = await fresh.query<{ tokens: number; spent: number; callers: string[] }>(sql`
      select (select count(*)::integer from access_tokens) as tokens,
             (select count(*)::integer from spent_assertions) as spent,
             (select array_agg(caller) from rate_limit_windows) as callers`);
    expect(left).toEqual({ tokens: 1, spent: 1, callers: ['new'] });
    expect((await askWhoAmI(app, own.projectID, token)).statusCode).toBe(200);
    await app.close();
  });
});

describe('issueAccessToken', () => {
  it('leaves nothing when its transaction is rolled back', async () => {
    const own = await createAccount(database, pair);
    const [row] = await database.query<{ service_account_id: string; key_id: string }>(sql`
      select service_account_id, key_id from service_accounts join service_account_keys using (service_account_id)
       where name = ${own.name}`);
    const client = {
      serviceAccountID: row?.service_account_id ?? '',
      projectID: own.projectID,
      name: own.name,
      keyID: row?.key_id ?? '',
      thumbprint: own.thumbprints[0] ?? '',
    };
    let token = '';
    await database
      .transaction(async (transaction) => {
        token = await issueAccessToken(transaction, {
          client,
          lifetimeS: 3600,
          now: clock.now(),
          random: systemRandom,
        });
        throw new Error('crash');
      })
      .catch(() => undefined);
    expect(token).toMatch(/^trb_/);
    expect(await createTokenCheck({ database, clock }, serviceTokenKind)(token)).toBeUndefined();
  });
});

type Own = Awaited<ReturnType<typeof createAccount>>;

function change(own: Own) {
  return { projectID: own.projectID, name: own.name, actor: 'command-line:test', now: clock.now() };
}
