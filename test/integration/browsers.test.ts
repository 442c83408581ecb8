import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRoutes } from '../../src/main/compose.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { rsaPair } from '../builders/clientAssertion.ts';
import {
  addParticipant,
  createAccount,
  fetchParticipantToken,
  fetchToken,
  startAccessProcess,
  tokenPath,
  type AccessProcess,
} from '../harness/accessProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const pair = rsaPair();
const clock = createFakeClock();
const origin = 'https://page.example.org';
const limits = { administrative: 1_000, delegated: 1_000, address: 1_000 };

let database: Database;
let service: AccessProcess;
let token: string;
let participantID: string;
let administrative: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = startAccessProcess({ database, clock, limits });
  const account = await createAccount(database, pair);
  participantID = await addParticipant(database, account.projectID);
  const serviceToken = await fetchToken(service.app, account.name, pair, clock.now());
  token = await fetchParticipantToken(service.app, serviceToken, participantID, 'ExternalAccounts:read');
  administrative = `/api/v1/administration/projects/${account.projectID}/whoAmI`;
});
afterAll(() => service.app.close());

type Method = 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
const send = (method: Method, url: string, headers: Record<string, string> = {}) =>
  service.app.inject({ method, url, headers: { origin, ...headers } });
const ask = (url: string, method: Method = 'GET') => send(method, url, { authorization: `Bearer ${token}` });
const preflight = (url: string, method = 'GET') =>
  send('OPTIONS', url, {
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type',
  });
const crossOrigin = (headers: object) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('a page of another origin', () => {
  it.each<[string, number, () => ReturnType<typeof ask>]>([
    ['an answer', 200, () => ask('/api/v1/delegated/whoAmI')],
    ['an answer of a public route for pages', 200, () => send('GET', '/api/open')],
    ['an answer in other letters and with doubled slashes', 200, () => ask('//API/v1/delegated//WHOAMI/')],
    ['a refusal of the query', 400, () => ask('/api/v1/delegated/whoAmI?x=1')],
    ['a refusal without a token', 401, () => send('GET', '/api/v1/delegated/whoAmI')],
    ['a refusal for want of a scope', 403, () => ask('/api/v1/delegated/participant')],
    ['a refusal to delete', 403, () => ask('/api/things/1', 'DELETE')],
  ])('may read %s, with what is left of the hour', async (_name, status, send) => {
    const answer = await send();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase().split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after']),
    );
    for (const name of exposed.slice(0, 3)) expect(answer.headers[name]).toMatch(/^\d+$/);
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('may read that the requests of the hour are used up, and that something failed inside', async () => {
    const strict = startAccessProcess({ database, clock, limits: { delegated: 1 } });
    // Another participant, whose hour nobody has begun.
    const account = await createAccount(database, pair);
    const serviceToken = await fetchToken(strict.app, account.name, pair, clock.now());
    const own = await fetchParticipantToken(
      strict.app,
      serviceToken,
      await addParticipant(database, account.projectID),
    );
    const call = { url: '/api/v1/delegated/whoAmI', headers: { origin, authorization: `Bearer ${own}` } };
    expect((await strict.app.inject(call)).statusCode).toBe(200);
    const used = await strict.app.inject(call);
    expect(used.statusCode).toBe(429);
    expect(used.headers['access-control-allow-origin']).toBe('*');
    expect(used.headers['access-control-expose-headers']).toContain('Retry-After');
    await strict.app.close();

    const broken = startAccessProcess({
      database: { ...database, prepared: () => Promise.reject(new Error('a bug that quotes a row')) },
      clock,
    });
    const failed = await broken.app.inject(call);
    expect(failed.statusCode).toBe(500);
    expect(failed.headers['access-control-allow-origin']).toBe('*');
    await broken.app.close();
  });

  it.each([
    ['GET', '/api/v1/delegated/nothing'],
    ['GET', '//API/v2/Delegated/nothing/here?x=1'],
    ['POST', '/api/v1/delegated/participant'],
    ['GET', '/api/v1/delegated/%'],
  ] as const)('may read that there is nothing to %s at %s', async (method, url) => {
    const answer = await send(method, url);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json()).toMatchObject({ message: expect.any(String) as string });
  });

  it('may read nothing of the administrative API, of the token endpoint, or of what is not for pages', async () => {
    const answers = [
      await ask(administrative),
      await send('GET', administrative),
      await send('POST', tokenPath),
      await send('GET', '/open'),
      await send('GET', '/healthz'),
      await send('GET', '/no/such/path'),
      await send('GET', '/%'),
    ];
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 401, 400, 200, 200, 404, 400]);
    for (const answer of answers) expect(crossOrigin(answer.headers)).toEqual([]);
  });
});

