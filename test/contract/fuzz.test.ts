import { randomUUID } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRoutes } from '../../src/main/compose.ts';
import { securityHeaders } from '../../src/platform/http/securityHeaders.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

const requests = chooseLength({ short: 10_000, long: 50_000 });
const rawRequests = 400;

/** Participants of another study; the generator asks for them, and no answer may show one. */
const foreignParticipants = Array.from({ length: 3 }, () => randomUUID() as string);
/**
 * Their accounts: one before all of the study's own, within the numbers that the generator asks for, and two
 * whose digits occur in nothing else.
 */
const foreignAccounts = [1, 1_987_654_301, 1_987_654_302];

let database: Database;
let service: TestService;
let study: Study;
let foreign: Study;
let token: string;
let participantToken: string;
let routes: Awaited<ReturnType<typeof findRoutes>>;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database);
  study = await createStudy(database);
  foreign = await createStudy(database);
  token = await service.issueToken(study.projectID);
  participantToken = await service.issueParticipantToken(study.projectID, await study.addParticipant());
  for (const [n, participantID] of foreignParticipants.entries()) {
    await foreign.addParticipant(`F-${n}`, participantID);
    await foreign.addAccount({ id: foreignAccounts[n]!, participantID, scopes: ['A'] });
  }
  await database.query(sql`select nextval('external_account_numbers')`);
  for (let n = 0; n < 300; n++)
    await study.addAccount({ scopes: ['A'], status: n % 2 ? 'error' : 'fetchComplete' });
  routes = await findRoutes();
});
afterAll(() => service.close());

/** Text that has broken services: injections, broken escapes, controls, other scripts, numbers at the edges. */
const hostile = fc.constantFrom(
  "'; drop table external_accounts;--",
  "' or '1'='1",
  '$1',
  '\\',
  '\\,',
  ',',
  ',,',
  '%',
  '%25',
  '%00',
  '%zz',
  '%ff',
  '%c0%af',
  '\u0000',
  '\r\nX-Injected: 1',
  '../../etc/passwd',
  '..%2f..',
  '{{7*7}}',
  '<script>',
  '__proto__',
  'constructor',
  'toString',
  '2147483647',
  '2147483648',
  '-1',
  '0',
  '1e309',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '٣',
  '\ud800',
  '😀',
  '\ufeff',
  'ﬀ',
  'İ',
  'a'.repeat(600),
  '9'.repeat(400),
  '1,'.repeat(500),
  ' ',
  '+',
  ';',
  '#',
  '?',
  '&',
  '=',
  '//',
);
const anyText = fc.oneof(
  { weight: 3, arbitrary: hostile },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);

/** Sent as it is when it can stand in a URL, escaped otherwise, and sometimes escaped wrongly. */
const urlText = fc.tuple(anyText, fc.integer({ min: 0, max: 9 })).map(([text, way]) => {
  if (way === 0) return text.replaceAll(/[^\x21-\x22\x24-\x7e]/g, '');
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
});

const plausible: Record<string, fc.Arbitrary<string>> = {
  participantID: fc.oneof(fc.uuid(), fc.constantFrom(...foreignParticipants), urlText),
  participantIdentifier: fc.oneof(fc.constantFrom('P-1', 'P-2', 'F-0'), urlText),
  providerIDs: fc.oneof(fc.constantFrom('6327', '6327,564', '1,2,3'), urlText),
  providerCategories: fc.oneof(fc.constantFrom('Device%20Manufacturer', 'provider,health+plan'), urlText),
  providerNames: fc.oneof(fc.constantFrom('Garmin', 'Garmin,Oura'), urlText),
  externalAccountStatuses: fc.oneof(fc.constantFrom('error', 'FETCHCOMPLETE,error'), urlText),
  limit: fc.oneof(fc.integer({ min: 1, max: 200 }).map(String), urlText),
  nextPageID: fc.oneof(fc.uuid(), urlText),
  search: fc.oneof(fc.constantFrom('mayo', 'gar', 'ouar', 'm'), urlText),
  keyword: fc.oneof(fc.constantFrom('garmin', 'o'), urlText),
  category: fc.oneof(fc.constantFrom('Provider', 'health%20plan'), urlText),
  pageSize: fc.oneof(fc.integer({ min: 1, max: 200 }).map(String), urlText),
  pageNumber: fc.oneof(fc.integer({ min: 0, max: 3 }).map(String), urlText),
  featuredProvidersContext: fc.oneof(fc.constantFrom('', 'onboarding'), urlText),
  format: fc.oneof(fc.constantFrom('csv', 'json', 'ndjson'), urlText),
};
const parameter = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...Object.keys(plausible))
      .chain((name) => plausible[name]!.map((value) => `${name}=${value}`)),
  },
  { weight: 1, arbitrary: fc.tuple(urlText, urlText).map(([name, value]) => `${name}=${value}`) },
  { weight: 1, arbitrary: urlText },
);

const request = fc.record({
  route: fc.nat(),
  method: fc.oneof(
    { weight: 8, arbitrary: fc.constant('own') },
    { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS') },
  ),
  segments: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('right') },
      { weight: 1, arbitrary: fc.constant('foreign') },
      { weight: 1, arbitrary: urlText },
    ),
    { minLength: 3, maxLength: 3 },
  ),
  query: fc.array(parameter, { maxLength: 4 }),
  token: fc.oneof(
    { weight: 6, arbitrary: fc.constant('right') },
    { weight: 2, arbitrary: fc.constant('participant') },
    { weight: 1, arbitrary: fc.constant('none') },
    { weight: 1, arbitrary: anyText },
  ),
  contentType: fc.constantFrom(
    undefined,
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
    ';;;',
  ),
  body: fc.oneof(
    fc.constant(undefined),
    fc.array(parameter, { maxLength: 3 }).map((parts) => parts.join('&')),
    anyText,
  ),
  accept: fc.constantFrom(undefined, 'gzip', 'gzip;q=bad', '*', ','),
  noise: fc.constantFrom('', '/', '//'),
});

