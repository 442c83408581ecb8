import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServerFinder, type FindServer } from '../../src/oauth/authorizationServer.ts';
import type { ProviderConnection } from '../../src/oauth/connection.ts';
import { findConnection } from '../../src/oauth/findConnection.ts';
import type { ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { acceptServer, reviewServer } from '../../src/oauth/reviewServer.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { createProviderFetch, type ProviderAnswer } from '../../src/platform/outbound/providerFetch.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { startSecureServer } from '../harness/secureServer.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const hourMs = 3_600_000;
const host = 'https://fhir.clinic.example.org';
let base = '';
let count = 0;
let database: Database;
let clock: FakeClock;
let log: string[] = [];
/** Of a process of its own for each test. */
let findServer: FindServer;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
});
beforeEach(() => {
  // A server of its own for each test.
  base = `${host}/r4-${++count}`;
  clock = createFakeClock();
  log = [];
  findServer = createServerFinder({
    database,
    clock,
    log: createWatchedLog(log).log,
  });
});

const said = {
  authorization_endpoint: 'https://login.clinic.example.org/authorize',
  token_endpoint: 'https://login.clinic.example.org/token',
  revocation_endpoint: 'https://login.clinic.example.org/revoke',
  introspection_endpoint: 'https://login.clinic.example.org/introspect',
  issuer: 'https://login.clinic.example.org',
  management_endpoint: 'https://portal.clinic.example.org/apps',
  capabilities: ['permission-v2'],
};
const statement = (address: (name: string) => string) => ({
  rest: [
    {
      security: {
        extension: [
          {
            url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
            extension: ['authorize', 'token', 'revoke'].map((name) => ({
              url: name,
              valueUri: address(name),
            })),
          },
        ],
      },
    },
  ],
});

const { definitions } = await openCatalogue({});

/** The connection of an organisation on this vendor's servers; `meditech` looks in all three places. */
function connect(door: ProviderDoor, slug = 'meditech', fhirBase = base): ProviderConnection {
  const definition = definitions.get(slug)!;
  if (definition.auth.kind === 'none') throw new Error(slug);
  return {
    definition: definition as ProviderConnection['definition'],
    credentials: { clientID: 'client', clientSecret: { reveal: () => 's' } as never, settings: {} },
    door,
    fhirBase,
  };
}

/** Answers by the last part of the path; 404 for what is not named. */
function play(documents: Readonly<Record<string, ProviderAnswer | undefined>>) {
  return createScriptedDoor(({ url }) => documents[url.split('/').at(-1) ?? ''] ?? answerWith(404, ''));
}

const outcomeOf = async (door: ProviderDoor, slug?: string, fhirBase?: string) => {
  const found = await findServer(connect(door, slug, fhirBase));
  return found.outcome === 'found' ? found.server.token_endpoint : `${found.cause}: ${found.verdict}`;
};
const stored = async () =>
  (
    await database.query<{
      facts: { token_endpoint: string };
      proposed: { token_endpoint: string } | null;
      etag: string | null;
    }>(sql`select facts, proposed, etag from server_configurations where base_url = ${base}`)
  )[0];

