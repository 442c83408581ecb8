// On one PostgreSQL: processes, ports and signals are what it is about.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { openInstallation } from '../../src/main/openInstallation.ts';
import { raw } from '../../src/platform/storage/database.ts';
import { judgeVersion } from '../../src/platform/storage/serverVersion.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';
import { createStudy } from '../builders/study.ts';
import { runCommand, spawnCommand, startCommand } from '../harness/runCommand.ts';
import { endProcess, startServiceProcess } from '../harness/serviceProcess.ts';

describe('the service on its embedded database, as npm start runs it', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-journey-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('goes from nothing to a CSV, survives kill -9, and lets the command line in while it runs', async () => {
    const environment = { TRIBUTARY_DATA_DIR: directory };
    const first = await startServiceProcess(['--with-sample'], environment);
    expect(first.projectID).toMatch(/^[0-9a-f-]{36}$/);
    const tokenWords = [
      'token',
      '--key',
      first.keyFile!,
      '--account',
      first.serviceAccount!,
      '--url',
      first.url,
    ];
    const token = (await runCommand(tokenWords, environment)).stdout.trim();
    const project = `${first.url}/api/v1/administration/projects/${first.projectID}`;
    const headers = { authorization: `Bearer ${token}` };
    const page = (await (await fetch(`${project}/externalAccounts?limit=3`, { headers })).json()) as {
      externalAccounts: { participantID: string }[];
    };
    expect(page.externalAccounts).toHaveLength(3);
    await askAsParticipant(first, tokenWords, page.externalAccounts[0]!.participantID);
    const csv = await (await fetch(`${project}/exports/data-scopes`, { headers })).text();
    expect(csv.split('\n').length).toBeGreaterThan(300);
    const viaCommand = await spawnCommand(
      ['export', 'data-scopes', '--project', first.projectID!],
      environment,
    );
    expect(viaCommand).toMatchObject({ code: 0, stdout: csv });

    const second = await spawnCommand(['serve'], { ...environment, TRIBUTARY_PORT: '0' });
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/in use/);

    await endProcess(first.child, 'SIGKILL');
    const again = await startServiceProcess(['--with-sample'], environment);
    expect(again.projectID).toBe(first.projectID);
    const newToken = (await runCommand([...tokenWords.slice(0, -1), again.url], environment)).stdout.trim();
    const sameCsv = await fetch(
      `${again.url}/api/v1/administration/projects/${first.projectID}/exports/data-scopes`,
      {
        headers: { authorization: `Bearer ${newToken}` },
      },
    );
    expect(await sameCsv.text()).toBe(csv);
    expect(await endProcess(again.child, 'SIGTERM')).toBe(0);

    // Nobody serves now: the command starts the database for itself.
    const alone = await spawnCommand(['export', 'data-scopes', '--project', first.projectID!], environment);
    expect(alone).toMatchObject({ code: 0, stdout: csv });
  }, 120_000);
});

/** As a page does it, with a token from the command line. */
async function askAsParticipant(
  service: { readonly url: string; readonly projectID?: string },
  tokenWords: readonly string[],
  participantID: string,
): Promise<void> {
  const { url, projectID } = service;
  const command = await runCommand([...tokenWords, '--participant', participantID.toUpperCase()]);
  expect(command).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^trp_[\w-]{43}\n$/) as unknown,
    stderr: '',
  });
  const headers = { authorization: `Bearer ${command.stdout.trim()}` };
  const answer = await fetch(`${url}/api/v1/delegated/participant`, { headers });
  expect(await answer.json()).toMatchObject({ participantID, projectID });
  const unknown = await runCommand([...tokenWords, '--participant', randomUUID()]);
  expect([unknown.code, unknown.stdout]).toEqual([1, '']);
  expect(unknown.stderr).toContain('invalid_grant): The project has no such participant. Check the ID');
}

