import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyCatalogue } from '../../src/definitions/catalogue.ts';
import { readConfig } from '../../src/main/config.ts';
import { serve, type RunningService } from '../../src/main/serve.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { generateMasterKey } from '../../src/platform/sealing/masterKeys.ts';
import { openDatabase, raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { runCommand } from '../harness/runCommand.ts';
import { withDatabase } from '../harness/globalSetup.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What `tributary serve` does with this environment. */
async function start(environment: Record<string, string>): Promise<RunningService> {
  const config = readConfig({ TRIBUTARY_PORT: '0', TRIBUTARY_SHUTDOWN_TIMEOUT_MS: '100', ...environment });
  return serve({
    config,
    catalogue: emptyCatalogue,
    clock: systemClock,
    random: systemRandom,
    findDoor: () => {
      throw new Error('No provider is asked here');
    },
    log: createWatchedLog().log,
  });
}

/** The sentence with which a start is refused. A start that is not refused fails the test. */
async function refusalOf(environment: Record<string, string>): Promise<string> {
  const outcome = await start(environment).catch((error: unknown) => error as Error);
  if (outcome instanceof Error) return outcome.message;
  await outcome.stop('test');
  throw new Error('The service started');
}

let files = 0;
async function keyFile(text: string, mode = 0o600): Promise<string> {
  const path = join(folder, `keys-${++files}`);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

/** Rows of every table, and every table: what a start could have written. */
async function countEverything(database: Database): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ count: number }>(raw(`select count(*)::int as count from ${name}`));
    counts[name] = row!.count;
  }
  return counts;
}

