import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyCatalogue } from '../../src/definitions/catalogue.ts';
import { loadDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { createProviderSearch } from '../../src/catalogue/providerSearch.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { listOrganisations, retireOrganisations } from '../../src/main/sample/listOrganisations.ts';
import { organisationDirectory } from '../../src/main/sample/organisationDirectory.ts';
import { ensureSampleStudy } from '../../src/main/sampleStudy.ts';
import { createProject } from '../../src/projects/projects.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
let dataDirectory: string;
beforeEach(async () => {
  ({ database } = await createTestDatabase());
  dataDirectory = await mkdtemp(join(tmpdir(), 'tributary-sample-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

const ensure = () => ensureSampleStudy({ database, dataDirectory, clock: systemClock, random: systemRandom });

describe('the sample study', () => {
  it('has 500 participants and a key that is live, and is found again as it is', async () => {
    const made = await ensure();
    expect(await ensure()).toEqual(made);
    const [counts] = await database.query(sql`
      select (select count(*)::integer from participants) as participants,
             (select count(*)::integer from service_account_keys where revoked_at is null) as keys`);
    expect(counts).toEqual({ participants: 500, keys: 1 });
  });

  it('is finished when an earlier start was interrupted', async () => {
    const first = (await ensure())!;
    await database.query(sql`delete from service_account_keys`);
    await database.query(sql`delete from service_accounts`);
    const again = (await ensure())!;
    // The old file is somebody's key: it is left alone, and the new one is named.
    expect(again.keyFile).not.toBe(first.keyFile);
    expect(await readFile(again.keyFile, 'utf8')).toMatch(/BEGIN RSA PRIVATE KEY/);
  });

  it('leaves the key file of another installation alone', async () => {
    const foreign = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await mkdir(join(dataDirectory, 'keys'));
    await writeFile(join(dataDirectory, 'keys/Tributary.sample.pem'), foreign);
    const made = (await ensure())!;
    expect(made.keyFile).toMatch(/Tributary\.sample-.+\.pem$/);
    expect(await readFile(join(dataDirectory, 'keys/Tributary.sample.pem'), 'utf8')).toBe(foreign);
  });

  it('is not made beside a real project', async () => {
    await database.transaction((transaction) =>
      createProject(transaction, { projectID: systemRandom.uuid(), name: 'Real', actor: 'test', now: 0 }),
    );
    expect(await ensure()).toBeUndefined();
  });
});

describe('the organisations of the sample', () => {
  const definitions = () => loadDefinitions(providersFolder);
  const list = async () =>
    listOrganisations({ database, definitions: await definitions(), clock: systemClock });
  const retire = async () =>
    retireOrganisations({ database, definitions: await definitions(), clock: systemClock });
  const find = async (text: string) => {
    const search = createProviderSearch({ database, clock: systemClock });
    const { providers } = await search.find({ text, offset: 0, limit: 100 });
    return providers.map(({ id, name, definition }) => ({ id, name, definition }));
  };
  const dump = () =>
    database.query(sql`
      select to_json(p)::text as row from providers p union all select to_json(l)::text from directory_listings l
      union all select to_json(a)::text from audit_entries a union all select to_json(e)::text from endpoints e
      order by 1`);

  it('are found by participants, each by the definition of its vendor', async () => {
    await ensure();
    await list();
    expect(await find('Cedar Hollow')).toMatchObject([{ definition: 'epic' }]);
    expect(await find('Lake Wexford')).toMatchObject([{ definition: 'oracleHealth' }]);
    expect(await find('Harborlight Health')).toMatchObject([{ definition: 'patientAccess' }]);
    const used = new Set(
      (await Promise.all(organisationDirectory.map(({ name }) => find(name))))
        .flat()
        .map(({ definition }) => definition),
    );
    expect([...used].sort()).toEqual(
      [
        'aetna',
        'athenahealth',
        'eClinicalWorks',
        'epic',
        'meditech',
        'nextGenEnterprise',
        'oracleHealth',
      ].concat('patientAccess', 'smartOnFhir', 'veradigm'),
    );
  });

  it.each([
    ['before', [() => ensure(), () => list()]],
    ['after', [() => list(), () => ensure()]],
  ])('are those that the accounts of the sample name, where these came %s', async (_when, steps) => {
    for (const step of steps) await step();
    const [counted] = await database.query(sql`
      select count(*)::integer as all, count(distinct name)::integer as names from providers
       where category <> 'Device Manufacturer' and source <> 'built-in'`);
    expect(counted).toEqual({ all: organisationDirectory.length, names: organisationDirectory.length });
    const held = await database.query<{ id: number; name: string }>(sql`
      select distinct provider_id as id, name from external_accounts join providers using (provider_id)
       where providers.category <> 'Device Manufacturer'`);
    expect(held.length).toBeGreaterThan(30);
    for (const { id, name } of held) expect(await find(name)).toMatchObject([{ id, name }]);
  });

  it('change nothing and leave no trace when they are listed again', async () => {
    await ensure();
    await list();
    const before = await dump();
    await list();
    expect(await dump()).toEqual(before);
  });

  it('are taken off for participants of real studies, keep their numbers, and come back', async () => {
    await ensure();
    const nothing = await dump();
    await retire();
    expect(await dump()).toEqual(nothing);
    await list();
    const found = await find('Cedar Hollow');
    await retire();
    expect(await find('Cedar Hollow')).toEqual([]);
    const retired = await dump();
    await retire();
    expect(await dump()).toEqual(retired);
    await list();
    expect(await find('Cedar Hollow')).toEqual(found);
  });

  it('get the definition that a later release has for their vendor', async () => {
    await listOrganisations({ database, definitions: emptyCatalogue.definitions, clock: systemClock });
    expect(await find('Cedar Hollow')).toEqual([]);
    await list();
    expect(await find('Cedar Hollow')).toMatchObject([{ definition: 'epic' }]);
  });
});
