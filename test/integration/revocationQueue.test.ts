import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealTokens } from '../../src/accounts/grant.ts';
import {
  claimRevocations,
  claimStatement,
  lanesStatement,
} from '../../src/accounts/revocations/claimRevocations.ts';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import type { ProviderAnswer } from '../../src/platform/outbound/providerFetch.ts';
import { walkIndexes } from '../../src/accounts/revocations/walkIndexes.ts';
import { raw, sql, type Database, type Queryable, type Sql } from '../../src/platform/storage/database.ts';
import { systemClock, type Clock } from '../../src/platform/time/clock.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

const oura = 45417;
const hoursMs = 60 * 60_000;
let database: Database;
let study: Study;
let strava: number;
let catalogue: Catalogue;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
  const opened = await catalogueWith('oura', 'strava');
  const credentials = [...opened.credentials].map(
    ([slug, one]) => [slug, { ...one, clientSecret: new Secret('secret') }] as const,
  );
  catalogue = { ...opened, credentials: new Map(credentials) };
  const [row] = await database.query<{ provider_id: number }>(
    sql`select provider_id from providers where definition = 'strava'`,
  );
  strava = row!.provider_id;
});
beforeEach(() => database.query(sql`delete from revocations`));

type Answer = (slug: string) => ProviderAnswer | Promise<ProviderAnswer>;
const done = answerWith(200, {});

function createParts(
  answer: Answer,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): RevocationParts {
  const log = createWatchedLog().log;
  return {
    database,
    catalogue,
    clock,
    findDoor: (slug) => createScriptedDoor(() => answer(slug)).door,
    findServer: createServerFinder({ database, clock, log }),
    vault: createTestVault(database),
    log,
  };
}

let accounts = 1_000_000;

