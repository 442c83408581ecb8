import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/storage/database.ts';
import { CommandLine } from '../../src/main/commandLine.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { runCommand, type CommandResult } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let directory: string;
let environment: Record<string, string>;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tributary-commands-'));
  environment = { TRIBUTARY_DATABASE_URL: urlOf(test.target), TRIBUTARY_DATA_DIR: directory };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (...words: string[]) => runCommand(words, environment);

/** Runs a command that must succeed and gives what it printed. */
async function succeed(...words: string[]): Promise<string> {
  const result = await run(...words);
  expect(result, `${words.join(' ')}: ${result.stderr}`).toMatchObject({ code: 0 });
  return result.stdout;
}

async function json<Value>(...words: string[]): Promise<Value> {
  return JSON.parse(await succeed(...words, '--json')) as Value;
}

function expectFailure(result: CommandResult, code: number, message: RegExp): void {
  expect(result.code).toBe(code);
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/\n\s+at /);
}

const createProject = async () =>
  (await json<{ projectID: string }>('project', 'create', '--name', `Study ${randomUUID()}`)).projectID;

describe('every command', () => {
  const commands = [
    'serve',
    'migrate',
    'check-config',
    'project create',
    'project list',
    'project rename',
    'service-account create',
    'service-account list',
    'service-account add-key',
    'service-account revoke',
    'token',
    'participants import',
    'participants list',
    'participants erase',
    'audit list',
    'providers import',
    'providers list',
    'providers check',
    'providers find',
    'providers close',
    'providers open',
    'providers logo',
    'catalogue show',
    'catalogue import',
    'catalogue categories',
    'catalogue allow',
    'catalogue refuse',
    'catalogue feature',
    'accounts list',
    'accounts import',
    'accounts delete',
    'export data-scopes',
    'sample',
    'keys list',
    'keys generate',
    'keys rotate',
    'keys remove',
    'keys abandon',
  ];
  for (const command of commands)
    it(`${command} has help with an example, and knows --json`, async () => {
      const help = await succeed(...command.split(' '), '--help');
      expect(help).toMatch(/^Usage: tributary /);
      expect(help).toMatch(new RegExp(`Examples?:\n  .*tributary ${command}`));
      expect(help).toContain('--json');
    });

  it('is listed by --help', async () => {
    const help = await succeed('--help');
    for (const name of new Set(commands.map((command) => command.split(' ')[0])))
      expect(help).toContain(`  ${name}`);
  });

  it('exits with 2 for wrong usage and 1 for what cannot be done, on standard error', async () => {
    expectFailure(await run('acounts'), 2, /unknown command 'acounts'/);
    expectFailure(await run('accounts', 'list'), 2, /required option '--project <guid>'/);
    expectFailure(await run('accounts', 'list', '--project', 'abc'), 2, /must be a GUID/);
    expectFailure(
      await run('accounts', 'list', '--project', randomUUID(), '--limit', '0'),
      2,
      /whole number/,
    );
    expectFailure(
      await run('accounts', 'list', '--project', randomUUID(), '--nonsense'),
      2,
      /unknown option/,
    );
    expectFailure(
      await run('export', 'data-scopes', '--project', randomUUID(), '--format', 'xlsx'),
      2,
      /csv, json, ndjson/,
    );
    expectFailure(await run('accounts', 'list', '--project', randomUUID()), 1, /no project/);
  });

  it('says that a database cannot be reached', async () => {
    const result = await runCommand(['project', 'list'], {
      TRIBUTARY_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    });
    expectFailure(result, 1, /error: .*ECONNREFUSED/);
  });
});

describe('the progress bar', () => {
  it('appears on a terminal after two seconds, and nowhere else', async () => {
    const clock = createFakeClock();
    const printed = async (isTTY: boolean, afterMs: number) => {
      let text = '';
      const stream = Object.assign(
        new Writable({
          write(chunk, _encoding, done) {
            text += String(chunk);
            done();
          },
        }),
        { isTTY },
      );
      const line = new CommandLine({ environment: {}, stdout: stream, stderr: stream, clock });
      await line.withProgress('Rows read', (report) => {
        report(1, 10);
        clock.advance(afterMs);
        report(5, 10, '5 rows');
        clock.advance(200);
        return Promise.resolve();
      });
      return text;
    };
    expect(await printed(true, 2_001)).toMatch(/Rows read.*50% 5 rows/);
    expect(await printed(true, 1_799)).toBe('');
    expect(await printed(false, 2_001)).toBe('');
  });
});

