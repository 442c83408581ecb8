// On one PostgreSQL: processes and signals are what it is about.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGrant, openTokens } from '../../src/accounts/grant.ts';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createSandboxDoor, type FindDoor } from '../../src/oauth/providerDoor.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { createProviderFetch, type ProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { createSeededRandom } from '../../src/platform/random/seededRandom.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { digestOf, type LedgerEntry } from '../../src/sandbox/ledger/ledger.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/startSandbox.ts';
import { createStudy } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { openSeededCatalogue, type ExchangeSetting } from '../harness/exchangeProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { goToProvider } from '../harness/journeyBrowser.ts';
import { createTestDatabase, type TestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';
import { createTestVault } from '../harness/testVault.ts';
import { allowStudyPage, decideInSandbox } from '../harness/worlds.ts';

const kills = chooseLength({ short: 20, long: 200 });
const atOnce = 3;
const seed = 'exchange';
const slug = 'oura';

/** When the process is killed: in the moment in which this happens at the provider, or some milliseconds later. */
const moments: readonly ((entry: LedgerEntry) => boolean)[] = [
  // The code has been accepted, and nothing answered.
  ({ what }) => what === 'grant-begun',
  // The tokens are on their way.
  ({ what, operation }) => what === 'request' && operation === 'token',
  // The last call before the account is made.
  ({ what, operation }) => what === 'request' && operation === 'user-id',
];

interface Journey {
  readonly projectID: string;
  /** Digest of its code. */
  readonly code: string;
  readonly callback: string;
  readonly cookie: string;
}

describe(`${kills} kills during the exchange of codes`, () => {
  let test: TestDatabase;
  let database: Database;
  let sandbox: Sandbox;
  let fetchThere: ProviderFetch;
  let service: TestService;
  let setting: ExchangeSetting;
  let catalogue: Awaited<ReturnType<typeof openSeededCatalogue>>['catalogue'];
  let findDoor: FindDoor;
  const chance = createSeededRandom('kills');
  /** Number of the grant that came of a code, by its digest. */
  const grants = new Map<string, number>();
  const log: string[] = [];

  beforeAll(async () => {
    test = await createTestDatabase();
    ({ database } = test);
    ({ catalogue } = await openSeededCatalogue(seed));
    sandbox = await startSandbox({ ...catalogue, clock: systemClock, random: systemRandom });
    const { origin } = sandbox;
    const there = createProviderFetch({ plainOrigin: origin });
    fetchThere = there;
    findDoor = (name) => createSandboxDoor(there, origin, name);
    service = await startTestService(database, { catalogue, findDoor });
    setting = { target: test.target, origin, seed };
    let code: string | undefined;
    sandbox.ledger.watch(({ what, kind, token, grant }) => {
      if (what === 'used' && kind === 'code') code = token;
      if (what === 'grant-begun' && code !== undefined && grant !== undefined) grants.set(code, grant);
    });
  });
  afterAll(async () => {
    await service.close();
    await sandbox.close();
    await fetchThere.close();
  });

  async function findProvider(): Promise<number> {
    const [row] = await database.query<{ provider_id: number }>(
      sql`select provider_id from providers where source = 'built-in' and source_key = ${slug}`,
    );
    return row!.provider_id;
  }

  /** A participant of a study of her own, back from the provider; some have connected it before. */
  async function begin(number: number): Promise<Journey> {
    const study = await createStudy(database);
    const { projectID } = study;
    await allowStudyPage(database, study);
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(projectID, participantID);
    const providerID = await findProvider();
    const goThere = async () => {
      const { browser, address } = await goToProvider(service, { token, providerID });
      return { browser, callback: await decideInSandbox(address, { person: number % 5 }) };
    };
    if (number % 4 === 3) {
      const first = await goThere();
      await first.browser.visit(first.callback);
    }
    const { browser, callback } = await goThere();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      projectID,
      code: digestOf(new URL(callback).searchParams.get('code') ?? ''),
      callback: callback.replace(publicUrl, ''),
      cookie,
    };
  }

  async function start(): Promise<{ child: ChildProcess; port: number }> {
    const program = join(import.meta.dirname, '../harness/exchangeProcess.ts');
    const child = spawn(process.execPath, [program, JSON.stringify(setting)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`The service ended before it listened: ${code}`);
      }),
    ])) as [Buffer];
    return { child, port: Number(line.toString()) };
  }

  /** Sends the answers of several participants to one process and kills it while it works on them. */
  async function killOne(number: number, { child, port }: Awaited<ReturnType<typeof start>>) {
    const journeys: Journey[] = [];
    for (let count = 0; count < atOnce; count++) journeys.push(await begin(number * atOnce + count));
    const exited = once(child, 'exit');
    const kill = () => void child.kill('SIGKILL');
    const moment = moments[number % (moments.length + 1)];
    let left = 1 + chance.below(atOnce);
    const delayMs = number % 2 === 0 ? 0 : chance.below(26);
    const stop = sandbox.ledger.watch((entry) => {
      if (moment === undefined || !moment(entry) || --left > 0) return;
      if (delayMs === 0) kill();
      else setTimeout(kill, delayMs);
    });
    if (moment === undefined) setTimeout(kill, chance.below(61));
    const answers = await Promise.allSettled(
      journeys.map(({ callback, cookie }) =>
        fetch(`http://127.0.0.1:${port}${callback}`, { headers: { cookie }, redirect: 'manual' }),
      ),
    );
    kill();
    await exited;
    stop();
    return { journeys, unanswered: answers.filter(({ status }) => status === 'rejected').length };
  }

  function parts(now: number): RevocationParts {
    const clock = createFakeClock(now);
    const logger = createWatchedLog(log).log;
    const findServer = createServerFinder({ database, clock, log: logger });
    return {
      database,
      catalogue,
      findDoor,
      findServer,
      vault: createTestVault(database),
      clock,
      log: logger,
    };
  }

  /** What the chores of the next process do, as far as it has come after so many minutes. */
  async function recover(minutes: number): Promise<void> {
    const later = parts(Date.now() + minutes * 60_000);
    await endOldAttempts(database, later.clock);
    while ((await settleSentCodes(later)) > 0);
  }

  /** Grants of the ledger that have an account's tokens, or tokens in the queue. */
  async function listHeld(): Promise<ReadonlySet<number | undefined>> {
    const vault = createTestVault(database);
    const held = new Set<number | undefined>();
    const accounts = await database.query<{ project_id: string; account_id: number }>(
      sql`select project_id, account_id from external_accounts join grants using (account_id)`,
    );
    for (const { project_id: projectID, account_id: accountID } of accounts) {
      const opened = await openGrant(database, vault, { projectID, accountID });
      held.add(sandbox.ledger.find(opened!.accessToken.reveal())?.grant);
    }
    const queued = await database.query<{
      project_id: string;
      account_id: number;
      generation: number;
      version: number;
      key_id: string;
      wrapped_key: Buffer;
      access_token: Buffer;
      refresh_token: Buffer;
    }>(sql`select * from revocations`);
    for (const row of queued) {
      const tokens = await openTokens(
        vault,
        {
          projectID: row.project_id,
          accountID: row.account_id,
          generation: row.generation,
          version: row.version,
        },
        {
          keyID: row.key_id,
          wrappedKey: row.wrapped_key,
          accessToken: row.access_token,
          refreshToken: row.refresh_token,
        },
      );
      held.add(sandbox.ledger.find(tokens.accessToken.reveal())?.grant);
    }
    return held;
  }

  /** Studies whose trail says that something was left at a provider. */
  async function listRecorded(): Promise<ReadonlySet<string>> {
    const rows = await database.query<{ project_id: string }>(sql`
      select project_id from audit_entries
       where action = 'grant.lost' or action = 'grant.given-back' and details ->> 'outcome' <> 'revoked'`);
    return new Set(rows.map((row) => row.project_id));
  }

  const isAlive = (number: number) =>
    sandbox.ledger.grants({ slug }).some(({ id, endedAt }) => id === number && endedAt === undefined);

  it('leave no grant alive that is neither an account’s, nor queued to be given back, nor recorded (GRANT-NEVER-LOST)', async () => {
    const journeys: Journey[] = [];
    let unanswered = 0;
    let next = start();
    for (let number = 0; number < kills; number++) {
      const running = await next;
      if (number + 1 < kills) next = start();
      const killed = await killOne(number, running);
      journeys.push(...killed.journeys);
      unanswered += killed.unanswered;
    }
    const orphans = async () => {
      const held = await listHeld();
      return journeys.filter(({ code }) => {
        const grant = grants.get(code);
        return grant !== undefined && isAlive(grant) && !held.has(grant);
      });
    };
    const atFirst = await orphans();
    // Without this the kills would have proved nothing.
    expect(unanswered).toBeGreaterThan(kills / 2);
    expect(atFirst.length).toBeGreaterThan(kills / 5);
    for (const minutes of [6, 8, 10]) await recover(minutes);
    expect(
      await database.query(
        sql`select from connect_attempts where phase = 'exchanging' or code_due_at is not null`,
      ),
    ).toEqual([]);
    const recorded = await listRecorded();
    expect((await orphans()).filter(({ projectID }) => !recorded.has(projectID))).toEqual([]);
    while ((await runRevocations(parts(Date.now() + 7 * 60_000))) > 0);
    expect(await database.query(sql`select from revocations`)).toEqual([]);
    const told = await listRecorded();
    expect((await orphans()).filter(({ projectID }) => !told.has(projectID))).toEqual([]);
    // Most are really ended, not only recorded.
    expect((await orphans()).length).toBeLessThan(atFirst.length / 2);
  }, 1_800_000);
});