/** Queues grants that nobody else lives on; they have waited the longer, the earlier they come. */
async function queue(providerID: number, count: number, { queuedAt = Date.now() - hoursMs } = {}) {
  const vault = createTestVault(database);
  for (let index = 0; index < count; index++) {
    const place = { projectID: study.projectID, accountID: ++accounts, generation: 1, version: 1 };
    const sealed = await sealTokens(vault, place, { accessToken: new Secret(`token-${accounts}`) });
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               provider_user_id, key_id, wrapped_key, access_token, created_at, due_at, expires_at)
      values (gen_random_uuid(), ${study.projectID}, ${accounts}, 1, 1, gen_random_uuid(), ${providerID},
              ${`queued-${accounts}`}, ${sealed.keyID}, ${sealed.wrappedKey}, ${sealed.accessToken},
              ${new Date(queuedAt + index)}, ${new Date(queuedAt + index)}, ${new Date(queuedAt + 30 * 24 * hoursMs)})`);
  }
}

const waiting = async (providerID: number) =>
  (await database.query(sql`select from revocations where provider_id = ${providerID}`)).length;
/** How the grant that was queued last ended. */
const lastOutcome = async () =>
  (
    await database.query<{ outcome: string }>(sql`
      select details ->> 'outcome' as outcome from audit_entries
       where action = 'grant.given-back' and account_id = ${accounts}`)
  )[0]?.outcome;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Answers when it is told to. */
function createGate() {
  const { promise, resolve } = Promise.withResolvers<ProviderAnswer>();
  return { answer: promise, open: () => resolve(done) };
}

describe('what is due', () => {
  it('goes on at a provider with a call that hangs, and at all others', async () => {
    await queue(oura, 30);
    await queue(strava, 10);
    const gate = createGate();
    let asked = 0;
    const running = runRevocations(
      createParts((slug) => (slug === 'oura' && ++asked <= 2 ? gate.answer : done)),
    );
    await until(async () => (await waiting(oura)) === 2 && (await waiting(strava)) === 0);
    gate.open();
    expect(await running).toBe(40);
    expect(await waiting(oura)).toBe(0);
  });

  it('is served at the others while a provider answers nothing at all', async () => {
    await queue(oura, 30);
    await queue(strava, 30);
    const gate = createGate();
    const running = runRevocations(createParts((slug) => (slug === 'oura' ? gate.answer : done)));
    await until(async () => (await waiting(strava)) === 0);
    expect(await waiting(oura)).toBe(30);
    gate.open();
    expect(await running).toBe(60);
  });

  it.each([
    ['4 at once at a provider whose definition says nothing', undefined, 4],
    ['as many at once as the definition says', 2, 2],
  ])('is called for %s, by all processes together, and never twice', async (_, atOnce, expected) => {
    await queue(oura, 60);
    const definition = catalogue.definitions.get('oura')!;
    const { auth } = definition;
    if (auth.kind === 'none' || auth.revoke.by !== 'call') throw new Error('Another provider is needed');
    const limited = {
      ...definition,
      auth: { ...auth, revoke: { ...auth.revoke, ...(atOnce && { atOnce }) } },
    };
    const definitions = new Map(catalogue.definitions).set('oura', limited);
    let [calls, most, now] = [0, 0, 0];
    const parts = createParts(async () => {
      calls++;
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 30));
      now--;
      return done;
    });
    const processes = Array.from({ length: 4 }, () =>
      runRevocations({ ...parts, catalogue: { ...catalogue, definitions } }),
    );
    const counts = await Promise.all(processes);
    expect(counts.reduce((sum, count) => sum + count)).toBe(60);
    expect(calls).toBe(60);
    expect(most).toBe(expected);
    expect(await waiting(oura)).toBe(0);
  });

  it('is counted together where several processes claim different grants at the same moment', async () => {
    await queue(oura, 40);
    await database.query(sql`update revocations set tries = 1 where account_id % 2 = 0`);
    const parts = createParts(() => done);
    // Connections that are open already, so that the claims meet.
    await Promise.all(Array.from({ length: 8 }, () => database.query(sql`select pg_sleep(0.2)`)));
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        claimRevocations(parts, { lane: oura, atOnce: 4 }, { atMost: 4, firstTurnsFirst: index % 2 === 0 }),
      ),
    );
    expect(claims.flat()).toHaveLength(4);
  });

  it('counts the names of one endpoint as one provider', async () => {
    const names = [];
    for (const name of ['One', 'Two', 'Three'])
      names.push(
        await study.addProvider({
          name,
          definition: 'oura',
          endpointUrl: 'https://fhir.shared.example.org/r4',
        }),
      );
    for (const name of names) await queue(name, 8);
    let [most, now] = [0, 0];
    const parts = createParts(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 30));
      now--;
      return done;
    });
    expect(await runRevocations(parts)).toBe(24);
    expect(most).toBe(4);
  });

  it('is left when the service stops: nothing is begun, and what was begun is waited for', async () => {
    await queue(oura, 10);
    const ending = new AbortController();
    const gate = createGate();
    let calls = 0;
    const running = runRevocations(
      createParts(() => {
        calls++;
        return gate.answer;
      }),
      { ending: ending.signal },
    );
    await until(() => calls === 4);
    ending.abort();
    gate.open();
    expect(await running).toBe(4);
    expect(await waiting(oura)).toBe(6);
  });
});

describe('the day of a grant that is to be given back', () => {
  const away = answerWith(503, {});

  it('begins with its first try, however long it has waited for its turn', async () => {
    const clock = createFakeClock(Date.now());
    await queue(oura, 1, { queuedAt: clock.now() - 29 * 24 * hoursMs });
    const run = (answer: ProviderAnswer) => runRevocations(createParts(() => answer, { clock }));
    expect(await run(away)).toBe(1);
    clock.advance(hoursMs);
    expect(await run(away)).toBe(1);
    expect(await waiting(oura)).toBe(1);
    clock.advance(22 * hoursMs);
    expect(await run(away)).toBe(1);
    clock.advance(hoursMs);
    expect(await run(away)).toBe(1);
    expect(await waiting(oura)).toBe(0);
    expect(await lastOutcome()).toBe('given-up');
  });

  it('does not run while the provider says that it is asked too often, and the provider is left alone', async () => {
    const clock = createFakeClock(Date.now());
    await queue(oura, 20, { queuedAt: clock.now() });
    const rests = new Map<number, number>();
    let calls = 0;
    const parts = createParts(
      () => {
        calls++;
        return answerWith(429, {});
      },
      { clock },
    );
    for (let minutes = 0; minutes < 10; minutes++) {
      for (let looks = 0; looks < 12; looks++) {
        await runRevocations(parts, { rests });
        clock.advance(5_000);
      }
    }
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThanOrEqual(4 * 10);
    clock.advance(26 * hoursMs);
    expect(
      await runRevocations(
        createParts(() => done, { clock }),
        { rests },
      ),
    ).toBe(20);
    expect(await waiting(oura)).toBe(0);
  });

  it('is not lost behind a queue: those that were tried and those that were not have their turns alternately', async () => {
    const clock = createFakeClock(Date.now());
    await queue(oura, 12, { queuedAt: clock.now() - hoursMs });
    await runRevocations(createParts(() => away, { clock }));
    await queue(oura, 40, { queuedAt: clock.now() - hoursMs });
    clock.advance(hoursMs);
    const ending = new AbortController();
    let calls = 0;
    await runRevocations(
      createParts(
        () => {
          if (++calls === 24) ending.abort();
          return done;
        },
        { clock },
      ),
      { ending: ending.signal },
    );
    const [left] = await database.query<{ again: number }>(
      sql`select count(*)::integer as again from revocations where tries > 0 and not claimed`,
    );
    expect(left!.again).toBeLessThanOrEqual(3);
  });

  it('ends after thirty days for one whose turn never came', async () => {
    const clock = createFakeClock(Date.now());
    await queue(oura, 1, { queuedAt: clock.now() - 30 * 24 * hoursMs });
    let calls = 0;
    const parts = createParts(
      () => {
        calls++;
        return done;
      },
      { clock },
    );
    expect(await runRevocations(parts)).toBe(1);
    expect([calls, await waiting(oura), await lastOutcome()]).toEqual([0, 0, 'given-up']);
  });
});

describe('with 50,000 due at one endpoint of 17,000 organisations', () => {
  const organisations = 17_000;
  let first: number;
  let lane: number;

  beforeAll(async () => {
    await createTestVault(database).seal(
      { project: study.projectID, owner: 'account:1', generation: 1, version: 1 },
      { accessToken: 'x' },
    );
    first = await study.addProvider({ name: 'First', endpointUrl: 'https://fhir.many.example.org/r4' });
    const [row] = await database.query<{ lane: number }>(
      sql`select -endpoint_id as lane from providers where provider_id = ${first}`,
    );
    lane = row!.lane;
    await database.query(sql`
      insert into providers (provider_id, name, category, source, endpoint_id)
      select nextval('provider_numbers'), 'Organisation ' || n, 'Provider', 'test', ${-lane}
        from generate_series(2, ${organisations}::integer) n`);
    await database.query(raw('analyze'));
  });

  async function queueMany(count = 50_000) {
    const statement = sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               provider_user_id, key_id, wrapped_key, access_token, created_at, due_at, expires_at, tries)
      select gen_random_uuid(), ${study.projectID}, 2000000 + n, 1, 1, gen_random_uuid(), ${first},
             'gone-' || n, (select key_id from sealing_keys limit 1), 'x', 'x', now(), now() - n * interval '1 ms',
             now() + interval '1 day', n % 2
        from generate_series(1, ${count}::integer) n`;
    // A loaded machine takes longer than a request may.
    await database.transaction((transaction) => transaction.query(statement), 'bulk');
  }

  const now = () => Date.now() + 60_000;

  it.each([
    ['before PostgreSQL has looked at the table', 'never'],
    ['when it has looked while one waited', 'before'],
    ['after', 'after'],
  ])('touches a handful of rows for a claim and for finding lanes, %s', async (_, looked) => {
    if (looked === 'before') {
      await queueMany(1);
      await database.query(raw('analyze revocations'));
      await database.query(raw('delete from revocations'));
    }
    await queueMany();
    if (looked === 'after') await database.query(raw('analyze revocations'));
    const claim = { atMost: 4, firstTurnsFirst: true, now: now() };
    const counts = await database.transaction(async (transaction) => {
      await walkIndexes(transaction);
      const lanes = await countRows(lanesStatement(-2_147_483_648, now()), transaction);
      return { lanes, claimed: await countRows(claimStatement({ lane, atOnce: 4 }, claim), transaction) };
    });
    expect(Math.max(counts.lanes, counts.claimed)).toBeLessThan(60);
  });
});

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows that all nodes of the plan touched together, whether or not they passed on. */
async function countRows(statement: Sql, asked: Queryable = database): Promise<number> {
  const [row] = await asked.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    sql`explain (analyze, format json) ${statement}`,
  );
  const count = (node: PlanNode): number =>
    node['Actual Loops'] *
      (node['Actual Rows'] +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0)) +
    (node.Plans ?? []).reduce((sum, plan) => sum + count(plan), 0);
  return count(row!['QUERY PLAN'][0].Plan);
}
