import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/storage/database.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tributary-directories-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (...words: string[]) =>
  runCommand(['providers', 'import', ...words], {
    TRIBUTARY_DATABASE_URL: urlOf(test.target),
    TRIBUTARY_DATA_DIR: directory,
  });

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

const brands = JSON.stringify({
  resourceType: 'Bundle',
  entry: [
    {
      fullUrl: 'urn:uuid:1',
      resource: {
        resourceType: 'Organization',
        name: 'Cedar Grove Clinic',
        endpoint: [{ reference: 'urn:uuid:2' }],
      },
    },
    {
      fullUrl: 'urn:uuid:2',
      resource: { resourceType: 'Endpoint', status: 'active', address: 'https://cedar.example.org/R4' },
    },
  ],
});

const listings = () =>
  test.database.query<{ directory: string; name: string }>(sql`
    select directory, name from directory_listings join providers using (provider_id) order by directory, name`);

describe('providers import on the command line', () => {
  it('takes every format that has a file, plain or gzip, and prints its report as JSON', async () => {
    const csv = await file(
      'practices.csv.gz',
      gzipSync(
        'name,endpoint\nAlder Clinic,https://shared.example.org/r4\nBirch Clinic,https://shared.example.org/r4\n',
      ),
    );
    const results = [
      await run('--format', 'csv', csv, '--json'),
      await run('--format', 'brands', '--directory', 'epic', await file('brands.json', brands), '--json'),
      await run('--format', 'ndjson', await file('list.ndjson', `${brands}\n`), '--json'),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    const reports = results.map(({ stdout }) => JSON.parse(stdout) as object);
    expect(reports).toMatchObject([
      {
        files: 1,
        directories: ['csv:practices'],
        entriesRead: 2,
        added: 2,
        distinctEndpoints: 1,
        byDefinition: [{ definition: 'smartOnFhir', entries: 2 }],
      },
      { directories: ['epic'], added: 1 },
      { directories: ['ndjson:list'], added: 0, unchanged: 1 },
    ]);
    expect(await listings()).toEqual([
      { directory: 'csv:practices', name: 'Alder Clinic' },
      { directory: 'csv:practices', name: 'Birch Clinic' },
      { directory: 'epic', name: 'Cedar Grove Clinic' },
      { directory: 'ndjson:list', name: 'Cedar Grove Clinic' },
    ]);
  });

  it('tells people what came, went, was shared and was skipped', async () => {
    const path = await file(
      'practices.csv',
      'name,endpoint\nAlder Clinic,https://shared.example.org/r4\nDogwood,https://shared.example.org/r4\nElm,https://10.0.0.1/r4\n',
    );
    const { code, stdout } = await run('--format', 'csv', path);
    expect(code).toBe(0);
    for (const line of [
      '3 entries read from 1 file.',
      'Providers: 1 added, 0 changed, 1 as they were, 0 listed again, 1 retired.',
      '1 distinct endpoints; 1 are shared by 2 organisations.',
      'Most share https://shared.example.org/r4: 2 organisations.',
      '  smartOnFhir: 2',
      '1 skipped: a host that does not exist on the public internet; for example:',
      '  practices.csv, line 4: https://10.0.0.1/r4 (Elm)',
    ])
      expect(stdout.split('\n')).toContain(line);
  });

  it('says what is wrong with a file, a name or a format, and stores nothing', async () => {
    const before = await listings();
    const broken = await file('broken.csv', 'name,endpoint\nFern,https://a.example.org,extra\n');
    const empty = await file('practices.csv', 'name,endpoint\n');
    for (const [words, complaint, exitCode = 1] of [
      [['--format', 'csv', broken], 'broken.csv: 1 mistake. line 2: 3 fields; the header has 2.'],
      [
        ['--format', 'csv', join(directory, 'gone.csv')],
        `There is no such file or folder: ${join(directory, 'gone.csv')}`,
      ],
      [['--format', 'csv', empty], 'csv:practices: the files list nothing that can be used, and 2 providers'],
      [['--format', 'csv', '--directory', '', broken], 'A directory cannot be named ""'],
      [['--format', 'lantern', '--directory', 'mine', broken], 'leave the name out'],
    ] as const) {
      const { code, stdout, stderr } = await run(...words);
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
      expect(stderr).toContain(complaint);
    }
    const unknown = await run('--format', 'xml', broken);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('Allowed choices are brands, csv, lantern, ndjson.');
    expect(await listings()).toEqual(before);
    expect((await run('--format', 'csv', '--allow-empty', empty)).stdout).toContain('2 retired.');
  });
});
