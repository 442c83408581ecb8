import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runRevocations } from '../../src/accounts/runRevocations.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import type { DialSettings, Fault } from '../../src/sandbox/dials/dials.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider, returnAddress } from '../harness/journeyBrowser.ts';
import { createTestVault } from '../harness/testVault.ts';
import { decideInSandbox, openSandboxWorld, type Decision, type SandboxWorld } from '../harness/worlds.ts';

// With a fragment of its own, so that none of the provider's is passed on.
const connected = `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`;
const notConnected = returnAddress.replace('%SUCCESSVALUE%', 'false').replaceAll('&', '&#38;');

/** Every journey that does not end in an account ends in words, leads back, and leaves nothing. */
describe('trouble with a provider', () => {
  let world: SandboxWorld;

  beforeAll(async () => {
    world = await openSandboxWorld({ device: 'oura', record: 'smartOnFhir' });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.sandbox.dials.reset();
    await world.database.query(sql`delete from revocations`);
    await world.database.query(sql`delete from external_accounts`);
    await world.database.query(sql`delete from server_configurations`);
    await world.database.query(sql`delete from connect_attempts`);
  });

  async function connect(providerID: number, decision: Decision = {}) {
    const { service, study } = world;
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID, browser });
    const answer = await browser.visit(await decideInSandbox(address, decision));
    const location = String(answer.headers.location);
    expect(answer.statusCode).toBe(303);
    if (location === connected) return { participantID, page: undefined };
    const { body } = await browser.visit(location);
    expect(body).toContain(`href="${notConnected}"`);
    return { participantID, page: body };
  }

  const left = async () => {
    const [row] = await world.database.query<{
      accounts: number;
      grants: number;
      attempts: number;
      secrets: number;
    }>(sql`
      select (select count(*)::integer from external_accounts) as accounts,
             (select count(*)::integer from grants) as grants,
             (select count(*)::integer from connect_attempts where phase <> 'ended') as attempts,
             (select count(*)::integer from connect_attempts
               where secrets is not null and code_due_at is null) as secrets`);
    return row;
  };
  /** What the chores do when the provider is well again: a code of which nobody knows what came of it is kept for them. */
  async function settle(): Promise<void> {
    const { database, catalogue, findDoor } = world;
    const clock = createFakeClock(Date.now() + 1);
    const log = createWatchedLog().log;
    const findServer = createServerFinder({ database, clock, log });
    const parts = { database, catalogue, findDoor, findServer, clock, vault: createTestVault(database), log };
    world.sandbox.dials.reset();
    while ((await settleSentCodes(parts)) > 0);
    while ((await runRevocations(parts)) > 0);
    expect(await database.query(sql`select from connect_attempts where secrets is not null`)).toEqual([]);
  }
  const nothing = { accounts: 0, grants: 0, attempts: 0, secrets: 0 };
  const dial = (settings: DialSettings, slug = 'oura') => world.sandbox.dials.set(slug, settings);
  const fault = (one: Fault): DialSettings => ({ faults: [one] });

  const unavailable = 'has a problem at the moment';
  const failed = 'could not complete the connection';
  const setUp = 'does not accept your study at the moment';

  it.each<readonly [string, Fault, string]>([
    ['cut before the answer', { kind: 'commit-then-drop' }, unavailable],
    ['cut before anything was done', { kind: 'drop' }, unavailable],
    ['answered 502 after all', { kind: 'commit-then-5xx' }, unavailable],
    ['answered 503 with a page', { kind: 'status', status: 503, body: 'html', on: ['token'] }, unavailable],
    ['answered 408', { kind: 'status', status: 408, on: ['token'] }, unavailable],
    ['refused as too many', { kind: 'rate-limit', retryAfter: '60', on: ['token'] }, unavailable],
    ['refused as if our secret were wrong', { kind: 'refuse', as: 'operator-alarm', on: ['token'] }, setUp],
    ['refused as a code that is not good', { kind: 'refuse', as: 'unauthorized', on: ['token'] }, failed],
    ['redirected elsewhere', { kind: 'redirect', to: 'https://evil.example/token', on: ['token'] }, failed],
    ['answered without an end', { kind: 'endless', on: ['token'] }, failed],
    ['answered with a bomb', { kind: 'gzip-bomb', megabytes: 512, on: ['token'] }, failed],
  ])('the exchange of the code is %s: told, and nothing stays', async (_, one, words) => {
    dial(fault(one));
    const { page } = await connect(world.device.providerID);
    expect(page).toContain(words);
    expect(await left()).toEqual(nothing);
    // Sent once, whatever became of it.
    expect(
      world.sandbox.ledger
        .entries()
        .filter(({ operation, what }) => what === 'request' && operation === 'token').length,
    ).toBeGreaterThan(0);
    const codes = world.sandbox.ledger.tokens({ slug: 'oura', kind: 'code' });
    for (const { uses, refusals } of codes) expect(uses + refusals).toBeLessThanOrEqual(1);
    await settle();
    expect(
      world.sandbox.ledger.grants({ slug: 'oura' }).filter(({ endedAt }) => endedAt === undefined),
    ).toEqual([]);
    world.sandbox.ledger.reset();
  });

  it.each([
    ...([
      'oauth-error',
      'github-error',
      'body-status-401',
      'ok-false',
      'html',
      'empty',
      'empty-object',
    ] as const),
    ...(['null', 'array', 'text', 'malformed', 'cut-off', 'deep'] as const),
  ])('a token answer of status 200 that is %s becomes no account (CONNECT-ERROR-BODY)', async (shape) => {
    dial(fault({ kind: 'body', shape, on: ['token'] }));
    const { page } = await connect(world.device.providerID);
    expect(page === undefined).toBe(false);
    expect(await left()).toEqual(nothing);
    await settle();
  });

  it('asks for the person in vain: the grant is queued to be given back, unless she lives on it elsewhere', async () => {
    dial(fault({ kind: 'status', status: 500, on: ['user-id'] }));
    const { page } = await connect(world.device.providerID);
    expect(page).toContain(unavailable);
    expect(await left()).toEqual(nothing);
    expect(await world.database.query(sql`select from revocations`)).toHaveLength(1);
  });

  it('tells an operator what to mend, once for each journey, without a word about anybody', async () => {
    dial(fault({ kind: 'refuse', as: 'operator-alarm', on: ['token'] }));
    const before = world.service.log.length;
    const { participantID } = await connect(world.device.providerID);
    const lines = world.service.log.slice(before).filter((line) => line.includes('connect-needs-operator'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      definition: 'oura',
      verdict: 'operator-alarm',
    });
    expect(lines[0]).not.toContain(participantID);
  });

  it('nothing was selected: told so, and the empty grant is given back', async () => {
    const { page } = await connect(world.device.providerID, { scopes: [] });
    expect(page).toMatch(/did not select any data|a permission that was not selected/);
    expect(await left()).toEqual(nothing);
  });

  it('a permission is missing without which nothing works', async () => {
    const { page } = await connect(world.device.providerID, { scopes: ['daily', 'heartrate'] });
    expect(page).toContain('You did not select everything');
    expect(await left()).toEqual(nothing);
    expect(await world.database.query(sql`select from revocations`)).toHaveLength(1);
  });

  it('no record was chosen', async () => {
    dial({ userID: 'missing' }, 'smartOnFhir');
    // Without an identity token nothing else says it.
    const { page } = await connect(world.record.providerID, { scopes: ['launch/patient', 'offline_access'] });
    expect(page).toContain('did not tell which health record is yours');
    expect(await left()).toEqual(nothing);
  });

  it.each(['missing', 'wrong'] as const)(
    'the issuer of the answer is %s: stopped, and no code is sent (CONNECT-RIGHT-PROVIDER, RFC 9207)',
    async (issuer) => {
      dial({ issuer }, 'smartOnFhir');
      world.sandbox.ledger.reset();
      const { page } = await connect(world.record.providerID);
      expect(page).toContain('We stopped for your safety');
      expect(world.tokenRequests()).toBe(0);
      expect(await left()).toEqual(nothing);
    },
  );

  describe('a server that lies about itself (CONNECT-LYING-SERVER)', () => {
    const base = 'https://fhir.three-herons.example/api/r4';
    async function leave() {
      const { service, study } = world;
      const token = await service.issueParticipantToken(study.projectID, await study.addParticipant());
      return goToProvider(service, { token, providerID: world.record.providerID });
    }

    it.each([
      ['a token endpoint on a foreign host', { token_endpoint: 'https://evil.example/token' }],
      ['a foreign page to sign in', { authorization_endpoint: 'https://evil.example/authorize' }],
      ['a foreign issuer', { issuer: 'https://evil.example' }],
    ])('by %s is not asked: she is told before she leaves', async (_, set) => {
      dial({ metadata: { set } }, 'smartOnFhir');
      world.sandbox.ledger.reset();
      await expect(leave()).rejects.toThrow(/not sent to the provider: .*Nothing was connected/);
      expect(world.tokenRequests()).toBe(0);
      expect(await left()).toEqual(nothing);
      expect(await world.database.query(sql`select from server_configurations`)).toEqual([]);
    });

    it.each<readonly [string, DialSettings]>([
      [
        'an address without encryption',
        { metadata: { set: { token_endpoint: 'http://fhir.three-herons.example/token' } } },
      ],
      ['an address on this machine', { metadata: { set: { token_endpoint: 'https://127.0.0.1/token' } } }],
      ['ten megabytes', { metadata: { megabytes: 10 } }],
      [
        'a redirect to a private address',
        fault({ kind: 'redirect', to: 'https://10.0.0.1/conf', on: ['discovery'] }),
      ],
      ['a page for people', fault({ kind: 'body', shape: 'html', on: ['discovery'] })],
      ['nothing at all', fault({ kind: 'body', shape: 'empty', on: ['discovery'] })],
    ])(
      'by %s is not believed: what it says elsewhere counts, and if that is no better, nothing',
      async (_, settings) => {
        dial(settings, 'smartOnFhir');
        const outcome = await leave().catch((error: unknown) => String(error));
        const kept = await world.database.query<{ facts: Record<string, string> }>(
          sql`select facts from server_configurations where base_url = ${base}`,
        );
        for (const { facts } of kept)
          expect(facts['token_endpoint']).toMatch(
            /^https:\/\/fhir\.three-herons\.example\/api\/r4\/oauth2\//,
          );
        if (typeof outcome === 'string') expect(outcome).toContain('Nothing was connected');
        else expect(kept).toHaveLength(1);
      },
    );

    it('that lacks S256 is sent a challenge all the same (CONNECT-PKCE)', async () => {
      dial({ metadata: { remove: ['code_challenge_methods_supported'] } }, 'smartOnFhir');
      const { address } = await leave();
      const { searchParams } = new URL(address);
      expect(searchParams.get('code_challenge')).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(searchParams.get('code_challenge_method')).toBe('S256');
    });
  });

  it('is relayed to another provider: its code is not taken there, and none of ours goes to the attacker (CONNECT-RIGHT-PROVIDER)', async () => {
    // The record's server relays what it is asked to Oura, which the attacker would like the code of.
    dial({ mixUp: { slug: 'oura' } }, 'smartOnFhir');
    const { service, study } = world;
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: world.record.providerID, browser });
    world.sandbox.ledger.reset();
    const outcome = await decideInSandbox(address)
      .then((callback) => browser.visit(callback))
      .catch((error: unknown) => String(error));
    expect(JSON.stringify(outcome)).not.toContain('"success=true"');
    expect(world.sandbox.ledger.tokens({ kind: 'access' })).toEqual([]);
    expect(await world.database.query(sql`select from external_accounts`)).toEqual([]);
  });

  it('ends a journey that our own failure interrupts, with a page and a log line that quotes nothing', async () => {
    const { service, study, database } = world;
    const token = await service.issueParticipantToken(study.projectID, await study.addParticipant());
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: world.device.providerID, browser });
    const callback = await decideInSandbox(address);
    // What was sealed for another journey does not open (KEYS-IN-PLACE).
    await database.query(
      sql`update connect_attempts set secrets = set_byte(secrets, 20, 1 + get_byte(secrets, 20) % 200) where phase = 'authorizing'`,
    );
    const before = service.log.length;
    const answer = await browser.visit(callback);
    expect((await browser.visit(String(answer.headers.location))).body).toContain('was interrupted');
    const lines = service.log.slice(before).filter((line) => line.includes('unexpected-error'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(new URL(callback).searchParams.get('code')!);
    expect(await left()).toEqual(nothing);
  });
});
