// On one PostgreSQL: it stops its own.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { prepareDatabase } from '../../src/main/prepareDatabase.ts';
import { openDatabase, raw, sql, type Database } from '../../src/platform/storage/database.ts';
import type { DatabaseState } from '../../src/platform/storage/databaseUnavailable.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createStudy } from '../builders/study.ts';
import { startStoppableServer, type StoppableServer } from '../harness/stoppableServer.ts';
import { startTestService } from '../harness/testService.ts';

const deadlines = {
  connectionMs: 1_500,
  askAfterMs: 1_000,
  statementMs: 1_500,
  transactionMs: 2_000,
  bulkMs: 60_000,
  copySilenceMs: 20_000,
};
/** The statement that was under way, and a connection that was waited for; then everything fails at once. */
const allMs = 8_000;

let server: StoppableServer;
let admin: Database;
beforeAll(async () => {
  server = await startStoppableServer();
  admin = openDatabase({ target: server.connection, poolSizeMax: 2, applicationName: 'admin' });
  await prepareDatabase(admin, await openCatalogue({}), systemClock);
}, 120_000);
afterEach(() => server.thaw());
afterAll(async () => {
  await admin.close(1_000);
  await server.close();
}, 60_000);

function open() {
  const states: DatabaseState[] = [];
  const database = openDatabase({
    target: server.connection,
    poolSizeMax: 3,
    applicationName: 'stopped',
    deadlines,
    onState: (state) => states.push(state),
  });
  return { database, states };
}

async function time<Result>(work: Promise<Result>): Promise<{ tookMs: number; result: Result }> {
  const began = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - began };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );

async function countRunning(): Promise<number> {
  const rows = await admin.query(
    sql`select from pg_stat_activity where application_name = 'stopped' and state = 'active'`,
  );
  return rows.length;
}

describe('a database that is stopped', () => {
  it('ends every request with 503 in time, is told once, and is used again when it goes on', async () => {
    const { database, states } = open();
    const study = await createStudy(database);
    const service = await startTestService(database, { environment: { TRIBUTARY_EXPORTS_AT_ONCE: '20' } });
    const token = await service.issueToken(study.projectID);
    const project = `/api/v1/administration/projects/${study.projectID}`;
    const urls = [
      `${project}/externalAccounts`,
      `${project}/exports/data-scopes`,
      '/api/fhirpublicproviders',
    ];
    expect((await service.send({ url: '/readyz' })).json()).toEqual({
      status: 'ready',
      postgres: expect.stringMatching(/^\d+\.\d+$/) as string,
    });
    expect((await service.send({ url: urls[0]!, token })).statusCode).toBe(200);

    // What was found out is remembered for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await server.freeze();
    const readiness = await time(service.send({ url: '/readyz' }));
    expect(readiness.tookMs).toBeLessThan(2_000);
    expect(readiness.result.json()).toEqual({ status: 'not-ready', reason: 'database-unreachable' });
    const asked = await time(
      Promise.all(Array.from({ length: 12 }, (_, n) => service.send({ url: urls[n % 2]!, token }))),
    );
    expect(asked.tookMs).toBeLessThan(allMs);
    for (const answer of asked.result) {
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'unavailable' });
    }
    await vi.waitFor(() => expect(states).toEqual(['away']), 5_000);
    const known = await time(Promise.all(urls.map((url) => service.send({ url, token }))));
    expect(known.tookMs).toBeLessThan(1_000);
    expect(known.result.map(({ statusCode }) => statusCode).slice(0, 2)).toEqual([503, 503]);
    expect((await service.send({ url: '/healthz' })).statusCode).toBe(200);

    await server.thaw();
    await vi.waitFor(() => expect(states).toEqual(['away', 'available']), 10_000);
    await vi.waitFor(
      async () => expect((await service.send({ url: '/readyz' })).statusCode).toBe(200),
      5_000,
    );
    expect((await service.send({ url: urls[0]!, token })).statusCode).toBe(200);
    expect(database.load()).toMatchObject({ waiting: 0 });
    expect(service.log.join('')).not.toContain('unexpected-error');
    await service.close();
    await database.close();
  }, 60_000);

  it('ends what has no limit of its own: bulk work, and a copy', async () => {
    const { database } = open();
    const copy = await database.copyOut(
      'copy (select n, pg_sleep(0.2) from generate_series(1, 600) n) to stdout',
    );
    const copied = new Promise((resolve) => {
      copy.stream.once('error', resolve);
      copy.stream.resume();
    });
    copy.stream.once('close', () => copy.release(true));
    const bulk = failure(
      database.transaction((transaction) => transaction.query(raw('select pg_sleep(60)')), 'bulk'),
    );
    await vi.waitFor(async () => expect(await countRunning()).toBe(2), 5_000);
    await server.freeze();
    const { tookMs, result } = await time(Promise.all([bulk, copied]));
    expect(tookMs).toBeLessThan(allMs);
    expect(result).toEqual(['08006', expect.objectContaining({ code: '08006' })]);
    expect((await time(database.close())).tookMs).toBeLessThan(3_000);
    await server.thaw();
    // Somebody asked for it to be given up.
    await vi.waitFor(async () => expect(await countRunning()).toBe(0), 10_000);
  }, 60_000);
});