describe('a preflight', () => {
  it.each([
    ['/api/v1/delegated/whoAmI', 'GET'],
    ['/api/v1/delegated/participant', 'PUT'],
    ['/api/things/17', 'DELETE'],
    ['/api/open', 'POST'],
    ['//API/V1/Delegated/WhoAmI/?x=1', 'GET'],
    ['/api/v1/delegated/nothing/here', 'PATCH'],
    ['//Api//V2/Delegated/nothing', 'GET'],
  ])('of %s for %s is answered with what pages may send', async (url, method) => {
    const answer = await preflight(url, method);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PUT, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '7200',
      'x-content-type-options': 'nosniff',
    });
  });

  it('of anything else is answered as a path that is not there', async () => {
    const nearby = ['/api/v1/delegatedness/x', '/api/vx/delegated/x', '/x/api/v1/delegated/x'];
    for (const url of [
      administrative,
      tokenPath,
      '/open',
      '/healthz',
      '/no/such/path',
      '*',
      '/',
      ...nearby,
    ]) {
      const answer = await preflight(url, 'GET');
      expect(answer.statusCode).toBe(404);
      expect(crossOrigin(answer.headers)).toEqual([]);
    }
  });

  it('is none without an origin or a method', async () => {
    const url = '/api/v1/delegated/whoAmI';
    const asked = { 'access-control-request-method': 'GET' };
    expect((await service.app.inject({ method: 'OPTIONS', url, headers: asked })).statusCode).toBe(404);
    expect((await service.app.inject({ method: 'OPTIONS', url, headers: { origin } })).statusCode).toBe(404);
  });

  it('costs nothing: no look-up, no count, also when the hour is used up or the database is away', async () => {
    let asked = 0;
    const watch =
      <Result>(answer: Result) =>
      () => {
        asked += 1;
        return answer;
      };
    const own = startAccessProcess({
      database: {
        ...database,
        query: watch(Promise.resolve([])),
        prepared: watch(Promise.resolve([])),
        transaction: watch(new Promise<never>(() => undefined)),
      },
      clock,
      limits: { administrative: 1, delegated: 1, address: 1 },
    });
    for (let round = 0; round < 20; round++) {
      const answer = await own.app.inject({
        method: 'OPTIONS',
        url: '/api/v1/delegated/whoAmI',
        headers: { origin, 'access-control-request-method': 'GET', authorization: `Bearer ${token}` },
      });
      expect(answer.statusCode).toBe(204);
      expect(answer.headers['ratelimit-limit']).toBeUndefined();
    }
    expect(asked).toBe(0);
    await own.app.close();
  });
});

describe('the route table', () => {
  it('opens every delegated route to pages, and neither the administrative API nor the token endpoint', async () => {
    const routes = await findRoutes();
    const open = (wanted: (route: (typeof routes)[number]) => boolean) =>
      new Set(routes.filter(wanted).map((route) => route.browsers === true));
    expect(open((route) => route.caller === 'participant')).toEqual(new Set([true]));
    expect(open((route) => route.caller === 'serviceAccount')).toEqual(new Set([false]));
    expect(open((route) => route.path === tokenPath)).toEqual(new Set([false]));
    expect(routes.filter((route) => route.caller === 'participant' && route.scope === undefined)).toEqual([]);
  });
});

describe('over a real connection', () => {
  it('every answer has a reason phrase, which is all that some pages show', async () => {
    const own = startAccessProcess({ database, clock, limits: { delegated: 3 } });
    await own.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = own.app.server.address() as AddressInfo;
    await database.query(sql`delete from rate_limit_windows`);
    const phrase = async (method: string, path: string, headers: Record<string, string>) => {
      const sent = request({ port, host: '127.0.0.1', method, path, headers: { origin, ...headers } });
      sent.end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      return `${answer.statusCode} ${answer.statusMessage}`;
    };
    const authorization = `Bearer ${token}`;
    const path = '/api/v1/delegated/whoAmI';
    expect(await phrase('OPTIONS', path, { 'access-control-request-method': 'GET' })).toBe('204 No Content');
    expect(await phrase('GET', path, {})).toBe('401 Unauthorized');
    expect(await phrase('GET', path, { authorization })).toBe('200 OK');
    expect(await phrase('GET', '/api/v1/delegated/participant', { authorization })).toBe('403 Forbidden');
    expect(await phrase('GET', '/api/v1/delegated/nothing', { authorization })).toBe('404 Not Found');
    expect(await phrase('GET', path, { authorization })).toBe('429 Too Many Requests');
    await own.app.close();
  });
});
