import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importProviders, type DirectoryFile } from '../../src/directories/importProviders.ts';
import { readDirectoryFile } from '../../src/directories/reading/readDirectoryFile.ts';
import { emptyCatalogue } from '../../src/definitions/catalogue.ts';
import { listProviders } from '../../src/catalogue/providers.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { countWork, expectImportOf, importTestMs } from '../harness/countWork.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const realDirectory = join(import.meta.dirname, '../../../shared/data/fhir-endpoints');
const clock = createFakeClock();

type Row = readonly [url: string, name: string, zip?: string];

function file(name: string, rows: readonly Row[]): DirectoryFile {
  const Endpoints = rows.map(([URL, OrganizationName, zip]) => ({
    URL,
    OrganizationName,
    NPIID: '',
    OrganizationZipCode: zip ?? '',
  }));
  return { name: `${name}_EndpointSources.json`, bytes: Buffer.from(JSON.stringify({ Endpoints })) };
}

const fernhill: readonly Row[] = [
  ['https://fhir.fernhill.example.org/DSTU2/', 'Fern Hill Clinic', '12345'],
  ['https://fhir.fernhill.example.org/R4/', 'Fern Hill Clinic', '12345'],
  ['https://shared.example.org/r4', 'Moss Dale Practice'],
  ['https://shared.example.org/r4', 'Alder "Ally" Brook, MD'],
  ['http://shared.example.org/r4', 'Left Out'],
];

