import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainTrouble } from '../../src/main/explainTrouble.ts';
import { generateMasterKey } from '../../src/platform/sealing/masterKeys.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { raw, sql } from '../../src/platform/storage/database.ts';
import { judgeVersion } from '../../src/platform/storage/serverVersion.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { runCommand, type CommandResult } from '../harness/runCommand.ts';
import { createSelfSigned } from '../harness/selfSigned.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let url: string;
let directory: string;
let environment: Record<string, string>;
beforeAll(async () => {
  test = await createTestDatabase();
  url = urlOf(test.target);
  directory = await mkdtemp(join(tmpdir(), 'tributary-trouble-'));
  const keys = join(directory, 'master-keys');
  await writeFile(keys, generateMasterKey(systemRandom).line, { mode: 0o600 });
  environment = {
    TRIBUTARY_DATABASE_URL: url,
    TRIBUTARY_DATA_DIR: directory,
    TRIBUTARY_MASTER_KEYS_FILE: keys,
  };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const check = (changed: Record<string, string> = {}) =>
  runCommand(['check-config'], { ...environment, ...changed });

function expectSentence({ code, stderr }: CommandResult, sentence: RegExp): void {
  expect(code).toBe(1);
  expect(stderr).toMatch(sentence);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
}

/** The same address with another user or database. */
function changeUrl(part: 'user' | 'database', value: string): string {
  return part === 'user'
    ? url.replace(/:\/\/[^@/]*@/, `://${value}@`)
    : url.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${value}`);
}

/** A port that answers PostgreSQL's question for TLS (its protocol, section SSLRequest), and does what is said then. */
async function listen(answer: string, then: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer);
      then(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe('what is wrong with the database', () => {
  it('is that its server is not there, or its name unknown', async () => {
    const refused = 'postgresql://nobody:hunter2@127.0.0.1:1/none';
    expectSentence(
      await check({ TRIBUTARY_DATABASE_URL: refused }),
      /No database answers at 127\.0\.0\.1 port 1 \(ECONNREFUSED\).*TRIBUTARY_DATABASE_URL/,
    );
    const unknown = 'postgresql://nobody:hunter2@database.invalid/none';
    const result = await check({ TRIBUTARY_DATABASE_URL: unknown });
    expectSentence(result, /The host database\.invalid is unknown.*TRIBUTARY_DATABASE_URL/);
    expect(result.stderr).not.toContain('hunter2');
  });

  it('is that it does not know the user, or has no such database', async () => {
    expectSentence(
      await check({ TRIBUTARY_DATABASE_URL: changeUrl('user', 'stranger') }),
      /refuses who we are.*TRIBUTARY_DATABASE_URL/,
    );
    expectSentence(
      await check({ TRIBUTARY_DATABASE_URL: changeUrl('database', 'no_such_database') }),
      /The database is missing.*no_such_database.*TRIBUTARY_DATABASE_URL/,
    );
  });

  it('is that it speaks no TLS, or that nobody here vouches for its certificate', async () => {
    const plain = await listen('N', () => undefined);
    const withTls = (server: Server) => `postgresql://u@127.0.0.1:${portOf(server)}/t?sslmode=verify-full`;
    expectSentence(await check({ TRIBUTARY_DATABASE_URL: withTls(plain) }), /speaks no TLS: .*sslmode/);
    plain.close();
    const { key, certificate } = createSelfSigned(['localhost']);
    const secureContext = createSecureContext({ key, cert: certificate });
    const secure = await listen('S', (socket) => {
      new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined);
    });
    expectSentence(
      await check({ TRIBUTARY_DATABASE_URL: withTls(secure) }),
      /certificate of .* is not trusted here .*sslrootcert=FILE/,
    );
    const file = join(directory, 'authority.pem');
    await writeFile(file, certificate);
    expectSentence(
      await check({ TRIBUTARY_DATABASE_URL: `${withTls(secure)}&sslrootcert=${file}` }),
      /certificate of .* is for another host: write the name that the certificate has into TRIBUTARY_DATABASE_URL/,
    );
    secure.close();
    const missing = `postgresql://u@127.0.0.1:1/t?sslmode=verify-full&sslrootcert=${directory}/none.pem`;
    expectSentence(await check({ TRIBUTARY_DATABASE_URL: missing }), /no such file or folder: .*none\.pem/);
  });
});

