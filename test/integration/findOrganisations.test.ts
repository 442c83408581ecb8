import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importProviders, type ProviderImportReport } from '../../src/directories/importProviders.ts';
import { createProviderSearch } from '../../src/catalogue/providerSearch.ts';
import { loadDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const folder = join(import.meta.dirname, '../fixtures/directories');
let database: Database;
let report: ProviderImportReport;

async function importFiles(wanted: (name: string) => boolean): Promise<ProviderImportReport> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && wanted(name));
  const files = await Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );
  return importProviders(database, {
    format: 'lantern',
    files,
    definitions: await loadDefinitions(providersFolder),
    clock: systemClock,
    actor: 'test',
  });
}

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  report = await importFiles(() => true);
});

/** Names on the first page of what somebody finds who types this. */
async function find(text: string): Promise<string[]> {
  const search = createProviderSearch({ database, clock: systemClock });
  const { providers } = await search.find({ text, offset: 0, limit: 45 });
  return providers.map(({ name }) => name);
}

describe('untidy directories', () => {
  it('are taken as far as they are of use, with a reason for the rest', () => {
    expect(report).toMatchObject({
      entriesRead: 285,
      duplicatesMerged: 4,
      mostShared: { endpoint: 'https://api.platform.athenahealth.com/fhir/r4' },
      successorsLinked: 6,
    });
    expect(Object.fromEntries(report.skipped.map(({ reason, entries }) => [reason, entries]))).toEqual({
      'not-an-address': 2,
      'not-https': 1,
      'not-public': 1,
      'has-credentials': 1,
      'has-query': 1,
    });
    expect(report.added).toBe(285 - 4 - 6);
  });

  it('are connected the way of their vendor', () => {
    const entries = new Map(report.byDefinition.map((one) => [one.definition, one.entries]));
    expect([...entries.keys()].sort()).toEqual(['athenahealth', 'epic', 'patientAccess', 'smartOnFhir']);
    expect(entries.get('epic')).toBe(48);
    expect(entries.get('athenahealth')).toBe(report.mostShared?.organisations);
  });
});

describe('a person who types', () => {
  it.each([
    ['mayo ro', ['Mayo Clinic Rochester']],
    ['mayo clinic', ['Mayo Clinic Arizona', 'Mayo Clinic – Jacksonville', 'Mayo Clinic Rochester']],
    [
      'mayo',
      [
        'Mayo Clinic Arizona',
        'Mayo Clinic – Jacksonville',
        'Mayo Clinic Rochester',
        'Mayo Family Dental',
        'MAYODAN PEDIATRICS',
        '24 Hour Mayo Care',
      ],
    ],
    ['clinica ninez', ['Clínica de la Niñez']],
    ['obrien', ["O'Brien & Sons Pharmacy"]],
    ['st marys', ["St. Mary's of the Lakes"]],
    ['joseph rochester', ['Saint Joseph – Rochester Campus']],
    ['lark childrens', ["Lark Children's Hospital"]],
    // What matches, and after it what nearly does.
    ['3 rivers', ['3 Rivers Clinic', 'Quail River Community Hospital']],
    ['rosewood', ['Rosewood', 'Rosewood Health Plan']],
    ['4711', ['Practice 4711 (Fernhill Health)']],
    ['insecure', []],
  ])('"%s" finds %j', async (text, names) => {
    expect(await find(text)).toEqual(names);
  });

  it.each([
    ['mayo rochster', 'Mayo Clinic Rochester'],
    ['harborvew cancer', 'Harborview Cancer Institute'],
    ['Jospeh Rochester', 'Saint Joseph – Rochester Campus'],
    ['rosewod', 'Rosewood Health Plan'],
  ])('"%s" with a slip of the pen finds %s', async (text, name) => {
    expect(await find(text)).toContain(name);
  });

  it('a common word finds names with letters first and names with numbers last', async () => {
    const names = await find('clinic');
    const numeric = names.map((name) => /^\P{L}*\d/u.test(name));
    expect(numeric).toContain(true);
    expect(numeric.indexOf(true)).toBeGreaterThan(numeric.lastIndexOf(false));
  });
});

describe('older versions of an organisation', () => {
  it('are not found beside the newest, and again when that is gone', async () => {
    expect(await find('cedar valley health system')).toEqual(['Cedar Valley Health System']);
    const [{ older } = { older: 0 }] = await database.query<{ older: number }>(sql`
      select count(*)::integer as older from providers
       where successor_id is not null and source = 'lantern'`);
    expect(older).toBe(6);
    // The vendor's directory now lists its oldest servers alone.
    await importFiles((name) => name.startsWith('Epic_Systems_Corporation_2'));
    expect(await find('mayo ro')).toEqual(await oldNames('Rochester'));
    expect(await oldNames('Rochester')).toHaveLength(1);
    await importFiles((name) => name.startsWith('Epic'));
    expect(await find('mayo ro')).toEqual(['Mayo Clinic Rochester']);
  });
});

async function oldNames(part: string): Promise<string[]> {
  const rows = await database.query<{ name: string }>(sql`
    select name from providers join endpoints using (endpoint_id)
     where base_url like '%DSTU2' and position(lower(${part}) in lower(name)) > 0`);
  return rows.map(({ name }) => name);
}