describe('a database that is slow', () => {
  it('ends a statement that is past its deadline, there too, and goes on', async () => {
    const { database, states } = open();
    const { tookMs, result } = await time(failure(database.query(raw('select pg_sleep(30)'))));
    expect(result).toBe('57014');
    expect(tookMs).toBeLessThan(4_000);
    await vi.waitFor(async () => expect(await countRunning()).toBe(0), 5_000);
    expect(await failure(database.transaction((open) => open.query(raw('select pg_sleep(30)'))))).toBe(
      '57014',
    );
    expect(await database.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    expect(states).toEqual([]);
    await database.close();
  }, 30_000);

  it('waits for bulk work and for a long copy as long as the server answers', async () => {
    const { database } = open();
    const work = database.transaction((transaction) => transaction.query(raw('select pg_sleep(4)')), 'bulk');
    const copy = await database.copyOut(
      'copy (select n, pg_sleep(0.8) from generate_series(1, 5) n) to stdout',
    );
    let text = '';
    for await (const piece of copy.stream) text += String(piece);
    copy.release(false);
    expect(text.split('\n')).toHaveLength(6);
    await work;
    await database.close();
  }, 30_000);

  it('gives up waiting for a free connection', async () => {
    const { database } = open();
    let free: () => void = () => undefined;
    const kept = new Promise<void>((resolve) => (free = resolve));
    const holders = [1, 2, 3].map(() => database.transaction(() => kept));
    const { tookMs, result } = await time(failure(database.query(sql`select 1`)));
    expect(result).toBe('08006');
    expect(tookMs).toBeLessThan(4_000);
    free();
    await Promise.all(holders);
    await database.close();
  }, 30_000);
});

it('is not ready while the database cannot be written, and says so once', async () => {
  const { database, states } = open();
  const study = await createStudy(database);
  const service = await startTestService(database);
  const setReadOnly = async (value: string) => {
    await admin.query(raw(`alter database tributary set default_transaction_read_only = ${value}`));
    await admin.query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stopped'`,
    );
  };
  await setReadOnly('on');
  await vi.waitFor(async () => {
    const answer = await service.send({ url: '/readyz' });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      {
        status: 'not-ready',
        reason: 'database-read-only',
        postgres: expect.stringMatching(/^\d+\.\d+$/) as string,
      },
    ]);
  }, 5_000);
  for (let n = 0; n < 3; n++) expect(await failure(service.issueToken(study.projectID))).toBe('25006');
  await vi.waitFor(() => expect(states.at(-1)).toBe('read-only'), 5_000);
  await setReadOnly('off');
  await vi.waitFor(() => expect(states.slice(-2)).toEqual(['read-only', 'available']), 10_000);
  await vi.waitFor(async () => expect((await service.send({ url: '/readyz' })).statusCode).toBe(200), 5_000);
  expect(service.log.join('')).not.toContain('unexpected-error');
  await service.close();
  await database.close();
}, 60_000);
