import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { judgeVersion } from '../../src/platform/storage/serverVersion.ts';
import { runCommand, startCommand } from '../harness/runCommand.ts';
import { endProcess } from '../harness/serviceProcess.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';
import { startTestService } from '../harness/testService.ts';

const root = join(import.meta.dirname, '../..');
let test: TestDatabase;
let directory: string;
let environment: Record<string, string>;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tributary-environment-'));
  environment = { TRIBUTARY_DATABASE_URL: urlOf(test.target), TRIBUTARY_DATA_DIR: directory };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('what surrounds the service', () => {
  it('may hold what Kubernetes makes of services that are called like it', async () => {
    const { code, stdout, stderr } = await runCommand(['project', 'list', '--json'], {
      ...environment,
      TRIBUTARY_PORT: 'tcp://10.96.1.2:8080',
      TRIBUTARY_SERVICE_HOST: '10.96.1.2',
      TRIBUTARY_SERVICE_PORT: '8080',
      TRIBUTARY_SERVICE_PORT_HTTP: '8080',
      TRIBUTARY_PORT_8080_TCP: 'tcp://10.96.1.2:8080',
      TRIBUTARY_PORT_8080_TCP_ADDR: '10.96.1.2',
      TRIBUTARY_METRICS_PORT: 'tcp://10.96.1.3:9464',
      TRIBUTARY_PROVIDER_SERVICE_HOST: '10.96.1.4',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('may hold them beside a trial, which says what it left out, and of an old PostgreSQL what to do', async () => {
    const place = await mkdtemp(join(directory, 'trial-'));
    const child = startCommand(['serve', '--with-sample'], {
      TRIBUTARY_DATA_DIR: place,
      TRIBUTARY_PORT: 'tcp://10.96.1.2:8080',
      TRIBUTARY_METRICS_PORT: '0',
      TRIBUTARY_HOST: '127.0.0.9',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await vi.waitFor(() => expect(stdout, stderr).toContain('Ctrl-C stops'), 60_000);
    const events = stderr.split('\n').filter((line) => line.startsWith('{'));
    const find = (name: string) =>
      events.map((line) => JSON.parse(line) as { event: string }).filter(({ event }) => event === name);
    expect(find('settings-ignored')).toEqual([
      expect.objectContaining({ names: 'TRIBUTARY_PORT', reason: 'service-links' }),
    ]);
    const [started] = find('service-started') as unknown as { port: number; postgres: string }[];
    expect(started!.port).toBe(8080);
    // Nothing to lose yet: a sentence beside the addresses instead of a warning.
    expect(find('postgres-outdated')).toEqual([]);
    const { newer } = judgeVersion(started!.postgres);
    if (newer !== undefined)
      expect(stdout).toContain(`PostgreSQL ${started!.postgres} runs here, and ${newer} is out: for a study`);
    expect(await endProcess(child, 'SIGTERM')).toBe(0);
  }, 120_000);

  it('may be a .env with a byte order mark, whose first setting counts', async () => {
    const name = `Study ${randomUUID()}`;
    const created = await runCommand(['project', 'create', '--name', name], environment);
    expect(created.code).toBe(0);
    const file = join(directory, 'marked.env');
    const lines = Object.entries(environment).map(([setting, value]) => `${setting}=${value}\r\n`);
    await writeFile(file, `\ufeff${lines.join('')}`);
    const listed = spawnSync(
      process.execPath,
      [`--env-file=${file}`, join(root, 'src/main/command.ts'), 'project', 'list'],
      { env: { PATH: process.env.PATH }, encoding: 'utf8' },
    );
    expect(listed.stderr).toBe('');
    expect(listed.stdout).toContain(name);
  });

  it('may be a user without a name: the trail has the number', (context) => {
    const uid = 123_456;
    const asked = `import { CommandLine } from ${JSON.stringify(join(root, 'src/main/commandLine.ts'))};
      const { stdout, stderr } = process;
      console.log(new CommandLine({ environment: {}, stdout, stderr }).actor);`;
    const ask = (user: { uid?: number; gid?: number }) =>
      spawnSync(process.execPath, ['--input-type=module', '--eval', asked], { ...user, encoding: 'utf8' });
    expect(ask({}).stdout).toMatch(/^command-line:[^\s]+\n$/);
    // Only root can become somebody else, and only somebody who may read the sources can run them.
    const user = { uid, gid: 0 };
    const readable = spawnSync('test', ['-r', join(root, 'src/main/commandLine.ts')], user).status === 0;
    if (process.geteuid?.() !== 0 || !readable)
      context.skip('needs root, and sources that everybody may read');
    expect(ask(user).stdout).toBe(`command-line:uid-${uid}\n`);
  });
});

describe('a file that is given', () => {
  it('is refused when it is a pipe that nobody may ever write to, whatever it is for', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const project = randomUUID();
    const uses = [
      ['participants', 'import', '--project', project, pipe],
      ['accounts', 'import', '--project', project, pipe],
      ['catalogue', 'import', '--project', project, pipe],
      ['providers', 'import', '--format', 'brands', pipe],
      ['providers', 'logo', '6327', pipe],
      ['service-account', 'add-key', '--project', project, '--name', 'A.b', '--public-key', pipe],
      ['token', '--key', pipe, '--account', 'A.b'],
    ];
    for (const words of uses) {
      const { code, stderr } = await runCommand(words, environment);
      expect({ code, stderr }, words.join(' ')).toEqual({
        code: 1,
        stderr: `error: ${pipe} is not a regular file: write what it should hold into a file, and name that.\n`,
      });
    }
  });
});

describe('a proxy that writes the port of each connection', () => {
  it('leaves the limit of an address as it is', async () => {
    const service = await startTestService(test.database, {
      environment: { TRIBUTARY_TRUSTED_PROXIES: '127.0.0.1', TRIBUTARY_RATE_LIMIT_ADDRESS: '3' },
    });
    const statuses: number[] = [];
    for (let port = 50_001; port <= 50_006; port++) {
      const answer = await service.send({
        method: 'POST',
        url: '/identityserver/connect/token',
        headers: {
          'x-forwarded-for': `198.51.100.7:${port}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: 'grant_type=x',
      });
      statuses.push(answer.statusCode);
    }
    await service.close();
    expect(statuses).toEqual([400, 400, 400, 429, 429, 429]);
  });
});