describe('where an authorization server is', () => {
  it('is asked once a day, and kept without what no connection needs', async () => {
    const { door, seen } = play({
      'smart-configuration': answerWith(200, { ...said, scopes_supported: ['x'] }),
    });
    const found = await findServer(connect(door));
    expect(found).toEqual({ outcome: 'found', server: said });
    expect(seen).toMatchObject([{ method: 'GET', url: `${base}/.well-known/smart-configuration` }]);
    clock.advance(23 * hourMs);
    expect(await findServer(connect(door))).toEqual(found);
    expect(seen).toHaveLength(1);
    clock.advance(2 * hourMs);
    await findServer(connect(door));
    expect(seen).toHaveLength(2);
  });

  it('is asked once for all journeys that begin at the same moment, and again after a failure', async () => {
    let answer: ProviderAnswer = answerWith(503, '');
    const { door, seen } = createScriptedDoor(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return answer;
    });
    const all = () => Promise.all(Array.from({ length: 20 }, () => outcomeOf(door)));
    expect(new Set(await all())).toEqual(new Set(['discovery-unreachable: retry-later']));
    expect(seen).toHaveLength(1);
    answer = answerWith(200, said);
    expect(new Set(await all())).toEqual(new Set([said.token_endpoint]));
    expect(seen).toHaveLength(2);
  });

  it('is looked for in the order of the definition', async () => {
    const names = ({ seen }: ReturnType<typeof play>) => seen.map(({ url }) => url.slice(base.length));
    const openid = { ...said, issuer: base, token_endpoint: 'https://login.clinic.example.org/openid' };
    const capable = statement((name) => `https://login.clinic.example.org/metadata/${name}`);
    const last = play({ metadata: answerWith(200, capable) });
    expect(await outcomeOf(last.door)).toBe('https://login.clinic.example.org/metadata/token');
    expect(names(last)).toEqual([
      '/.well-known/smart-configuration',
      '/.well-known/openid-configuration',
      '/metadata',
    ]);
    expect((await stored())?.facts).toMatchObject({
      revocation_endpoint: 'https://login.clinic.example.org/metadata/revoke',
    });
    base += '-second';
    const second = play({
      'openid-configuration': answerWith(200, { ...openid, issuer: base }),
      metadata: answerWith(200, capable),
    });
    expect(await outcomeOf(second.door)).toBe('https://login.clinic.example.org/openid');
    base += '-third';
    // The default of others: no openid-configuration.
    const third = play({ 'openid-configuration': answerWith(200, { ...openid, issuer: base }) });
    expect(await outcomeOf(third.door, 'smartOnFhir')).toBe('discovery-not-published: failed');
    expect(names(third)).toEqual(['/.well-known/smart-configuration', '/metadata']);
  });

  it('comes from the definition where that knows it, without a question', async () => {
    const { door, seen } = play({});
    const dexcom = connect(door, 'dexcom');
    expect(await findServer({ ...dexcom, credentials: { ...dexcom.credentials, region: 'japan' } })).toEqual({
      outcome: 'found',
      server: {
        authorization_endpoint: 'https://api.dexcom.jp/v2/oauth2/login',
        token_endpoint: 'https://api.dexcom.jp/v2/oauth2/token',
      },
    });
    expect(await findServer(connect(door, 'googleHealth'))).toMatchObject({
      server: { issuer: 'https://accounts.google.com' },
    });
    expect(seen).toEqual([]);
  });

  it('is of no use when the server takes none of our ways to authenticate', async () => {
    const methods = { token_endpoint_auth_methods_supported: ['tls_client_auth'] };
    const { door } = play({ 'smart-configuration': answerWith(200, { ...said, ...methods }) });
    expect(await outcomeOf(door)).toBe('client-authentication: operator-alarm');
  });
});