type FuzzedRequest = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

/** What may stand in a path; anything else is the name of a problem. */
const rightSegments: Readonly<Record<string, (choice: number) => string>> = {
  projectID: () => study.projectID,
  accountID: (choice) => String(1 + (choice % 320)),
  participantIdentifier: () => 'P-1',
  providerID: (choice) => (choice % 2 === 0 ? '6327' : '45417'),
};

function build(fuzzed: FuzzedRequest) {
  const route = routes[fuzzed.route % routes.length]!;
  let place = 0;
  const path = route.path.replaceAll(/:(\w+)/g, (_whole, name: string) => {
    const choice = fuzzed.segments[place++ % fuzzed.segments.length]!;
    if (choice === 'right') return rightSegments[name]?.(fuzzed.route) ?? 'not-found';
    if (choice === 'foreign')
      return name === 'projectID' ? foreign.projectID : String(foreignAccounts[fuzzed.route % 3]);
    return choice.replaceAll(/[/?#]/g, '') || 'x';
  });
  const method = fuzzed.method === 'own' ? route.method : fuzzed.method;
  const url = `${fuzzed.noise}${path}${fuzzed.query.length > 0 ? `?${fuzzed.query.join('&')}` : ''}`;
  const bearer =
    fuzzed.token === 'right'
      ? rightToken(route)
      : fuzzed.token === 'participant'
        ? participantToken
        : fuzzed.token === 'none'
          ? undefined
          : fuzzed.token.replaceAll(/[^\x20-\x7e]/g, '');
  return {
    method: method as 'GET',
    url: url.startsWith('/') ? url : `/${url}`,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(fuzzed.contentType === undefined ? {} : { 'content-type': fuzzed.contentType }),
      ...(fuzzed.accept === undefined ? {} : { 'accept-encoding': fuzzed.accept }),
    },
    ...(fuzzed.body === undefined || method === 'GET' || method === 'HEAD' ? {} : { payload: fuzzed.body }),
  };
}

function rightToken(route: (typeof routes)[number]): string {
  return route.caller === 'participant' ? participantToken : token;
}

const showsAccounts = /\/(externalAccounts|exports\/+data-scopes)/i;
/** What a row of any answer about accounts holds. */
const ownAccount = /Garmin/;

function decompress(answer: LightMyRequestResponse): string {
  return answer.headers['content-encoding'] === 'gzip'
    ? gunzipSync(answer.rawPayload).toString()
    : answer.body;
}

const safety = Object.keys(securityHeaders(publicUrl));

describe('the route table under fire', () => {
  it(`answers ${requests} generated requests without a 5xx, each as openapi.json describes`, async () => {
    const statuses = new Map<number, number>();
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(request, async (fuzzed) => {
        const built = build(fuzzed);
        const answer = await service.send(built);
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
        expect(answer.statusCode).toBeLessThan(500);
        expect(answer.headers['x-injected']).toBeUndefined();
        for (const name of safety) expect(answer.headers).toHaveProperty(name);
        if (answer.statusCode === 200 && showsAccounts.test(built.url)) {
          const text = decompress(answer);
          if (ownAccount.test(text)) shown++;
          for (const id of [...foreignParticipants, ...foreignAccounts.slice(1)])
            expect(text).not.toContain(String(id));
        }
      }),
      { numRuns: requests, endOnFailure: true },
    );
    // The generator reaches past the doors: every kind of answer occurs.
    for (const status of [200, 204, 400, 401, 404])
      expect(statuses.get(status) ?? 0).toBeGreaterThan(requests / 5_000);
    // Accounts were shown, and deleted, and the other study's are all there.
    expect(shown).toBeGreaterThan(requests / 5_000);
    const left = await database.query<{ account_id: number }>(
      sql`select account_id from external_accounts where project_id = ${foreign.projectID} order by account_id`,
    );
    expect(left.map((row) => row.account_id)).toEqual(foreignAccounts);
  }, 600_000);

  it(`answers or closes ${rawRequests} requests that are hardly HTTP, and lives on`, async () => {
    await service.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = service.app.server.address() as AddressInfo;
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc
        .tuple(anyText, anyText)
        .map(([path, header]) =>
          Buffer.from(
            `GET /${path} HTTP/1.1\r\nHost: x\r\nX: ${header}\r\nConnection: close\r\n\r\n`,
            'utf8',
          ),
        ),
      fc.constantFrom(
        Buffer.from(`GET /${'a'.repeat(300_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
        Buffer.from(
          'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX',
        ),
        Buffer.from('POST /identityserver/connect/token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'),
        Buffer.from('GET http://other.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        Buffer.from('GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        Buffer.from('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answer = await exchange(port, sent);
        expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
        expect(answer).not.toMatch(/\n\s+at /);
      }),
      { numRuns: rawRequests, endOnFailure: true },
    );
    const alive = await service.send({ url: '/healthz' });
    expect(alive.statusCode).toBe(200);
    // Nothing that was sent made it into a log line unasked: each line is one parseable event.
    for (const line of service.log) expect(() => JSON.parse(line) as unknown).not.toThrow();
    for (const secret of [token, participantToken]) expect(service.log.join('')).not.toContain(secret);
  }, 120_000);
});

/** Sends bytes and gives what came back, within a second of silence. */
function exchange(port: number, sent: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(sent));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