describe('a service on a server', () => {
  let test: TestDatabase;
  let known: ReturnType<typeof generateMasterKey>;
  const other = generateMasterKey(systemRandom);
  beforeAll(async () => {
    test = await createTestDatabase();
    known = generateMasterKey(systemRandom);
    const service = await start({
      TRIBUTARY_DATABASE_URL: urlOf(test.target),
      TRIBUTARY_MASTER_KEYS_FILE: await keyFile(known.line),
    });
    await service.stop('test');
  });

  const secret = () => known.line.split(' ')[1]!;
  const zeros = Buffer.alloc(32).toString('base64url');
  const inFile = (text: () => string, mode?: number) => async () => ({
    TRIBUTARY_MASTER_KEYS_FILE: await keyFile(text(), mode),
  });
  const inSetting = (text: () => string) => () => Promise.resolve({ TRIBUTARY_MASTER_KEYS: text() });

  const refused: [string, () => Promise<Record<string, string>>, RegExp][] = [
    ['no key', () => Promise.resolve({}), /write what "tributary keys generate" prints into a file/],
    [
      'a file that is not there',
      () => Promise.resolve({ TRIBUTARY_MASTER_KEYS_FILE: join(folder, 'none') }),
      /TRIBUTARY_MASTER_KEYS_FILE names a file that cannot be read/,
    ],
    [
      'a directory',
      async () => {
        await mkdir(join(folder, 'directory'), { recursive: true, mode: 0o700 });
        return { TRIBUTARY_MASTER_KEYS_FILE: join(folder, 'directory') };
      },
      /TRIBUTARY_MASTER_KEYS_FILE cannot be used: .* is not a regular file/,
    ],
    ['a file that everybody can read', inFile(() => known.line, 0o644), /others can get at it \(mode 0644\)/],
    ['a file that its group can read', inFile(() => known.line, 0o640), /others can get at it \(mode 0640\)/],
    ['a file that others can write', inFile(() => known.line, 0o602), /others can get at it \(mode 0602\)/],
    [
      'a link to a file that everybody can read',
      async () => {
        const path = await keyFile(known.line, 0o604);
        await symlink(path, `${path}.link`);
        return { TRIBUTARY_MASTER_KEYS_FILE: `${path}.link` };
      },
      /others can get at it \(mode 0604\)/,
    ],
    ['an empty file', inFile(() => ''), /there is no key in it/],
    ['a file of remarks', inFile(() => '# keys'), /there is no key in it/],
    [
      'a short key',
      inFile(() => `${known.keyID} ${secret().slice(0, 22)}`),
      /line 1 has a key of 16 bytes; it must have 32/,
    ],
    ['garbage', inFile(() => '\u0000\u0001 ???'), /line 1 is not a key id and a key/],
    [
      'a placeholder',
      inFile(() => `${known.keyID} ${zeros}`),
      /line 1 has a placeholder in the place of a key/,
    ],
    [
      'the same key twice',
      inFile(() => `${known.line}\nk-again ${secret()}`),
      /line 2 repeats a key under another id/,
    ],
    ['everything at once', inFile(() => `k-a ${zeros}\nk-b x`, 0o644), /others can get at it/],
    [
      'several mistakes in a setting',
      inSetting(() => `k-a ${zeros}, k-b`),
      /placeholder.*; line 1 is not a key id and a key/,
    ],
    [
      'another key of the same name',
      inFile(() => `${known.keyID} ${other.line.split(' ')[1]}`),
      /the key called k-\S+ is not the one that the database knows by this name/,
    ],
    [
      'another key',
      inFile(() => other.line),
      /key k-\S+, which the database needs, is not there.*Put the right keys back from their backup/,
    ],
    [
      'a key service that is not there',
      () => Promise.resolve({ TRIBUTARY_KEY_SERVICE: join(folder, 'none.js') }),
      /the module does not load/,
    ],
    [
      'keys and a key service',
      () => Promise.resolve({ TRIBUTARY_KEY_SERVICE: 'x.js', TRIBUTARY_MASTER_KEYS: known.line }),
      /TRIBUTARY_MASTER_KEYS and TRIBUTARY_KEY_SERVICE are both set; keep one/,
    ],
  ];

  it.each(refused)('does not start with %s, and writes nothing', async (_what, environment, sentence) => {
    const before = await countEverything(test.database);
    const refusal = await refusalOf({ TRIBUTARY_DATABASE_URL: urlOf(test.target), ...(await environment()) });
    expect(refusal).toMatch(sentence);
    expect(refusal).not.toContain(secret());
    expect(refusal.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(await countEverything(test.database)).toEqual(before);
  });

  it('writes nothing into an empty database either, not even its schema', async () => {
    const name = `tributary_bare_${process.pid}`;
    await test.database.query(raw(`create database ${name}`));
    const target = withDatabase(test.target, name);
    const bare = openDatabase({ target, poolSizeMax: 1, applicationName: 'tests' });
    try {
      // Every other key is as good as any to a database that knows none.
      for (const [what, environment] of refused.filter(([title]) => !title.startsWith('another key')))
        expect(
          await refusalOf({ TRIBUTARY_DATABASE_URL: urlOf(target), ...(await environment()) }),
          what,
        ).toBeTruthy();
      expect(await countEverything(bare)).toEqual({});
    } finally {
      await bare.close();
      await test.database.query(raw(`drop database ${name} with (force)`));
    }
  });

  it('starts with the right key among others, from a file or a setting', async () => {
    for (const environment of [
      { TRIBUTARY_MASTER_KEYS_FILE: await keyFile(`${other.line}\n# the first one\n${known.line}\n`, 0o400) },
      { TRIBUTARY_MASTER_KEYS: `${known.line},${other.line}` },
    ])
      await (await start({ TRIBUTARY_DATABASE_URL: urlOf(test.target), ...environment })).stop('test');
    expect(await test.database.query(sql`select key_id from sealing_keys where active`)).toEqual([
      { key_id: known.keyID },
    ]);
    expect(await test.database.query(sql`select from key_holders`)).toEqual([]);
  });

  it('ends as a command with exit code 1 and one sentence', async () => {
    const result = await runCommand(['serve'], { TRIBUTARY_DATABASE_URL: urlOf(test.target) });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(
      /^error: With a database server the service needs keys of its own[^\n]*\n$/,
    );
  });
});

describe('a service on its embedded database', () => {
  let directory: string;
  let file: string;
  const environment = () => ({ TRIBUTARY_DATA_DIR: directory });
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  beforeAll(async () => {
    directory = join(await mkdtemp(join(folder, 'data-')), 'var');
    file = join(directory, 'keys', 'master-keys');
  });

  const readKeys = ({ installation }: RunningService) =>
    installation.database.query<{ key_id: string; active: boolean }>(
      sql`select key_id, active from sealing_keys order by created_at`,
    );

  it('makes its key at the first start, for itself alone, and uses it at the next', async () => {
    const first = await start(environment());
    const keys = await readKeys(first);
    expect(keys).toEqual([{ key_id: expect.stringMatching(/^k-[a-z2-7]{8}$/) as string, active: true }]);
    await first.stop('test');
    expect(await modeOf(file)).toBe(0o600);
    expect(await modeOf(join(directory, 'keys'))).toBe(0o700);
    const text = await readFile(file, 'utf8');
    const second = await start(environment());
    expect(await readKeys(second)).toEqual(keys);
    await second.stop('test');
    expect(await readFile(file, 'utf8')).toBe(text);
  }, 60_000);

  it('does not start when the file is gone or is another, says what is lost, and makes no new one', async () => {
    const text = await readFile(file, 'utf8');
    await unlink(file);
    const gone = await refusalOf(environment());
    expect(gone).toMatch(
      /^The key file \S+master-keys is gone: key k-\S+, which the database needs, is not there/,
    );
    expect(gone).toMatch(/stored tokens cannot be opened, and participants would have to connect again/);
    expect(gone).toMatch(/from their backup.*nothing was changed/);
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    await writeFile(file, `${generateMasterKey(systemRandom).line}\n`, { mode: 0o600 });
    expect(await refusalOf(environment())).toMatch(/does not fit this database/);
    await writeFile(file, text);
    await chmod(file, 0o644);
    expect(await refusalOf(environment())).toMatch(/others can get at it/);
    await chmod(file, 0o600);
    const service = await start(environment());
    expect(await readKeys(service)).toHaveLength(1);
    const [trail] = await service.installation.database.query<{ count: number }>(
      sql`select count(*)::int as count from audit_entries where action like 'sealing-key.%'`,
    );
    expect(trail).toEqual({ count: 2 });
    await service.stop('test');
  }, 60_000);

  it('takes keys from the setting as well', async () => {
    const text = await readFile(file, 'utf8');
    const line = text.split('\n').find((candidate) => candidate.startsWith('k-'));
    await unlink(file);
    const service = await start({ ...environment(), TRIBUTARY_MASTER_KEYS: line! });
    expect(await readKeys(service)).toHaveLength(1);
    await service.stop('test');
    await writeFile(file, text, { mode: 0o600 });
  }, 60_000);

  it('starts anew with a new key when the old one was given up, and not before somebody means it', async () => {
    const before = await start(environment());
    const [old] = await readKeys(before);
    await before.stop('test');
    const abandon = (...words: string[]) =>
      runCommand(['keys', 'abandon', old!.key_id, ...words], environment());
    expect((await abandon('--yes')).stderr).toMatch(/is not lost/);
    await unlink(file);
    expect((await abandon()).stderr).toMatch(/cannot be undone.*--yes/);
    expect(await refusalOf(environment())).toMatch(/is gone/);
    expect(await abandon('--yes')).toMatchObject({ code: 0 });
    const service = await start(environment());
    const keys = await readKeys(service);
    expect(keys).toEqual([
      { key_id: old!.key_id, active: false },
      { key_id: expect.stringMatching(/^k-/) as string, active: true },
    ]);
    expect(await modeOf(file)).toBe(0o600);
    await service.stop('test');
  }, 60_000);
});
