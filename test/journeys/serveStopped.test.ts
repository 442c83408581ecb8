// On one PostgreSQL: it stops its own.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';
import { startStoppableServer, type StoppableServer } from '../harness/stoppableServer.ts';
import { urlOf } from '../harness/testDatabase.ts';
import { testMasterKeys } from '../harness/testVault.ts';

const metricsPort = 20_000 + Math.floor(Math.random() * 20_000);
let server: StoppableServer;
let service: ServiceProcess;
let directory: string;

beforeAll(async () => {
  server = await startStoppableServer();
  directory = await mkdtemp(join(tmpdir(), 'tributary-stopped-'));
  service = await startServiceProcess([], {
    TRIBUTARY_DATABASE_URL: urlOf(server.connection),
    TRIBUTARY_DATA_DIR: directory,
    TRIBUTARY_MASTER_KEYS: testMasterKeys,
    TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
    TRIBUTARY_METRICS_PORT: String(metricsPort),
  });
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

async function ask(path: string, headers: Record<string, string> = {}) {
  const began = performance.now();
  const answer = await fetch(`${service.url}${path}`, { headers, signal: AbortSignal.timeout(30_000) });
  return { status: answer.status, text: await answer.text(), tookMs: performance.now() - began };
}

const events = (name: string) =>
  service
    .log()
    .split('\n')
    .filter((line) => line.includes(`"${name}"`));

async function readGauge(name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  const text = await answer.text();
  return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1]);
}

it('goes on through a database that is stopped and continued, and says each once', async () => {
  expect(await ask('/readyz')).toMatchObject({ status: 200 });
  expect(await readGauge('tributary_database_available')).toBe(1);
  // What was found out is remembered for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));

  await server.freeze();
  const authorization = `Bearer trb_${'a'.repeat(43)}`;
  const accounts = `/api/v1/administration/projects/${randomUUID()}/externalAccounts`;
  // On their way when it is found out: each has a statement that nobody answers.
  const asking = Promise.all(Array.from({ length: 20 }, () => ask(accounts, { authorization })));
  const readiness = await ask('/readyz');
  expect(readiness.status).toBe(503);
  expect(JSON.parse(readiness.text)).toEqual({ status: 'not-ready', reason: 'database-unreachable' });
  expect(readiness.tookMs).toBeLessThan(2_000);
  for (const { status, tookMs } of await asking) {
    expect(status).toBe(503);
    expect(tookMs).toBeLessThan(25_000);
  }
  await vi.waitFor(() => expect(events('database-lost')).toHaveLength(1), 20_000);
  // Some rounds of all chores: they wait for nothing, and say nothing each time.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  expect(events('database-lost')).toHaveLength(1);
  expect(events('database-back')).toHaveLength(0);
  expect(service.log()).not.toContain('unexpected-error');
  expect(await readGauge('tributary_database_available')).toBe(0);
  expect(await readGauge('tributary_database_connections{state="waiting"}')).toBe(0);
  const again = await ask('/readyz');
  expect(again).toMatchObject({ status: 503 });
  expect(again.tookMs).toBeLessThan(2_000);
  expect(await ask('/healthz')).toMatchObject({ status: 200 });

  await server.thaw();
  await vi.waitFor(async () => expect(await ask('/readyz')).toMatchObject({ status: 200 }), 15_000);
  await vi.waitFor(() => expect(events('database-back')).toHaveLength(1), 5_000);
  expect(await readGauge('tributary_database_available')).toBe(1);
  // Chores included: what is under way now is little, and over soon.
  await vi.waitFor(
    async () => expect(await readGauge('tributary_database_connections{state="waiting"}')).toBe(0),
    5_000,
  );
  expect(events('database-lost')).toHaveLength(1);
  expect(service.log()).not.toContain('unexpected-error');
  expect(await endProcess(service.child, 'SIGTERM')).toBe(0);
}, 180_000);