describe('the service on a server', () => {
  let test: TestDatabase;
  /** All that a service on a server needs. */
  let onServer: { readonly TRIBUTARY_DATABASE_URL: string; readonly TRIBUTARY_MASTER_KEYS: string };
  beforeAll(async () => {
    test = await createTestDatabase();
    onServer = {
      TRIBUTARY_DATABASE_URL: urlOf(test.target),
      TRIBUTARY_MASTER_KEYS: `test ${randomBytes(32).toString('base64url')}`,
    };
  });

  it('tells its health, readiness and metrics, and not-ready when the schema is another', async () => {
    const metricsPort = 20_000 + Math.floor(Math.random() * 20_000);
    const service = await startServiceProcess([], {
      ...onServer,
      TRIBUTARY_METRICS_PORT: String(metricsPort),
    });
    try {
      expect(await (await fetch(`${service.url}/healthz`)).json()).toEqual({ status: 'ok' });
      expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({
        status: 'ready',
        postgres: expect.stringMatching(/^\d+\.\d+$/) as string,
      });
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).toMatch(/tributary_http_requests_total\{operation="getReadiness",status="200"\} 1/);
      expect(metrics).toContain('# TYPE tributary_external_accounts gauge');
      expect(metrics).toContain('# TYPE tributary_connect_journeys gauge');
      expect(metrics).toContain('# TYPE tributary_revocations_queued gauge');
      expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
      await test.database.query(raw(`alter table schema_migrations rename to hidden_migrations`));
      // The answer is remembered for a second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const unready = await fetch(`${service.url}/readyz`);
      expect(unready.status).toBe(503);
      expect(await unready.json()).toEqual({
        status: 'not-ready',
        reason: 'schema-not-current',
        postgres: expect.stringMatching(/^\d+\.\d+$/) as string,
      });
      await test.database.query(raw(`alter table hidden_migrations rename to schema_migrations`));
    } finally {
      expect(await endProcess(service.child, 'SIGTERM')).toBe(0);
    }
  });

  it('lets a request in flight finish when it is told to stop, and cuts it off when it takes too long', async () => {
    const study = await createStudy(test.database);
    await test.database.query(
      raw(`
      insert into participants (project_id, participant_id, participant_identifier)
      select '${study.projectID}', gen_random_uuid(), 'L-' || n from generate_series(1, 60000) n`),
    );
    await test.database.query(
      raw(`
      insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
      select project_id, participant_id, 6327, 'Device Manufacturer', 'fetchingData', now()
        from participants where project_id = '${study.projectID}'`),
    );
    for (const [timeoutMs, finishes] of [
      [20_000, true],
      [300, false],
    ] as const) {
      const environment = {
        ...onServer,
        TRIBUTARY_SHUTDOWN_TIMEOUT_MS: String(timeoutMs),
      };
      const service = await startServiceProcess([], environment);
      const name = `Tributary.stop.${timeoutMs}`;
      const directory = await mkdtemp(join(tmpdir(), 'tributary-stop-'));
      const keys = { ...environment, TRIBUTARY_DATA_DIR: directory };
      const made = await runCommand(
        ['service-account', 'create', '--project', study.projectID, '--name', name, '--json'],
        keys,
      );
      const { keyFile } = JSON.parse(made.stdout) as { keyFile: string };
      const token = (
        await runCommand(['token', '--key', keyFile, '--account', name, '--url', service.url], keys)
      ).stdout.trim();
      const request = get(
        `${service.url}/api/v1/administration/projects/${study.projectID}/exports/data-scopes`,
        {
          headers: { authorization: `Bearer ${token}` },
          agent: false,
        },
      );
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      const exited = once(service.child, 'exit');
      service.child.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, finishes ? 500 : 1_500));
      let lines = 0;
      const received = (async () => {
        for await (const chunk of response) lines += String(chunk).split('\n').length - 1;
      })();
      if (finishes) {
        await received;
        expect(lines).toBe(60_001);
      } else await expect(received).rejects.toThrow(/aborted|ECONNRESET/);
      const [code] = (await exited) as [number];
      expect(code).toBe(0);
      await rm(directory, { recursive: true });
    }
  }, 60_000);

  it('refuses to start with a wrong configuration, naming every mistake', async () => {
    const { code, stderr } = await spawnCommand(['serve'], {
      TRIBUTARY_PORT: 'eighty',
      TRIBUTARY_HOSTS: 'x',
      TRIBUTARY_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/TRIBUTARY_PORT must be a whole number from 0 to 65535, not "eighty"/);
    expect(stderr).toMatch(/TRIBUTARY_LOG_LEVEL must be one of debug, info, warn, error/);
    expect(stderr).toMatch(/TRIBUTARY_HOSTS is not a setting; did you mean TRIBUTARY_HOST\?/);
  });

  it('waits for a command that has the data directory, and starts then', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tributary-wait-'));
    const environment = { TRIBUTARY_DATA_DIR: directory };
    const command = await openInstallation({
      config: readConfig(environment),
      clock: systemClock,
      purpose: 'tributary project list',
      as: 'guest',
    });
    const serving = startCommand(['serve', '--json'], { TRIBUTARY_PORT: '0', ...environment });
    let told = '';
    serving.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await vi.waitFor(() => expect(told).toContain('waiting for "tributary project list"'), 60_000);
    await command.close();
    await vi.waitFor(() => expect(told).toContain('"service-started"'), 60_000);
    const { postgres } = JSON.parse(/^.*"service-started".*$/m.exec(told)?.[0] ?? '{}') as {
      postgres: string;
    };
    const { newer } = judgeVersion(postgres);
    const warnings = told.split('\n').filter((text) => text.includes('postgres-outdated'));
    expect(warnings.map((text) => JSON.parse(text) as unknown)).toEqual(
      newer === undefined
        ? []
        : [
            expect.objectContaining({
              level: 'warn',
              version: postgres,
              newer,
              remedy: expect.stringContaining('TRIBUTARY_POSTGRES_DIR') as string,
            }),
          ],
    );
    expect(await endProcess(serving, 'SIGTERM')).toBe(0);
    await rm(directory, { recursive: true, force: true });
  }, 150_000);

  it('ends when it cannot do all that it was told, instead of living on half', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const metrics = await spawnCommand(['serve'], {
      ...onServer,
      TRIBUTARY_PORT: '0',
      TRIBUTARY_METRICS_PORT: String(port),
    });
    expect(metrics).toMatchObject({ code: 1 });
    expect(metrics.stderr).toMatch(/^error: Port \d+ is taken by another process: .*TRIBUTARY_METRICS_PORT/m);
    const api = await spawnCommand(['serve'], { ...onServer, TRIBUTARY_PORT: String(port) });
    expect(api).toMatchObject({ code: 1 });
    taken.close();
  });

  it('stops in time although a request waits in the database', async () => {
    const service = await startServiceProcess([], {
      ...onServer,
      TRIBUTARY_SHUTDOWN_TIMEOUT_MS: '300',
    });
    await test.database.transaction(async (transaction) => {
      await transaction.query(raw('lock table schema_migrations in access exclusive mode'));
      const waiting = fetch(`${service.url}/readyz`).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await endProcess(service.child, 'SIGTERM')).toBe(0);
      await waiting;
    });
  });

  it('refuses proxies that are no addresses', async () => {
    const { code, stderr } = await runCommand(['check-config'], {
      TRIBUTARY_TRUSTED_PROXIES: '127.0.0.1,foo',
      TRIBUTARY_PUBLIC_URL: 'http://[',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/TRIBUTARY_TRUSTED_PROXIES must hold addresses or networks, not "foo"/);
    expect(stderr).toMatch(/TRIBUTARY_PUBLIC_URL must be/);
  });

  it('refuses a public URL that would carry tokens in clear', async () => {
    const { code, stderr } = await runCommand(['check-config'], {
      TRIBUTARY_PUBLIC_URL: 'http://accounts.example.org',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/https/);
  });
});