describe('what a server says again', () => {
  const begin = async (etag?: string) => {
    const { door } = play({
      'smart-configuration': answerWith(200, said, etag === undefined ? {} : { etag }),
    });
    expect(await outcomeOf(door)).toBe(said.token_endpoint);
    clock.advance(25 * hourMs);
  };

  it('is not sent again when nothing has changed', async () => {
    await begin('W/"7"');
    const { door, seen } = play({ 'smart-configuration': answerWith(304, '') });
    expect(await outcomeOf(door)).toBe(said.token_endpoint);
    expect(seen[0]?.headers).toMatchObject({ 'if-none-match': 'W/"7"' });
    clock.advance(23 * hourMs);
    expect(await outcomeOf(door)).toBe(said.token_endpoint);
    expect(seen).toHaveLength(1);
  });

  it('is taken over when hosts stay', async () => {
    await begin();
    const changed = { ...said, token_endpoint: 'https://login.clinic.example.org/v2/token' };
    const { door } = play({ 'smart-configuration': answerWith(200, changed, { etag: '"8"' }) });
    expect(await outcomeOf(door)).toBe(changed.token_endpoint);
    expect(await stored()).toMatchObject({ facts: changed, etag: '"8"', proposed: null });
    expect(log).toEqual([]);
  });

  it('is not missed for a week: the old configuration is used while the server is away or talks nonsense', async () => {
    await begin();
    const away = createScriptedDoor(() => ({ outcome: 'timed-out', mayHaveArrived: true }));
    const nonsense = play({
      'smart-configuration': answerWith(200, '<html>'),
      metadata: answerWith(200, '[]'),
    });
    for (const { door } of [away, nonsense, play({})])
      expect(await outcomeOf(door)).toBe(said.token_endpoint);
    clock.advance(6 * 24 * hourMs - 2 * hourMs);
    expect(await outcomeOf(away.door)).toBe(said.token_endpoint);
    clock.advance(2 * hourMs);
    expect(await outcomeOf(away.door)).toBe('discovery-unreachable: retry-later');
    expect(await outcomeOf(nonsense.door)).toBe('discovery-unusable: failed');
    expect(await outcomeOf(play({ 'smart-configuration': answerWith(200, said) }).door)).toBe(
      said.token_endpoint,
    );
  });

  const moves: readonly [string, object][] = [
    ['the login', { authorization_endpoint: 'https://other.clinic.example.org/authorize' }],
    ['the token endpoint', { token_endpoint: 'https://other.clinic.example.org/token' }],
    ['the port', { token_endpoint: 'https://login.clinic.example.org:8443/token' }],
    ['the login to a stranger', { authorization_endpoint: 'https://evil.example.net/authorize' }],
    ['the revocation to a stranger', { revocation_endpoint: 'https://evil.example.net/revoke' }],
    ['the issuer to a stranger', { issuer: 'https://evil.example.net' }],
  ];
  it.each(moves)('is only proposed when %s moves, until an operator accepts it', async (_what, move) => {
    await begin();
    const { door } = play({ 'smart-configuration': answerWith(200, { ...said, ...move }) });
    const connection = connect(door);
    expect(await findServer(connection)).toEqual({ outcome: 'found', server: said });
    expect(await stored()).toMatchObject({ facts: said, proposed: { ...said, ...move } });
    expect(log.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'server-configuration-changed',
    ]);
    expect(JSON.parse(log[0]!)).toMatchObject({ endpoint: base });
    // Told once, and asked again every day.
    clock.advance(25 * hourMs);
    expect(await findServer(connection)).toEqual({ outcome: 'found', server: said });
    expect(log).toHaveLength(1);
    const target = { ...connection, fhirBase: base };
    const review = await reviewServer(database, target);
    expect(review).toMatchObject({ outcome: 'moved', said: { ...said, ...move } });
    await database.transaction((transaction) =>
      acceptServer(transaction, target, { facts: review.said!, actor: 'command-line:ada', now: clock.now() }),
    );
    expect(await findServer(connection)).toEqual({ outcome: 'found', server: { ...said, ...move } });
    expect(await stored()).toMatchObject({ proposed: null });
    // From now on those hosts are no news.
    clock.advance(25 * hourMs);
    expect(await findServer(connection)).toMatchObject({ server: { ...said, ...move } });
    expect(log).toHaveLength(1);
    const [entry] = await database.query<{ actor: string; details: object }>(
      sql`select actor, details from audit_entries where action = 'server-configuration.accepted' and details->>'endpoint' = ${base}`,
    );
    expect(entry).toMatchObject({ actor: 'command-line:ada' });
  });

  it('settles a proposal when the server moves back', async () => {
    const moved = { ...said, token_endpoint: 'https://other.clinic.example.org/token' };
    for (const back of [answerWith(200, said), answerWith(304, '')]) {
      base += '-again';
      await begin('"7"');
      await outcomeOf(play({ 'smart-configuration': answerWith(200, moved) }).door);
      expect((await stored())?.proposed).not.toBeNull();
      clock.advance(25 * hourMs);
      const { door } = play({ 'smart-configuration': back });
      expect(await outcomeOf(door)).toBe(said.token_endpoint);
      expect((await stored())?.proposed).toBeNull();
    }
  });
});