describe('projects and service accounts', () => {
  it('are created, listed and refused twice', async () => {
    const projectID = randomUUID();
    const words = ['project', 'create', '--name', `Twice ${projectID}`, '--id', projectID.toUpperCase()];
    expect((await succeed(...words)).trim()).toBe(projectID);
    expectFailure(await run(...words), 1, /already/);
    expect(await succeed('project', 'list')).toContain(projectID);
    expect(await json<{ projectID: string }[]>('project', 'list')).toContainEqual(
      expect.objectContaining({ projectID }),
    );
  });

  it('make a key pair when none is given, readable by the owner only, and never replace a file', async () => {
    const project = await createProject();
    const made = await json<{ keyFile: string; thumbprints: string[] }>(
      'service-account',
      'create',
      '--project',
      project,
      '--name',
      'Commands.one',
    );
    expect((await stat(made.keyFile)).mode & 0o777).toBe(0o600);
    const key = await readFile(made.keyFile, 'utf8');
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const other = await createProject();
    await succeed('service-account', 'revoke', '--project', project, '--name', 'Commands.one');
    expectFailure(
      await run('service-account', 'create', '--project', other, '--name', 'Commands.one'),
      1,
      /taken|exists/,
    );
    expect(await readFile(made.keyFile, 'utf8')).toBe(key);
    expect(await succeed('service-account', 'list', '--project', project)).toMatch(/Commands\.one.*revoked/);
  });

  it('take public keys in files, a second one, and revoke one of them', async () => {
    const project = await createProject();
    const files = await Promise.all(
      ['first', 'second', 'third'].map(async (name) => {
        const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const file = join(directory, `${name}.pem`);
        await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
        return file;
      }),
    );
    const account = ['--project', project, '--name', 'Commands.keys'];
    const { thumbprints } = await json<{ thumbprints: string[] }>(
      'service-account',
      'create',
      ...account,
      '--public-key',
      files[0]!,
    );
    await succeed('service-account', 'add-key', ...account, '--public-key', files[1]!);
    expectFailure(
      await run('service-account', 'add-key', ...account, '--public-key', files[2]!),
      1,
      /two live keys/,
    );
    await succeed('service-account', 'revoke', ...account, '--key', thumbprints[0]!.slice(0, 10));
    await succeed('service-account', 'add-key', ...account, '--public-key', files[2]!);
    expectFailure(
      await run('service-account', 'create', '--project', project, '--name', 'X', '--public-key', '/nowhere'),
      1,
      /cannot be read/,
    );
  });

  it('say why no token is to be had', async () => {
    const file = join(directory, 'token.pem');
    await writeFile(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expectFailure(
      await run('token', '--key', file, '--account', 'A', '--url', 'http://127.0.0.1:1'),
      1,
      /Nothing answers/,
    );
    // A database that cannot be written, for one: the key is not to blame.
    const away = createServer((_request, response) => response.writeHead(503).end());
    await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(away.address() as AddressInfo).port}`;
    const refused = await run('token', '--key', file, '--account', 'A', '--url', url);
    away.close();
    expectFailure(refused, 1, /503.* cannot answer now; its \/readyz says why/);
    expect(refused.stderr).not.toMatch(/key/);
    await writeFile(file, 'no key');
    expectFailure(await run('token', '--key', file, '--account', 'A'), 1, /no private key/);
  });
});

describe('a study that moves in', () => {
  it('is exported, imported into another installation and exported again without a changed byte', async () => {
    const project = await createProject();
    const sample = await json<{ accounts: number }>(
      'sample',
      '--project',
      project,
      '--accounts',
      '700',
      '--seed',
      'move',
    );
    expect(sample.accounts).toBe(700);
    expectFailure(
      await run('sample', '--project', project, '--accounts', '5'),
      1,
      /already has participants/,
    );
    const elsewhere = await createTestDatabase();
    for (const format of ['csv', 'json', 'ndjson']) {
      const file = join(directory, `export.${format}`);
      await succeed('export', 'data-scopes', '--project', project, '--format', format, '--output', file);
      const bytes = await readFile(file);
      await writeFile(`${file}.gz`, gzipSync(bytes));
      const there = {
        ...environment,
        TRIBUTARY_DATABASE_URL: urlOf((format === 'csv' ? elsewhere : await createTestDatabase()).target),
      };
      const target = JSON.parse(
        (await runCommand(['project', 'create', '--name', 'Moved in', '--json'], there)).stdout,
      ) as { projectID: string };
      const imported = await runCommand(
        ['accounts', 'import', '--project', target.projectID, `${file}.gz`, '--json'],
        there,
      );
      expect(imported, imported.stderr).toMatchObject({ code: 0 });
      const again = await runCommand(
        ['export', 'data-scopes', '--project', target.projectID, '--format', format],
        there,
      );
      expect(sha256(again.stdout)).toBe(sha256(bytes));
      const twice = await runCommand(['accounts', 'import', '--project', target.projectID, file], there);
      expectFailure(twice, 1, /Nothing was imported/);
    }
  }, 60_000);

  it('gives every mistake of a file a line, a column and a reason, and nothing else happens', async () => {
    const project = await createProject();
    const file = join(directory, 'bad.csv');
    const header =
      'ExternalAccountID,ParticipantID,ParticipantIdentifier,Status,LastRefreshDate,ProviderID,ProviderName,ProviderCategory,ConnectionDate,ProviderUserID,DataScopes';
    await writeFile(
      file,
      [
        header,
        ',,SECRET-1,Done,,,Garmin,Device Manufacturer,2026-01-01T00:00:00,u1,',
        ',,SECRET-2,Error,,,Garmin,Gadget,yesterday,u2,',
      ].join('\n'),
    );
    const result = await run('accounts', 'import', '--project', project, file);
    expectFailure(result, 1, /line 2, Status: /);
    expect(result.stderr).toMatch(/line 3, ProviderCategory: /);
    expect(result.stderr).toMatch(/line 3, ConnectionDate: /);
    expect(result.stderr).not.toContain('SECRET');
    const rows = await test.database.query(sql`select from participants where project_id = ${project}`);
    expect(rows).toHaveLength(0);
    expectFailure(await run('accounts', 'import', '--project', project, '/nowhere.csv'), 1, /no such file/);
  });

  it('brings participants of its own', async () => {
    const project = await createProject();
    const file = join(directory, 'participants.csv');
    await writeFile(
      file,
      'ParticipantIdentifier,FirstName,ParticipantID\nP-1,Ann,063BCA09-3265-4AA9-B550-00010BC0B954\nP-2,Bo,\n',
    );
    await succeed('participants', 'import', '--project', project, file);
    await succeed('participants', 'import', '--project', project, file);
    const rows = await test.database.query<{ participant_identifier: string; participant_id: string }>(
      sql`select participant_identifier, participant_id from participants where project_id = ${project} order by 1`,
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]!.participant_id).toBe('063bca09-3265-4aa9-b550-00010bc0b954');
  });
});

describe('accounts and exports', () => {
  it('are listed with the filters of the API, deleted once, and exported to a file that is whole', async () => {
    const project = await createProject();
    await succeed('sample', '--project', project, '--accounts', '120', '--seed', 'list');
    const all = await json<{ externalAccounts: { id: number; status: string }[] }>(
      'accounts',
      'list',
      '--project',
      project,
      '--limit',
      '500',
    );
    expect(all.externalAccounts).toHaveLength(120);
    const broken = await json<typeof all>(
      'accounts',
      'list',
      '--project',
      project,
      '--statuses',
      'unauthorized,error',
    );
    expect(broken.externalAccounts.length).toBe(
      all.externalAccounts.filter(({ status }) => ['unauthorized', 'error'].includes(status)).length,
    );
    expect(await succeed('accounts', 'list', '--project', project, '--limit', '3')).toMatch(
      /PARTICIPANT.*\n(.*RIVER.*\n){3}/,
    );
    const { id } = all.externalAccounts[0]!;
    await succeed('accounts', 'delete', '--project', project, String(id));
    expectFailure(
      await run('accounts', 'delete', '--project', project, String(id)),
      1,
      /no external account/,
    );
    expectFailure(await run('accounts', 'delete', '--project', project, '1.5'), 2, /number of an account/);
    const file = join(directory, 'packed.csv.gz');
    await succeed('export', 'data-scopes', '--project', project, '--gzip', '--output', file);
    expect(gunzipSync(await readFile(file)).toString()).toBe(
      await succeed('export', 'data-scopes', '--project', project),
    );
    expectFailure(
      await run('export', 'data-scopes', '--project', project, '--output', '/nowhere/x.csv'),
      1,
      /no such file/,
    );
  });

  it('come with a catalogue that can be searched', async () => {
    expect(await succeed('providers', 'list', '--search', 'garm')).toMatch(
      /6327\s+Garmin\s+Device Manufacturer\s+no/,
    );
    expect(await json('providers', 'list', '--search', 'fitbit')).toMatchObject([
      { id: 564, enabled: false, successorID: 49369 },
    ]);
    const setUp = await runCommand(['providers', 'list', '--search', 'garm'], {
      ...environment,
      TRIBUTARY_PROVIDER_GARMIN_CLIENT_ID: 'id',
      TRIBUTARY_PROVIDER_GARMIN_CLIENT_SECRET: 'secret',
    });
    expect(setUp.stdout).toMatch(/6327\s+Garmin\s+Device Manufacturer\s+yes/);
  });
});

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
