import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '../src/access/generateKeyPair.ts';
import { parsePublicKey } from '../src/access/publicKey.ts';
import { createServiceAccount } from '../src/access/serviceAccounts.ts';
import { requestToken } from '../src/main/requestToken.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { openDatabase, raw, type Database } from '../src/platform/storage/database.ts';
import { startEmbeddedPostgres } from '../src/platform/storage/embeddedPostgres.ts';
import { openCatalogue } from '../src/main/openCatalogue.ts';
import { prepareDatabase } from '../src/main/prepareDatabase.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { testMasterKeys } from '../test/harness/testVault.ts';
import { benchProject } from './fillDatabase.ts';

const root = join(import.meta.dirname, '..');

/** A PostgreSQL to measure on: the embedded one with its production settings, or the one a URL names. */
export interface BenchServer {
  /** URL of a database of it, for our process and for pgbench and psql. */
  urlOf(database: string): string;
  readonly version: string;
  stop(): Promise<void>;
}

export async function startServer(): Promise<BenchServer> {
  const given = process.env.TRIBUTARY_BENCH_DATABASE_URL;
  if (given !== undefined) {
    const urlOf = (name: string) => Object.assign(new URL(given), { pathname: `/${name}` }).href;
    return { urlOf, version: await readVersion(given), stop: () => Promise.resolve() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const owned = await startEmbeddedPostgres({
    dataDirectory: directory,
    purpose: 'the benchmark',
    clock: systemClock,
  });
  const { host, port, user } = owned.connection;
  const urlOf = (name: string) =>
    `postgresql://${user}@/${name}?host=${encodeURIComponent(host)}&port=${port}`;
  return {
    urlOf,
    version: `embedded ${await readVersion(urlOf(owned.connection.database))}`,
    stop: async () => {
      await owned.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readVersion(url: string): Promise<string> {
  const database = open(url);
  const [row] = await database.query<{ version: string }>(
    raw(`select 'PostgreSQL ' || current_setting('server_version') as version`),
  );
  await database.close();
  return row!.version;
}

export function open(url: string): Database {
  return openDatabase({ target: { url }, poolSizeMax: 4, applicationName: 'bench' });
}

/** A fresh migrated database of the server, under a name of its own. */
export async function createDatabase(server: BenchServer, name: string): Promise<Database> {
  const admin = open(
    server.urlOf(process.env.TRIBUTARY_BENCH_DATABASE_URL === undefined ? 'tributary' : 'postgres'),
  );
  await admin.query(raw(`drop database if exists ${name} with (force)`));
  await admin.query(raw(`create database ${name}`));
  await admin.close();
  const database = open(server.urlOf(name));
  await prepareDatabase(database, await openCatalogue({}), systemClock);
  return database;
}

/** The service as a process of its own, limits off, with a token for the benchmark's project. */
export interface BenchService {
  readonly url: string;
  readonly token: string;
  readonly process: ChildProcess;
  /** Resident memory now, and the peak since the last call of `resetPeak`, in bytes. */
  memory(): Promise<{ now: number; peak: number }>;
  resetPeak(): Promise<void>;
  stop(): Promise<void>;
}

/** @param folder of another checkout, whose service is started in place of this one */
export async function startService(
  databaseUrl: string,
  database: Database,
  folder = root,
): Promise<BenchService> {
  const child = spawnService(databaseUrl, folder);
  const url = await waitForUrl(child);
  const name = `Tributary.bench.${randomUUID()}`;
  const pair = await generateKeyPair();
  const publicKeys = [await parsePublicKey(pair.publicKey)];
  await database.transaction((transaction) =>
    createServiceAccount(transaction, {
      projectID: benchProject,
      name,
      publicKeys,
      random: systemRandom,
      actor: 'bench',
      now: systemClock.now(),
    }),
  );
  const token = await requestToken({
    privateKey: pair.privateKey.reveal(),
    account: name,
    url,
    clock: systemClock,
    random: systemRandom,
  });
  const status = async () => readFile(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = (text: string, field: string) =>
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) * 1024;
  return {
    url,
    token,
    process: child,
    memory: async () => {
      const text = await status();
      return { now: kilobytes(text, 'VmRSS'), peak: kilobytes(text, 'VmHWM') };
    },
    resetPeak: () => writeFile(`/proc/${child.pid}/clear_refs`, '5'),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function spawnService(databaseUrl: string, folder: string): ChildProcess {
  return spawn('node', ['src/main/command.ts', 'serve', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TRIBUTARY_DATABASE_URL: databaseUrl,
      TRIBUTARY_MASTER_KEYS: testMasterKeys,
      TRIBUTARY_PORT: '0',
      TRIBUTARY_LOG_LEVEL: 'warn',
      TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE: '0',
      TRIBUTARY_RATE_LIMIT_DELEGATED: '0',
      TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
    },
  });
}

function waitForUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /"url": "([^"]+)"/.exec(text);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}`)));
  });
}

/** A fresh database as the release of another checkout makes it: its service is started once and stopped. */
export async function createDatabaseOf(folder: string, server: BenchServer, name: string): Promise<Database> {
  const admin = open(
    server.urlOf(process.env.TRIBUTARY_BENCH_DATABASE_URL === undefined ? 'tributary' : 'postgres'),
  );
  await admin.query(raw(`drop database if exists ${name} with (force)`));
  await admin.query(raw(`create database ${name}`));
  await admin.close();
  const child = spawnService(server.urlOf(name), folder);
  await waitForUrl(child);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  return open(server.urlOf(name));
}