describe('a lying configuration (CONNECT-LYING-SERVER)', () => {
  const lies: readonly [string, object, string][] = [
    [
      'a login elsewhere',
      { authorization_endpoint: 'https://evil.example.net/a' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'a token endpoint elsewhere',
      { token_endpoint: 'https://evil.example.net/t' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'a name that only begins alike',
      { token_endpoint: 'https://clinic.example.org.evil.example.net/t' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'a name that only ends alike',
      { token_endpoint: 'https://evil-example.org/t' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'an address in place of a name',
      { token_endpoint: 'https://93.184.215.14/t' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'a revocation endpoint elsewhere',
      { revocation_endpoint: 'https://evil.example.net/r' },
      'discovery-foreign: operator-alarm',
    ],
    [
      'an introspection endpoint elsewhere',
      { introspection_endpoint: 'https://evil.example.net/i' },
      'discovery-foreign: operator-alarm',
    ],
    ['an issuer elsewhere', { issuer: 'https://evil.example.net' }, 'discovery-foreign: operator-alarm'],
    ['no encryption', { token_endpoint: 'http://login.clinic.example.org/t' }, 'discovery-unusable: failed'],
    ['a script', { authorization_endpoint: 'javascript:alert(1)' }, 'discovery-unusable: failed'],
    [
      'credentials',
      { token_endpoint: 'https://a:b@login.clinic.example.org/t' },
      'discovery-unusable: failed',
    ],
    ['a private network', { token_endpoint: 'https://10.0.0.1/t' }, 'discovery-unusable: failed'],
    ['this machine', { token_endpoint: 'https://localhost/t' }, 'discovery-unusable: failed'],
    [
      'the cloud’s own service',
      { token_endpoint: 'https://169.254.169.254/t' },
      'discovery-unusable: failed',
    ],
    ['no token endpoint', { token_endpoint: undefined }, 'discovery-unusable: failed'],
  ];
  it.each(lies)('with %s is refused, and nothing of it is kept', async (_what, lie, outcome) => {
    const { door } = play({ 'smart-configuration': answerWith(200, { ...said, ...lie }) });
    expect(await outcomeOf(door)).toBe(outcome);
    expect(await stored()).toBeUndefined();
  });

  it('of another issuer is nobody’s', async () => {
    for (const issuer of [
      host,
      `${base}/x`,
      `${base}//`,
      base.toUpperCase(),
      'https://login.clinic.example.org',
      undefined,
      7,
    ]) {
      const { door } = play({ 'openid-configuration': answerWith(200, { ...said, issuer }) });
      expect(await outcomeOf(door), String(issuer)).toBe('discovery-unusable: failed');
    }
    const { door } = play({ 'openid-configuration': answerWith(200, { ...said, issuer: `${base}/` }) });
    expect(await outcomeOf(door)).toBe(said.token_endpoint);
  });

  it('in a capability statement is refused too', async () => {
    const outcomeFor = (address: string) =>
      outcomeOf(
        play({
          metadata: answerWith(
            200,
            statement(() => address),
          ),
        }).door,
      );
    expect(await outcomeFor('https://evil.example.net/')).toBe('discovery-foreign: operator-alarm');
    expect(await outcomeFor('http://login.clinic.example.org/')).toBe('discovery-unusable: failed');
    expect(await outcomeOf(play({ metadata: answerWith(200, '<CapabilityStatement/>') }).door)).toBe(
      'discovery-unusable: failed',
    );
  });

  it('loses a page for patients that is elsewhere, and nothing else', async () => {
    const page = {
      management_endpoint: 'https://evil.example.net/',
      jwks_uri: 'https://evil.example.net/keys',
    };
    const { door } = play({ 'smart-configuration': answerWith(200, { ...said, ...page }) });
    const { management_endpoint: _page, ...kept } = said;
    expect(await findServer(connect(door))).toEqual({ outcome: 'found', server: kept });
  });

  it.each([
    // One vendor's hosts may vouch for each other.
    ['eClinicalWorks', 'https://fhir.healow.com/r4', 'https://oauthserver.eclinicalworks.com', true],
    ['nextGenOffice', 'https://fhir.meditouchehr.com/api', 'https://idp-prod.prod.ngo.nextgenaws.net', true],
    ['smartOnFhir', 'https://fhir.meditouchehr.com/api', 'https://idp-prod.prod.ngo.nextgenaws.net', false],
    ['smartOnFhir', 'https://one.azurewebsites.net/r4', 'https://other.azurewebsites.net', false],
    ['smartOnFhir', 'https://one.azurewebsites.net/r4', 'https://login.one.azurewebsites.net', true],
    ['smartOnFhir', 'https://fhir.clinic.co.uk/r4', 'https://login.clinic.co.uk', true],
    ['smartOnFhir', 'https://fhir.clinic.co.uk/r4', 'https://login.other.co.uk', false],
    ['smartOnFhir', 'https://93.184.215.14/r4', 'https://93.184.215.15', false],
  ])('of %s at %s may name %s: %s', async (slug, fhirBase, server, isTaken) => {
    const facts = { authorization_endpoint: `${server}/a`, token_endpoint: `${server}/t` };
    const { door } = play({ 'smart-configuration': answerWith(200, facts) });
    const outcome = await outcomeOf(door, slug, `${fhirBase}/${++count}`);
    expect(outcome).toBe(isTaken ? `${server}/t` : 'discovery-foreign: operator-alarm');
  });

  it('of ten megabytes is not read to its end, and a redirect elsewhere is not followed', async () => {
    let sent = 0;
    const server = await startSecureServer('fhir.clinic.example.org', (request, response) => {
      if (request.url?.startsWith('/moved') === true) {
        response.writeHead(302, { location: `https://evil.example.net${request.url}` }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(100_000, ' ');
      const write = () => {
        if (sent >= 10_000_000 || response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, write);
      };
      write();
    });
    const asked: string[] = [];
    const fetch = createProviderFetch({
      admittedNetworks: ['127.0.0.1'],
      trustedCertificates: [server.certificate],
      resolve: (name) => {
        asked.push(name);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const door = { fetch, browserUrl: (url: string) => url };
    try {
      expect(await outcomeOf(door, 'smartOnFhir', `${server.origin}/large`)).toBe(
        'discovery-unusable: failed',
      );
      expect(sent).toBeLessThan(10_000_000);
      expect(await outcomeOf(door, 'smartOnFhir', `${server.origin}/moved`)).toBe(
        'discovery-unusable: failed',
      );
      expect(new Set(asked)).toEqual(new Set(['fhir.clinic.example.org']));
    } finally {
      await fetch.close();
      await server.close();
    }
  });
});

describe('findConnection', () => {
  const credentials = new Map(
    ['epic', 'oura', 'blueButton2', 'fitbit'].map((slug) => [
      slug,
      { clientID: slug, settings: {}, ...(slug === 'blueButton2' ? { region: 'sandbox' } : {}) },
    ]),
  );
  const { door } = play({});
  const find = (providerID: number) =>
    findConnection(database, { catalogue: { definitions, credentials }, findDoor: () => door }, providerID);
  const add = async (definition: string | null, endpoint?: string) => {
    const providerID = 300_000 + ++count;
    await database.query(sql`
      with stored as (
        insert into endpoints (base_url) select ${endpoint ?? null} where ${endpoint ?? null}::text is not null
        on conflict (base_url) do update set base_url = excluded.base_url returning endpoint_id)
      insert into providers (provider_id, name, category, source, source_key, definition, endpoint_id)
      values (${providerID}, 'Clinic', 'Provider', 'lantern', ${String(providerID)}, ${definition},
              (select endpoint_id from stored))`);
    return providerID;
  };

  it('gives how, as whom, through which door, and to which FHIR server', async () => {
    const epic = await find(await add('epic', 'https://fhir.clinic.example.org/epic'));
    expect(epic).toEqual({
      definition: definitions.get('epic'),
      credentials: credentials.get('epic'),
      door,
      fhirBase: 'https://fhir.clinic.example.org/epic',
    });
    expect(await find(await add('oura'))).toEqual({
      definition: definitions.get('oura'),
      credentials: credentials.get('oura'),
      door,
    });
    // The database has that of the default region.
    expect(await find(await add('blueButton2', 'https://api.bluebutton.cms.gov/v2/fhir'))).toMatchObject({
      fhirBase: 'https://sandbox.bluebutton.cms.gov/v2/fhir',
    });
    // Grants of a provider that is over have to be given back.
    expect(await find(await add('fitbit'))).toMatchObject({ definition: { slug: 'fitbit' } });
  });

  it('gives nothing where something is missing', async () => {
    expect(await find(999_999_999)).toBeUndefined();
    expect(await find(await add(null))).toBeUndefined();
    expect(await find(await add('nobody'))).toBeUndefined();
    expect(await find(await add('strava'))).toBeUndefined();
    expect(await find(await add('libreView'))).toBeUndefined();
    expect(await find(await add('epic'))).toBeUndefined();
  });
});
