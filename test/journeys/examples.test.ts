// On one PostgreSQL: what other languages read is what it is about.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/access/generateKeyPair.ts';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { createServiceAccount } from '../../src/access/serviceAccounts.ts';
import type { ExternalAccountPage } from '../../src/contract/page.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

const run = promisify(execFile);
const examples = join(import.meta.dirname, '../../examples');
/** Three pages: two full ones and a rest. */
const accounts = 250;
const serviceAccount = 'Tributary.examples';
const statuses = ['fetchComplete', 'error', 'unauthorized', 'fetchingData'] as const;

/** A machine may lack what an example needs: the example is then not run, and the reason is printed. */
const missing = {
  sh: whyNot('curl', ['--version'], 'curl'),
  py: whyNot('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'], 'Python 3.8 or newer'),
  R: whyNot(
    'Rscript',
    ['-e', 'for (name in c("httr2", "jsonlite")) loadNamespace(name)'],
    'R with the packages httr2 and jsonlite',
  ),
};

let database: Database;
let service: TestService;
let study: Study;
let directory: string;
let environment: Record<string, string>;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database);
  await service.app.listen({ port: 0, host: '127.0.0.1' });
  study = await createStudy(database);
  for (let place = 0; place < accounts; place++) {
    const providerID = place % 5 === 0 ? 45417 : 6327;
    await study.addAccount({ providerID, status: statuses[place % statuses.length]! });
  }
  // Of another project: must never be listed.
  await (await createStudy(database)).addAccount();

  directory = await mkdtemp(join(tmpdir(), 'tributary-examples-'));
  const keyFile = join(directory, 'key.pem');
  await writeFile(keyFile, await createClient(), { mode: 0o600 });
  const { port } = service.app.server.address() as AddressInfo;
  environment = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    BASE: `http://127.0.0.1:${port}`,
    PROJECT: study.projectID,
    TOKEN: await service.issueToken(study.projectID),
    ACCOUNT: serviceAccount,
    KEY: keyFile,
    // The test service is known by another URL than the one it is called at.
    AUDIENCE: `${publicUrl}/identityserver/connect/token`,
  };
});
afterAll(async () => {
  await service.close();
  await rm(directory, { recursive: true, force: true });
});

/** Gives the private key of a new service account of the study. */
async function createClient(): Promise<string> {
  const pair = await generateKeyPair();
  const publicKey = await parsePublicKey(pair.publicKey);
  await database.transaction((transaction) =>
    createServiceAccount(transaction, {
      projectID: study.projectID,
      name: serviceAccount,
      publicKeys: [publicKey],
      random: systemRandom,
      actor: 'command-line:test',
      now: Date.parse('2026-06-01T00:00:00Z'),
    }),
  );
  return pair.privateKey.reveal();
}

/** Undefined when the command succeeds; otherwise why the example that needs it is skipped, which is printed. */
function whyNot(program: string, words: readonly string[], what: string): string | undefined {
  const { status } = spawnSync(program, words, { stdio: 'ignore' });
  if (status === 0) return undefined;
  console.warn(`SKIPPED, NOT PROVEN: the example that needs ${what}, which this machine does not have.`);
  return what;
}

function start(program: string, words: readonly string[], changed: Record<string, string> = {}) {
  return run(program, words, { env: { ...environment, ...changed }, maxBuffer: 16 * 1024 * 1024 });
}

/** Numbers of the study's accounts, of the given status where one is given, in the order of the pages. */
async function storedIDs(status?: string): Promise<number[]> {
  const rows = await database.query<{ account_id: number }>(sql`
    select account_id from external_accounts
     where project_id = ${study.projectID} and status::text = coalesce(${status ?? null}, status::text)
     order by account_id`);
  return rows.map((row) => row.account_id);
}

/** Numbers in the first column of what an example printed. */
function firstColumn(output: string): number[] {
  return output
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.split('\t', 1)[0]));
}

describe('the examples list all accounts of a project and no other', () => {
  it.skipIf(missing.sh !== undefined)('with a shell and curl', async () => {
    const script = join(examples, 'listAccounts.sh');
    const listIDs = async (...filters: string[]) =>
      (await start('sh', [script, ...filters])).stdout
        .trimEnd()
        .split('\n')
        .flatMap((line) => (JSON.parse(line) as ExternalAccountPage).externalAccounts.map(({ id }) => id));
    expect(await listIDs()).toEqual(await storedIDs());
    expect(await listIDs('externalAccountStatuses=error', 'providerNames=Garmin,Oura')).toEqual(
      await storedIDs('error'),
    );
    await expect(start('sh', [script], { TOKEN: 'nothing' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The access token is not valid') as string,
    });
  });

  it.skipIf(missing.py !== undefined)("with Python's standard library", async () => {
    const script = join(examples, 'list_accounts.py');
    expect(firstColumn((await start('python3', [script])).stdout)).toEqual(await storedIDs());
    const errors = await start('python3', [
      script,
      'externalAccountStatuses=error',
      'providerNames=Garmin,Oura',
    ]);
    expect(firstColumn(errors.stdout)).toEqual(await storedIDs('error'));
    await expect(start('python3', [script], { TOKEN: 'nothing' })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The access token is not valid') as string,
    });
  });

  it('with TypeScript, which gets its own token', async () => {
    const script = join(examples, 'listAccounts.ts');
    const withoutToken = { TOKEN: '' };
    expect(firstColumn((await start(process.execPath, [script], withoutToken)).stdout)).toEqual(
      await storedIDs(),
    );
    const errors = await start(
      process.execPath,
      [script, 'externalAccountStatuses=error', 'providerNames=Garmin,Oura'],
      withoutToken,
    );
    expect(firstColumn(errors.stdout)).toEqual(await storedIDs('error'));
    // Without the override the audience is the URL that the token was asked for at.
    await expect(
      start(process.execPath, [script], { AUDIENCE: `${environment.BASE}/token` }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining('invalid_client') as string,
    });
  });

  it.skipIf(missing.R !== undefined)('with R and httr2', async () => {
    const script = join(examples, 'list_accounts.R');
    expect(firstColumn((await start('Rscript', [script])).stdout)).toEqual(await storedIDs());
    const errors = await start('Rscript', [
      script,
      'externalAccountStatuses=error',
      'providerNames=Garmin,Oura',
    ]);
    expect(firstColumn(errors.stdout)).toEqual(await storedIDs('error'));
    await expect(start('Rscript', [script], { TOKEN: 'nothing' })).rejects.toMatchObject({
      stderr: expect.stringContaining('The access token is not valid') as string,
    });
  });
});