describe('what is wrong with this machine', () => {
  it('is that a port is taken: which setting says it', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = String(portOf(taken));
    const serve = (settings: Record<string, string>) =>
      runCommand(['serve'], { ...environment, TRIBUTARY_LOG_LEVEL: 'error', ...settings });
    expectSentence(
      await serve({ TRIBUTARY_PORT: port }),
      new RegExp(`Port ${port} is taken .*set TRIBUTARY_PORT to another`),
    );
    expectSentence(
      await serve({ TRIBUTARY_PORT: '0', TRIBUTARY_METRICS_PORT: port }),
      new RegExp(`Port ${port} is taken .*set TRIBUTARY_METRICS_PORT to another`),
    );
    taken.close();
    expectSentence(
      await serve({ TRIBUTARY_PORT: '0', TRIBUTARY_HOST: '192.0.2.1' }),
      /TRIBUTARY_HOST is no address of this machine/,
    );
  });

  it.each([
    [{ code: 'ENOSPC', path: '/exports/a.csv' }, /disk is full \(\/exports\/a\.csv\)/],
    [{ code: 'EACCES', path: '/var/lib/t' }, /may not get at \/var\/lib\/t/],
    [{ code: 'EROFS', path: '/var/lib/t' }, /mounted read-only/],
    [{ code: 'EACCES', syscall: 'listen', port: 80 }, /may not listen on port 80/],
    [{ code: '53100' }, /database's disk is full/],
    [{ code: '28P01' }, /refuses who we are/],
    [{ code: 'CERT_HAS_EXPIRED' }, /not valid now/],
    [{ code: 'ETIMEDOUT', syscall: 'connect', address: '192.0.2.1', port: 5432 }, /192\.0\.2\.1 port 5432/],
  ])('is told of %j', (members, sentence) => {
    expect(explainTrouble(Object.assign(new Error('as it is'), members), {})).toMatch(sentence);
  });

  it('is unknown for what nobody expects, which has its stack', async () => {
    for (const code of ['ERR_INVALID_ARG_TYPE', '23505', '22P02', undefined])
      expect(explainTrouble(Object.assign(new Error('x'), { code }), {})).toBeUndefined();
    const broken = {
      ...systemClock,
      now: () => {
        throw new TypeError('the clock is broken');
      },
    };
    const { code, stderr } = await runCommand(['project', 'create', '--name', randomUUID()], environment, {
      clock: broken,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: unexpected failure\nTypeError: the clock is broken\n {4}at /);
  });

  it('is unknown for what the database refuses, whose words may hold rows', async () => {
    await test.database.query(
      raw(`
      create function refuse_project() returns trigger language plpgsql as $$
      begin raise exception 'somebody@example.org' using errcode = '22P02'; end $$`),
    );
    await test.database.query(
      raw(`
      create trigger refuse before insert on projects for each row execute function refuse_project()`),
    );
    const { code, stderr } = await runCommand(['project', 'create', '--name', randomUUID()], environment);
    await test.database.query(raw('drop trigger refuse on projects'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: unexpected failure\n.*\(22P02\)\.\n {4}at /);
    expect(stderr).not.toContain('somebody');
  });
});

describe('check-config', () => {
  it('says what it found of keys and database, and changes nothing', async () => {
    const count = sql`select count(*)::integer as rows from sealing_keys`;
    const before = await test.database.query(count);
    const { code, stdout } = await check();
    expect(code).toBe(0);
    expect(stdout).toMatch(/The key file .*master-keys has k-[a-z2-7]{8}\./);
    const [, version = ''] =
      /PostgreSQL (\d+\.\d+) answers, and has the schema of this release\./.exec(stdout) ?? [];
    const postgres = judgeVersion(version);
    const advice = `PostgreSQL ${postgres.newer} is out: update the server that TRIBUTARY_DATABASE_URL names`;
    expect(stdout.includes(advice)).toBe(postgres.newer !== undefined);
    expect(await test.database.query(count)).toEqual(before);
    const json = await runCommand(['check-config', '--json'], environment);
    expect(JSON.parse(json.stdout)).toMatchObject({
      TRIBUTARY_PORT: 8080,
      keys: expect.stringContaining('master-keys') as string,
      database: expect.stringContaining('answers') as string,
      postgres: JSON.parse(JSON.stringify(postgres)) as object,
      serviceLinks: [],
    });
  });

  it('names what it did not read because Kubernetes makes such names, and why', async () => {
    const { code, stdout } = await check({
      TRIBUTARY_PORT: 'tcp://10.96.1.2:8080',
      TRIBUTARY_SERVICE_HOST: '10.96.1.2',
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Not read as settings, .* Kubernetes .*: TRIBUTARY_PORT, TRIBUTARY_SERVICE_HOST\. .*enableServiceLinks: false/,
    );
  });

  it('fails with programs of PostgreSQL that are too old, in one sentence', async () => {
    const programs = await mkdtemp(join(directory, 'programs-'));
    await chmod(directory, 0o755);
    await chmod(programs, 0o755);
    await writeFile(join(programs, 'postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 14.9"\n', {
      mode: 0o755,
    });
    for (const words of [['check-config'], ['serve'], ['project', 'list']])
      expectSentence(
        await runCommand(words, {
          TRIBUTARY_DATA_DIR: join(directory, 'old'),
          TRIBUTARY_POSTGRES_DIR: programs,
        }),
        /is 14\.9, and Tributary needs 15 or newer: name another in TRIBUTARY_POSTGRES_DIR/,
      );
  });

  it('says that an embedded database is still to be made, and does not make it', async () => {
    const fresh = join(directory, 'fresh');
    const { code, stdout } = await runCommand(['check-config'], { TRIBUTARY_DATA_DIR: fresh });
    expect(code).toBe(0);
    expect(stdout).toMatch(/master-keys is made at the first start\./);
    expect(stdout).toMatch(/The embedded PostgreSQL \d+\.\d+ is made in .*fresh at the first start\./);
    expect(await readdir(directory)).not.toContain('fresh');
  });

  it('fails with keys that serve refuses', async () => {
    const open = join(directory, 'open-keys');
    await writeFile(open, generateMasterKey(systemRandom).line);
    await chmod(open, 0o644);
    expectSentence(await check({ TRIBUTARY_MASTER_KEYS_FILE: open }), /open-keys cannot be used: .*0600/);
    expectSentence(
      await runCommand(['check-config'], { TRIBUTARY_DATABASE_URL: url, TRIBUTARY_DATA_DIR: directory }),
      /needs keys of its own.*TRIBUTARY_MASTER_KEYS_FILE/,
    );
  });
});

describe('--version', () => {
  it('prints the version of the release', async () => {
    const { code, stdout } = await runCommand(['--version']);
    expect({ code, stdout: /^\d+\.\d+\.\d+\n$/.test(stdout) }).toEqual({ code: 0, stdout: true });
  });
});