describe('importing provider directories', () => {
  let database: Database;
  const run = (...files: DirectoryFile[]) => runOn(database, ...files);
  const runOn = (target: Database, ...files: DirectoryFile[]) =>
    importProviders(target, {
      format: 'lantern',
      files,
      definitions: new Map(),
      clock,
      actor: 'command-line:test',
    });
  const imported = () =>
    database.query<{
      provider_id: number;
      name: string;
      postal_code: string | null;
      successor_id: number | null;
    }>(sql`
      select provider_id, name, postal_code, successor_id from providers where source = 'lantern' order by provider_id`);
  /** Numbers of the providers that this release defines itself. */
  let defined: readonly number[];
  beforeEach(async () => {
    ({ database } = await createTestDatabase(4));
    const rows = await database.query<{ provider_id: number }>(
      sql`select provider_id from providers order by provider_id`,
    );
    defined = rows.map(({ provider_id }) => provider_id);
  });

  it('stores each organisation at an endpoint once, linked to its successor, with a trace', async () => {
    const report = await run(
      file('Fernhill_Inc', fernhill),
      file('Medicare_MeadowLark', [['https://plan.example.org/r4', '']]),
    );
    expect(report).toMatchObject({
      files: 2,
      entriesRead: 6,
      added: 5,
      changed: 0,
      unchanged: 0,
      duplicatesMerged: 0,
      successorsLinked: 1,
      distinctEndpoints: 4,
      mostShared: { endpoint: 'https://shared.example.org/r4', organisations: 2 },
      skipped: [{ reason: 'not-https', entries: 1 }],
    });
    const rows = await imported();
    expect(rows.map(({ name, postal_code }) => [name, postal_code])).toEqual([
      ['Fern Hill Clinic', '12345'],
      ['Fern Hill Clinic', '12345'],
      ['Moss Dale Practice', null],
      ['Alder "Ally" Brook, MD', null],
      ['Meadow Lark', null],
    ]);
    expect(rows[0]?.successor_id).toBe(rows[1]?.provider_id);
    const trail = await database.query(sql`
      select actor, action, details, occurred_at from audit_entries where action = 'providers.imported'`);
    expect(trail).toEqual([
      {
        actor: 'command-line:test',
        action: 'providers.imported',
        details: {
          source: 'lantern',
          files: 2,
          entriesRead: 6,
          entriesSkipped: 1,
          added: 5,
          changed: 0,
          unchanged: 0,
          retired: 0,
          returned: 0,
        },
        occurred_at: new Date(clock.now()),
      },
    ]);
  });

  it('changes nothing when run again, and uses up no numbers', async () => {
    await run(file('Fernhill_Inc', fernhill));
    const before = await imported();
    for (let again = 0; again < 3; again++)
      expect(await run(file('Fernhill_Inc', fernhill))).toMatchObject({ added: 0, changed: 0, unchanged: 4 });
    expect(await imported()).toEqual(before);
    await run(file('Fernhill_Inc', [...fernhill, ['https://new.example.org/r4', 'New Leaf Clinic']]));
    expect((await imported()).at(-1)?.provider_id).toBe((before.at(-1)?.provider_id ?? 0) + 1);
  });

  it('updates a changed spelling and postal code in place, keeps the row of what is no longer listed and what is no longer said', async () => {
    await run(file('Fernhill_Inc', fernhill));
    const before = await imported();
    const report = await run(
      file('Fernhill_Inc', [
        ['https://fhir.fernhill.example.org/DSTU2', 'Fern Hill Clinic'],
        ['https://SHARED.example.org/r4', 'MOSS DALE PRACTICE', '54321'],
      ]),
    );
    expect(report).toMatchObject({ added: 0, changed: 2, unchanged: 0, retired: 2 });
    // Fern Hill Clinic keeps its postal code, but is not found by it any more.
    const expected = before.map((row) =>
      row.name === 'Moss Dale Practice' ? { ...row, name: 'MOSS DALE PRACTICE', postal_code: '54321' } : row,
    );
    expect(await imported()).toEqual(expected);
  });

  it('leaves category and switch of a provider that exists', async () => {
    await run(file('Fernhill_Inc', fernhill));
    await database.query(
      sql`update providers set enabled = false, message = 'Closed.' where source = 'lantern'`,
    );
    expect(await run(file('Medicare_Fernhill', fernhill))).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 4,
    });
    expect(
      await database.query(sql`
        select distinct category::text, enabled, message from providers where source = 'lantern'`),
    ).toEqual([{ category: 'Provider', enabled: false, message: 'Closed.' }]);
  });

  it('links a successor that is imported later together with its predecessor, without a new number', async () => {
    await run(file('Fernhill_Inc', fernhill.slice(0, 1)));
    const [old] = await imported();
    expect(old?.successor_id).toBeNull();
    expect(await run(file('Fernhill_Inc', fernhill.slice(0, 2)))).toMatchObject({
      added: 1,
      changed: 1,
      unchanged: 0,
    });
    const rows = await imported();
    expect(rows[0]).toEqual({ ...old, successor_id: rows[1]?.provider_id });
  });

  it('takes no number of a well-known maker nor one that came with an import of accounts', async () => {
    const [sequence] = await database.query<{ next: number }>(
      sql`select last_value::integer + 1 as next from provider_numbers`,
    );
    const next = sequence?.next ?? 0;
    const brought = [next, next + 1, next + 3];
    for (const taken of brought)
      await database.query(sql`
        insert into providers (provider_id, name, category, source) values (${taken}, 'Taken', 'Provider', 'accounts')`);
    await run(file('Fernhill_Inc', fernhill));
    const numbers = (await imported()).map(({ provider_id }) => provider_id);
    expect(numbers).toHaveLength(4);
    expect(new Set([...numbers, ...defined, ...brought])).toHaveLength(4 + defined.length + 3);
  });

  it('gives the same numbers to two imports of the same organisations at once', async () => {
    const reports = await Promise.all([
      run(file('Fernhill_Inc', fernhill)),
      run(file('Fernhill_Inc', fernhill)),
    ]);
    expect(reports.map(({ added }) => added).sort()).toEqual([0, 4]);
    expect(await imported()).toHaveLength(4);
  });

  it.each([
    ['{"Endpoints":[{"URL":"https://a.example.org"', /Broken_EndpointSources\.json: the file is not JSON/],
    [
      '{\n "Endpoints": [,]}',
      /Broken_EndpointSources\.json: the file is not JSON \(line 2, column 16\)|damaged/,
    ],
    ['', /Broken_EndpointSources\.json: the file is not JSON: it is empty/],
    ['[]', /Broken_EndpointSources\.json: expected an object with a list named "Endpoints"/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /Broken_EndpointSources\.json: the bytes are not valid UTF-8/],
  ])('stores nothing of any file when one is %j', async (content, complaint) => {
    const broken = { name: 'Broken_EndpointSources.json', bytes: Buffer.from(content) };
    await expect(run(file('Fernhill_Inc', fernhill), broken)).rejects.toThrow(complaint);
    expect(await imported()).toEqual([]);
    expect(await database.query(sql`select from audit_entries where action = 'providers.imported'`)).toEqual(
      [],
    );
  });

  it('says which file is missing, and stores nothing', async () => {
    const missing = {
      name: 'gone.json',
      bytes: () => createReadStream(join(import.meta.dirname, 'gone.json')),
    };
    await expect(run(file('Fernhill_Inc', fernhill), missing)).rejects.toThrow(
      'gone.json: the file cannot be read (ENOENT)',
    );
    expect(await imported()).toEqual([]);
  });

  it('stores nothing when the database refuses in the middle', async () => {
    await database.query(
      raw(`alter table audit_entries add constraint no_trace check (action <> 'providers.imported')`),
    );
    await expect(run(file('Fernhill_Inc', fernhill))).rejects.toThrow('no_trace');
    expect(await imported()).toEqual([]);
  });

  it('reads a stream with a byte order mark, and stops reading one that is too large', async () => {
    const [whole] = [file('Fernhill_Inc', fernhill)];
    const bytes = Buffer.concat([Buffer.from('\uFEFF'), whole.bytes as Buffer]);
    const stream = async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
    };
    expect(await run({ ...whole, bytes: stream() })).toMatchObject({ added: 4 });
    let handedOut = 0;
    const endless = async function* () {
      for (;;) yield await Promise.resolve(Buffer.alloc((handedOut += 1024) && 1024));
    };
    await expect(readDirectoryFile({ name: 'x.json', bytes: endless() }, 4096)).rejects.toThrow(
      'x.json: the file is larger',
    );
    expect(handedOut).toBeLessThan(10_000);
  });

  it('is listed in parts that do not overlap, by name and category', async () => {
    await run(
      file('Fernhill_Inc', fernhill),
      file('Medicare_MeadowLark', [['https://plan.example.org/r4', '100%_Lark']]),
    );
    const context = { database, catalogue: emptyCatalogue, publicUrl: 'https://accounts.example.org' };
    const list = (listing: Parameters<typeof listProviders>[1]) => listProviders(context, listing);
    const first = await list({ limit: 7, after: 0 });
    const second = await list({ limit: 100, after: first.at(-1)?.id ?? 0 });
    expect([...first, ...second].map(({ id }) => id)).toEqual([
      ...defined,
      ...(await imported()).map((row) => row.provider_id),
    ]);
    expect(first[0]).toEqual({
      id: 564,
      name: 'Fitbit',
      category: 'Device Manufacturer',
      logoUrl: 'https://accounts.example.org/api/v1/delegated/externalaccountproviders/564/logo',
      enabled: false,
      message: 'Your study has not set up this connection.',
      definition: 'fitbit',
      endpoint: null,
      successorID: 49369,
    });
    expect(await list({ search: 'FERN hill', limit: 10, after: 0 })).toHaveLength(2);
    expect(await list({ search: '%_', limit: 10, after: 0 })).toHaveLength(1);
    expect(await list({ category: 'Health Plan', search: 'lark', limit: 10, after: 0 })).toHaveLength(1);
  });

  it.skipIf(!existsSync(realDirectory))(
    `takes the real directories of ../shared/data/fhir-endpoints${existsSync(realDirectory) ? '' : ' — NOT RUN: they are not on this machine'}`,
    async () => {
      const names = (await readdir(realDirectory)).filter((name) => name.endsWith('.json'));
      const files = () =>
        names.map((name) => ({ name, bytes: () => createReadStream(join(realDirectory, name)) }));
      const { result: report, work } = await countWork(database, (counted) => runOn(counted, ...files()));
      expectImportOf(report.entriesRead, work);
      const skipped = report.skipped.reduce((sum, { entries }) => sum + entries, 0);
      expect(report.entriesRead).toBeGreaterThan(30_000);
      expect(report.added + report.duplicatesMerged + skipped).toBe(report.entriesRead);
      expect(report.successorsLinked).toBeGreaterThan(2_500);
      expect(report.mostShared?.organisations).toBeGreaterThan(17_000);
      expect(await run(...files())).toMatchObject({ added: 0, changed: 0, unchanged: report.added });
      const [oddities] = await database.query(sql`
        select count(*) filter (where name !~ '[[:alpha:]]')::integer as without_letters,
               count(*) filter (where base_url !~ '^https://[^A-Z/]+(/|$)' or base_url ~ '/$')::integer as not_normal,
               count(*) filter (where provider_id < 100000)::integer as well_known_numbers
          from providers join endpoints using (endpoint_id) where source = 'lantern'`);
      expect(oddities).toEqual({ without_letters: 0, not_normal: 0, well_known_numbers: 0 });
    },
    importTestMs,
  );
});
