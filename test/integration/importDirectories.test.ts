import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { importProviders, type ProviderImport } from '../../src/directories/importProviders.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { countWork, expectImportOf, importTestMs } from '../harness/countWork.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();

type Options = Partial<Omit<ProviderImport, 'files'>>;
type Json = Record<string, unknown>;

/** Definitions of vendors by host, and one that takes everything else. */
function vendors(hosts: Readonly<Record<string, string>>): ReadonlyMap<string, NamedDefinition> {
  const vendor = (slug: string, recognises: object) =>
    [slug, { kind: 'vendor', slug, category: 'Provider', recognises }] as unknown as [
      string,
      NamedDefinition,
    ];
  return new Map([
    ...Object.entries(hosts).map(([slug, host]) => vendor(slug, { hosts: [host] })),
    vendor('anybody', { everythingElse: true }),
  ]);
}

const csv = (name: string, ...lines: string[]) => ({ name, bytes: Buffer.from(`${lines.join('\n')}\n`) });
const bundle = (name: string, ...resources: Json[]) => ({
  name,
  bytes: Buffer.from(JSON.stringify(bundleOf(resources))),
});
const ndjson = (name: string, ...resources: unknown[]) => ({
  name,
  bytes: Buffer.from(resources.map((resource) => `${JSON.stringify(resource)}\n`).join('')),
});

function bundleOf(resources: readonly Json[]) {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: resources.map(({ fullUrl, ...resource }) => ({ fullUrl, resource })),
  };
}

const extensionRoot = 'http://hl7.org/fhir/StructureDefinition';

function endpoint(id: string, address: unknown, version?: string, more: Json = {}): Json {
  return {
    resourceType: 'Endpoint',
    id,
    status: 'active',
    connectionType: { code: 'hl7-fhir-rest' },
    address,
    ...(version === undefined
      ? {}
      : { extension: [{ url: `${extensionRoot}/endpoint-fhir-version`, valueCode: version }] }),
    ...more,
  };
}

function organisation(id: string, name: unknown, endpoints: readonly string[], more: Json = {}): Json {
  const references = endpoints.map((reference) => ({ reference }));
  return { resourceType: 'Organization', id, name, endpoint: references, ...more };
}

function portal(name: string, ...endpoints: string[]): Json {
  return {
    url: `${extensionRoot}/organization-portal`,
    extension: [
      { url: 'portalName', valueString: name },
      ...endpoints.map((reference) => ({ url: 'portalEndpoint', valueReference: { reference } })),
    ],
  };
}

const settings = { definitions: vendors({}), clock, actor: 'command-line:test' };

describe('importing directories', () => {
  let database: Database;
  const run = (format: string, files: ProviderImport['files'], options: Options = {}) =>
    importProviders(database, { ...settings, format, files, ...options });
  const stored = () =>
    database.query<{
      id: number;
      name: string;
      aliases: string[];
      endpoint: string;
      version: string | null;
      words: string[] | null;
      successor: string | null;
      managing: string | null;
      definition: string | null;
      category: string;
      retired: boolean;
      place: string;
    }>(sql`
      select p.provider_id as id, p.name, p.aliases, e.base_url as endpoint, e.fhir_version as version,
             found.words, s.base_url as successor, p.managing_organization as managing,
             p.definition, p.category::text, p.retired_at is not null as retired,
             concat_ws('|', p.city, p.state, p.postal_code) as place
        from providers p join endpoints e using (endpoint_id)
        left join provider_search found using (provider_id)
        left join providers next on next.provider_id = p.successor_id left join endpoints s on s.endpoint_id = next.endpoint_id
       where p.source <> 'built-in' order by p.provider_id`);
  const named = async (name: string) => (await stored()).filter((row) => row.name === name);
  const version = async () =>
    (await database.query<{ version: string }>(sql`select version from catalogue_version`))[0]?.version;
  /** Everything that an import writes but its trace, to the last row version. */
  const snapshot = async () => ({
    providers: await database.query(raw('select *, xmin::text from providers order by provider_id')),
    endpoints: await database.query(raw('select *, xmin::text from endpoints order by endpoint_id')),
    listings: await database.query(raw('select *, xmin::text from directory_listings order by 1, 2')),
    search: await database.query(raw('select *, xmin::text from provider_search order by provider_id')),
    version: await version(),
  });
  beforeEach(async () => {
    ({ database } = await createTestDatabase(4));
  });

  describe('in CSV', () => {
    const header =
      'Name,category,ENDPOINT,aliases,keywords,city,state,postalCode,managingOrganization,fhirVersion,identifier';

    it('takes every column, and finds by each of them', async () => {
      const report = await run('csv', [
        csv(
          'own list.csv',
          header,
          '"Sainte-Ève, Clinic",Provider,https://Fhir.Eve.example.org/R4/,Eve; Old Eve ;eve,"kids;children, too",Fern Hill,NC,01234-5678,Moss Group,R4,',
          'Lark Plan,health plan,https://lark.example.org/api,,,,New York,,,4.0.1,',
        ),
      ]);
      expect(report).toMatchObject({ entriesRead: 2, added: 2, directories: ['csv:own list'] });
      const [eve, lark] = await stored();
      expect(eve).toMatchObject({
        name: 'Sainte-Ève, Clinic',
        aliases: ['Eve', 'Old Eve'],
        managing: 'Moss Group',
        endpoint: 'https://fhir.eve.example.org/R4',
        version: 'R4',
        place: 'Fern Hill|NC|01234-5678',
        definition: 'anybody',
        category: 'Provider',
      });
      expect(eve?.words).toEqual(
        '01234 5678 carolina children clinic eve fern group hill kids moss nc north old sainte too'.split(
          ' ',
        ),
      );
      // Nothing in this release connects plans, so nobody can find it; it is listed all the same.
      expect(lark).toMatchObject({ category: 'Health Plan', definition: null, words: null });
      expect(report.byDefinition).toEqual([
        { definition: 'anybody', entries: 1 },
        { definition: null, entries: 1 },
      ]);
    });

    it('links older versions of one organisation to R4, by column or address', async () => {
      await run('csv', [
        csv(
          'list.csv',
          'name,endpoint,fhirVersion,identifier',
          'Fern Hill,https://a.example.org/old,DSTU2,7',
          'Fern Hill,https://a.example.org/new,R4,7',
          'Moss Dale,https://b.example.org/STU3,,',
          'Moss Dale,https://b.example.org/R4,,',
          'Alder,https://c.example.org/STU3,,',
        ),
      ]);
      expect((await stored()).map(({ name, successor }) => [name, successor])).toEqual([
        ['Fern Hill', 'https://a.example.org/new'],
        ['Fern Hill', null],
        ['Moss Dale', 'https://b.example.org/R4'],
        ['Moss Dale', null],
        ['Alder', null],
      ]);
    });

    it('brings lines of one organisation together, and counts what is of no use with its line', async () => {
      const report = await run('csv', [
        csv(
          'list.csv',
          'endpoint,name,city,identifier',
          'https://a.example.org/r4,Fern Hill,Boston,7',
          'https://a.example.org/r4/,Fern Hill North,Napa,7',
          'https://10.1.2.3/r4,Private,,',
          'https://b.example.org/r4,4711,,',
          'https://me:secret@b.example.org/r4,Leaky,,',
        ),
      ]);
      expect(report).toMatchObject({ entriesRead: 5, added: 1, duplicatesMerged: 1 });
      expect(report.skipped.map(({ reason, examples }) => [reason, examples])).toEqual([
        ['has-credentials', ['list.csv, line 6: https://…@b.example.org/r4 (Leaky)']],
        ['no-name', ['list.csv, line 5: https://b.example.org/r4 (4711)']],
        ['not-public', ['list.csv, line 4: https://10.1.2.3/r4 (Private)']],
      ]);
      expect(await stored()).toMatchObject([
        { name: 'Fern Hill', aliases: ['Fern Hill North'], place: 'Boston' },
      ]);
      expect((await stored())[0]?.words).toContain('napa');
    });

    it.each([
      ['name,endpoint\nFern,https://a.example.org,extra', 'line 2: 3 fields; the header has 2'],
      [
        'name,endpoint\nFern,"https://a.example.org',
        'line 2, endpoint: the quote that opens this field is never closed',
      ],
      ['name,endpoint,category\nFern,https://a.example.org,Vet', 'line 2, category: "Vet" is neither'],
      ['name,endpoint,fhirVersion\nFern,https://a.example.org,9', 'line 2, fhirVersion: "9" is none of'],
      ['name,url\nFern,https://a.example.org', 'there is no column "url"; the columns are: name, endpoint'],
      ['name\nFern', 'the column endpoint is missing'],
      ['name,NAME,endpoint\n', 'the column name is there twice'],
      ['', 'the file is empty'],
      [
        `name,endpoint\n"${'x'.repeat(1_100_000)}`,
        'longer than 1048576 characters; is a quote never closed? (line 2)',
      ],
    ])('refuses %.40j whole, saying where it is wrong', async (text, complaint) => {
      const good = csv('a.csv', 'name,endpoint', 'Fern,https://a.example.org');
      const broken = { name: 'broken.csv', bytes: Buffer.from(text) };
      await expect(run('csv', [good, broken])).rejects.toThrow(complaint);
      expect(await stored()).toEqual([]);
    });

    it('keeps what is shown free of control and direction characters, and of any length', async () => {
      await run('csv', [
        csv(
          'list.csv',
          'name,endpoint,aliases,city',
          `Fern\u202EHill\u0000\u0007 Clinic,https://a.example.org,a\u2066b;\u200B,\u0001`,
          `${'Long '.repeat(200_000)},https://b.example.org,,`,
        ),
      ]);
      const [fern, long] = await stored();
      expect(fern).toMatchObject({ name: 'FernHill Clinic', aliases: ['ab'], place: '' });
      expect(long?.name).toHaveLength(299);
    });
  });

  describe('of SMART brands', () => {
    const brands = () => [
      {
        ...organisation('examplehealth', 'Example Health', [], {
          alias: ['Goodie Bag Health', 'GBH'],
          type: [{ coding: [{ code: 'prov' }] }],
          identifier: [{ system: 'urn:ietf:rfc:3986', value: 'https://examplehealth.example.org' }],
          address: [{ city: 'Boston', state: 'MA', postalCode: '02111' }, { state: 'New York' }],
          extension: [
            {
              url: `${extensionRoot}/organization-brand`,
              extension: [
                { url: 'brandLogo', valueUrl: 'data:image/png;base64,AAAA' },
                { url: 'brandLogo', valueUrl: 'https://examplehealth.example.org/logo.svg' },
              ],
            },
            portal('Patient Gateway', 'Endpoint/r4', 'urn:uuid:9a1f'),
          ],
        }),
        fullUrl: 'https://ehr.example.org/Organization/examplehealth',
      },
      {
        ...organisation('facility', 'Fern Hill Clinic', [], {
          partOf: { reference: 'Organization/examplehealth' },
        }),
        fullUrl: 'https://ehr.example.org/Organization/facility',
      },
      {
        ...endpoint('r4', 'https://fhir.examplehealth.example.org/base/R4', '4.0.1'),
        fullUrl: 'https://ehr.example.org/Endpoint/r4',
      },
      {
        ...endpoint('r2', 'https://fhir.examplehealth.example.org/base/DSTU2', '1.0.2'),
        fullUrl: 'urn:uuid:9a1f',
      },
    ];

    it('takes brands with their portals, and facilities on the endpoints of their brand', async () => {
      const report = await run('brands', [bundle('examplehealth.json', ...brands())]);
      expect(report).toMatchObject({
        entriesRead: 4,
        added: 4,
        successorsLinked: 2,
        skipped: [],
        distinctEndpoints: 2,
        logos: { embedded: 1, linked: 1 },
        shared: { endpoints: 2, organisations: 4 },
      });
      const base = 'https://fhir.examplehealth.example.org/base';
      expect(
        (await stored()).map(({ name, endpoint: at, version: is, successor, managing }) => [
          name,
          at,
          is,
          successor,
          managing,
        ]),
      ).toEqual([
        ['Example Health', `${base}/R4`, 'R4', null, null],
        ['Example Health', `${base}/DSTU2`, 'DSTU2', `${base}/R4`, null],
        ['Fern Hill Clinic', `${base}/R4`, 'R4', null, 'Example Health'],
        ['Fern Hill Clinic', `${base}/DSTU2`, 'DSTU2', `${base}/R4`, 'Example Health'],
      ]);
      const [brand, , facility] = await stored();
      expect(brand?.words).toEqual(
        '02111 bag boston example gateway gbh goodie health ma massachusetts new ny patient york'.split(' '),
      );
      // Somebody who knows only the group or its portal finds the clinic as well.
      expect(facility?.words).toEqual(expect.arrayContaining(['fern', 'example', 'gbh', 'gateway']));
    });

    it('is one provider with two listings when two bundles give the same identifier and endpoint', async () => {
      await run('brands', [bundle('vendor.json', ...brands())]);
      const before = await stored();
      const other = organisation('x', 'EXAMPLE HEALTH of Boston', ['Endpoint/y'], {
        identifier: [{ system: 'urn:ietf:rfc:3986', value: 'https://examplehealth.example.org' }],
        alias: ['Massachusetts Example'],
      });
      const report = await run('brands', [
        bundle('own.json', other, endpoint('y', 'https://FHIR.examplehealth.example.org/base/R4/')),
      ]);
      expect(report).toMatchObject({ added: 0, changed: 1, retired: 0 });
      const after = await stored();
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
      expect(after[0]?.name).toBe('EXAMPLE HEALTH of Boston');
      // Words of both bundles.
      expect(after[0]?.words).toEqual(expect.arrayContaining(['gbh', 'of', 'massachusetts']));
      // The vendor's bundle ends; the other one still lists it.
      const zebra = organisation('z', 'Zebra', ['Endpoint/r4']);
      const rest = bundle('vendor.json', zebra, ...brands().slice(2));
      expect(await run('brands', [rest])).toMatchObject({ added: 1, retired: 3 });
      expect((await stored())[0]).toMatchObject({ retired: false });
      expect((await stored())[0]?.words).not.toContain('gbh');
      expect((await stored())[1]).toMatchObject({ retired: true, words: null });
    });

    it('tells hospitals apart that give the web site of their group as identifier', async () => {
      const site = { identifier: [{ system: 'urn:ietf:rfc:3986', value: 'https://group.example.org' }] };
      await run('brands', [
        bundle(
          'group.json',
          organisation('a', 'Alder Hospital', ['Endpoint/e'], site),
          organisation('b', 'Birch Hospital', ['Endpoint/e'], site),
          endpoint('e', 'https://group.example.org/r4'),
        ),
      ]);
      expect((await stored()).map(({ name }) => name)).toEqual(['Alder Hospital', 'Birch Hospital']);
    });

    it('names the portal where an organisation has several of one version', async () => {
      const extension = [portal('Adults', 'Endpoint/a'), portal('Children', 'Endpoint/c')];
      await run('brands', [
        bundle(
          'x.json',
          organisation('o', 'Fern Hill', ['Endpoint/a', 'Endpoint/c'], { extension }),
          endpoint('a', 'https://a.example.org/r4', '4.0.1'),
          endpoint('c', 'https://c.example.org/r4', '4.0.1'),
        ),
      ]);
      expect((await stored()).map(({ name, aliases }) => [name, aliases])).toEqual([
        ['Fern Hill (Adults)', ['Fern Hill']],
        ['Fern Hill (Children)', ['Fern Hill']],
      ]);
    });

    it('survives circles of ten levels, ids that are there twice, wrong types and a name of a megabyte', async () => {
      const circle = Array.from({ length: 10 }, (_, level) =>
        organisation(`c${level}`, `Circle ${level}`, [], {
          partOf: { reference: `Organization/c${(level + 1) % 10}` },
        }),
      );
      const report = await run('brands', [
        bundle(
          'hostile.json',
          ...circle,
          endpoint('e', 'https://a.example.org/r4'),
          endpoint('e', 'https://b.example.org/r4', undefined, { name: 'Second of its id' }),
          organisation('twice', 'First', ['Endpoint/e']),
          organisation('twice', 'Second', ['Endpoint/e', 'Endpoint/gone']),
          organisation('types', { text: 'x' }, ['Endpoint/e']),
          {
            resourceType: 'Organization',
            id: 7,
            name: 'Odd',
            endpoint: 'Endpoint/e',
            partOf: [],
            alias: { a: 1 },
            address: 'x',
            extension: 5,
            identifier: [null, 3],
            contained: 'no',
          },
          organisation('big', 'Big '.repeat(250_000), ['Endpoint/e']),
          organisation('closed', 'Closed', ['Endpoint/e'], { active: false }),
          endpoint('off', 'https://off.example.org/r4', undefined, { status: 'off', name: 'Off' }),
          endpoint('xds', 'https://xds.example.org', undefined, {
            connectionType: { code: 'ihe-xds' },
            name: 'XDS',
          }),
          organisation('private', 'Private', ['Endpoint/p']),
          endpoint('p', 'https://192.168.1.1/r4'),
          endpoint('n', 7, undefined, { name: 'No address' }),
          { resourceType: 'Location', id: 'l' },
          {},
        ),
      ]);
      expect(Object.fromEntries(report.skipped.map(({ reason, entries }) => [reason, entries]))).toEqual({
        'no-endpoint': 11,
        'other-resource': 2,
        'endpoint-missing': 1,
        'no-name': 1,
        inactive: 1,
        'endpoint-not-in-use': 1,
        'not-fhir': 1,
        'not-public': 1,
        'not-an-address': 1,
      });
      expect(report.entriesRead).toBe(
        report.added + report.skipped.reduce((sum, { entries }) => sum + entries, 0),
      );
      expect((await stored()).map(({ name, endpoint: at }) => [name.slice(0, 16), at])).toEqual([
        ['First', 'https://a.example.org/r4'],
        ['Second', 'https://a.example.org/r4'],
        ['Big Big Big Big ', 'https://a.example.org/r4'],
        ['Second of its id', 'https://b.example.org/r4'],
      ]);
    });

    it.each([
      [
        '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Organization"',
        /broken\.json: the file is not JSON/,
      ],
      ['[]', /broken\.json: expected a FHIR Bundle/],
      ['{"resourceType":"Bundle"}', /broken\.json: the Bundle has no list named "entry"/],
      ['{"resourceType":"Bundle","entry":[1]}', /broken\.json: item 1 of "entry" is not an object/],
    ])('refuses %j whole', async (text, complaint) => {
      const broken = { name: 'broken.json', bytes: Buffer.from(text) };
      await expect(run('brands', [bundle('a.json', ...brands()), broken])).rejects.toThrow(complaint);
      expect(await stored()).toEqual([]);
    });
  });

  describe('in NDJSON', () => {
    it('joins organisations and endpoints of several files', async () => {
      await run(
        'ndjson',
        [
          ndjson(
            'Organization.ndjson',
            organisation('1', 'Fern Hill', ['Endpoint/1']),
            organisation('2', 'Moss Dale', []),
          ),
          ndjson(
            'Endpoint.ndjson',
            endpoint('1', 'https://a.example.org/r4'),
            endpoint('2', 'https://b.example.org/r4', undefined, {
              managingOrganization: { reference: 'https://directory.example.org/fhir/Organization/2' },
            }),
            endpoint('3', 'https://c.example.org/r4', undefined, {
              managingOrganization: { display: 'Alder' },
            }),
          ),
        ],
        { directory: 'national' },
      );
      expect((await stored()).map(({ name, endpoint: at }) => [name, at])).toEqual([
        ['Fern Hill', 'https://a.example.org/r4'],
        ['Moss Dale', 'https://b.example.org/r4'],
        ['Alder', 'https://c.example.org/r4'],
      ]);
    });

    it('takes lists of endpoints that contain their organisations, alone or in a Bundle', async () => {
      const contained = (id: string, address: string, name: string) =>
        endpoint(id, address, undefined, {
          managingOrganization: { reference: '#org' },
          contained: [
            { resourceType: 'Organization', id: 'org', name, address: [{ city: 'Napa', state: 'CA' }] },
          ],
        });
      await run('ndjson', [
        ndjson(
          'list.ndjson',
          contained('1', 'https://a.example.org/dstu2', 'Fern Hill'),
          contained('2', 'https://a.example.org/r4', 'Fern Hill'),
          bundleOf([contained('3', 'https://b.example.org/r4', 'Moss Dale')]),
        ),
      ]);
      expect(
        (await stored()).map(({ name, endpoint: at, successor, place }) => [name, at, successor, place]),
      ).toEqual([
        ['Fern Hill', 'https://a.example.org/dstu2', 'https://a.example.org/r4', 'Napa|CA'],
        ['Fern Hill', 'https://a.example.org/r4', null, 'Napa|CA'],
        ['Moss Dale', 'https://b.example.org/r4', null, 'Napa|CA'],
      ]);
    });

    it.each([
      ['{"resourceType":"Organization","name":"Fern"', 'the file ends inside this record (record 2)'],
      ['{"resourceType":}', 'record 2: not valid JSON'],
      ['7', 'expected an object here (record 2)'],
      [`${'{"a":'.repeat(30)}1${'}'.repeat(30)}`, 'record 2: nested deeper than 16 levels'],
    ])('refuses a file whose second line is %.30j', async (line, complaint) => {
      const first = JSON.stringify(organisation('1', 'Fern', []));
      await expect(
        run('ndjson', [{ name: 'x.ndjson', bytes: Buffer.from(`${first}\n${line}`) }]),
      ).rejects.toThrow(complaint);
    });
  });

  describe('again', () => {
    const list = (...names: string[]) =>
      csv('list.csv', 'name,endpoint', ...names.map((name) => `${name},https://shared.example.org/r4`));

    it('changes nothing at all when nothing has changed, in any format', async () => {
      const files: [string, ProviderImport['files']][] = [
        ['csv', [list('Alder', 'Birch')]],
        [
          'brands',
          [
            bundle(
              'b.json',
              organisation('1', 'Cedar', ['Endpoint/e']),
              endpoint('e', 'https://c.example.org/r4/', '4.0.1'),
            ),
          ],
        ],
        [
          'ndjson',
          [
            ndjson(
              'n.ndjson',
              organisation('1', 'Dogwood', ['Endpoint/e']),
              endpoint('e', 'https://D.example.org:443/r4'),
            ),
          ],
        ],
        [
          'lantern',
          [
            {
              name: 'Elm_EndpointSources.json',
              bytes: Buffer.from(
                '{"Endpoints":[{"URL":"https://e.example.org/r4/","OrganizationName":"NC - Elm"}]}',
              ),
            },
          ],
        ],
      ];
      for (const [format, given] of files) await run(format, given);
      const before = await snapshot();
      for (const [format, given] of files)
        expect(await run(format, given)).toMatchObject({ added: 0, changed: 0, retired: 0, returned: 0 });
      expect(await snapshot()).toEqual(before);
    });

    it('retires what no directory lists any more, without deleting it, and takes it back with its number', async () => {
      await run('csv', [list('Alder', 'Birch')]);
      const [alder, birch] = await stored();
      await database.query(
        sql`update providers set enabled = false, message = 'Closed.' where name = 'Birch'`,
      );
      const before = await version();
      expect(await run('csv', [list('Alder')])).toMatchObject({ unchanged: 1, retired: 1 });
      expect(await named('Birch')).toMatchObject([{ id: birch?.id, retired: true, words: null }]);
      expect(await version()).not.toBe(before);
      expect(await run('csv', [list('Alder')])).toMatchObject({ unchanged: 1, retired: 0 });
      expect(await run('csv', [list('Alder', 'Birch', 'Cedar')])).toMatchObject({
        added: 1,
        returned: 1,
        unchanged: 1,
      });
      expect(await named('Birch')).toMatchObject([{ id: birch?.id, retired: false, words: ['birch'] }]);
      expect((await stored()).map(({ id }) => id).slice(0, 2)).toEqual([alder?.id, birch?.id]);
      expect(await database.query(sql`select enabled, message from providers where name = 'Birch'`)).toEqual([
        { enabled: false, message: 'Closed.' },
      ]);
    });

    it('leaves the providers of other directories alone', async () => {
      await run('csv', [list('Alder')], { directory: 'one' });
      await run('csv', [list('Birch')], { directory: 'two' });
      expect((await stored()).map(({ name, retired }) => [name, retired])).toEqual([
        ['Alder', false],
        ['Birch', false],
      ]);
    });

    it('is one provider with what another format lists under the same name at the same endpoint', async () => {
      const body = '{"Endpoints":[{"URL":"https://shared.example.org/r4/","OrganizationName":"ALDER"}]}';
      await run('lantern', [{ name: 'Fern_Inc_EndpointSources.json', bytes: Buffer.from(body) }]);
      expect(await run('csv', [list('Alder', 'Birch')])).toMatchObject({ added: 1, changed: 1 });
      expect(await run('csv', [list('Birch')])).toMatchObject({ retired: 0 });
      expect((await stored()).map(({ name, retired }) => [name, retired])).toEqual([
        ['Alder', false],
        ['Birch', false],
      ]);
    });

    it('takes over what an earlier release stored for all directories of Lantern together', async () => {
      const file = {
        name: 'Fern_Inc_EndpointSources.json',
        bytes: Buffer.from('{"Endpoints":[{"URL":"https://a.example.org/r4","OrganizationName":"Alder"}]}'),
      };
      await run('lantern', [file]);
      const [alder] = await stored();
      await database.query(sql`update directory_listings set directory = 'lantern', words = '{}'`);
      await database.query(raw('delete from provider_search'));
      expect(await run('lantern', [file])).toMatchObject({ added: 0, unchanged: 1, retired: 0 });
      expect(await database.query(sql`select directory, provider_id from directory_listings`)).toEqual([
        { directory: 'lantern:Fern_Inc', provider_id: alder?.id },
      ]);
      expect((await stored())[0]?.words).toEqual(['alder']);
    });

    it('connects by a definition that was added since, and never forgets a vendor for one that takes everybody', async () => {
      expect((await run('csv', [list('Alder')])).byDefinition).toEqual([
        { definition: 'anybody', entries: 1 },
      ]);
      const knowing = { definitions: vendors({ fern: 'shared.example.org' }) };
      expect(await run('csv', [list('Alder')], knowing)).toMatchObject({
        changed: 1,
        byDefinition: [{ definition: 'fern' }],
      });
      expect(
        await run('csv', [list('Alder')], {
          definitions: new Map([...vendors({ fern: 'other.example.org' })]),
        }),
      ).toMatchObject({
        changed: 0,
        byDefinition: [{ definition: 'fern' }],
      });
    });

    it('refuses a directory that lists nothing any more, unless it is meant', async () => {
      await run('csv', [list('Alder', 'Birch')]);
      await expect(run('csv', [list()])).rejects.toThrow(
        'csv:list: the files list nothing that can be used, and 2 providers are known from this directory.',
      );
      expect((await stored()).filter(({ retired }) => retired)).toEqual([]);
      expect(await run('csv', [list()], { allowEmpty: true })).toMatchObject({ retired: 2 });
    });

    it('stores nothing of the first file when the second cannot be read, and retires nothing', async () => {
      await run('csv', [list('Alder')]);
      const before = await snapshot();
      const broken = { name: 'second.csv', bytes: Buffer.from('name,endpoint\n"x') };
      await expect(run('csv', [list('Birch'), broken])).rejects.toThrow('second.csv');
      expect(await snapshot()).toEqual(before);
    });

    it('stores nothing when the database refuses at the very end', async () => {
      await database.query(
        raw(
          `alter table audit_entries add constraint no_trace check (action <> 'providers.imported') not valid`,
        ),
      );
      const before = await snapshot();
      await expect(run('csv', [list('Alder')])).rejects.toThrow('no_trace');
      expect(await snapshot()).toEqual(before);
    });

    it('gives the same numbers to two imports at once, whatever their format', async () => {
      const twin = bundle(
        'b.json',
        organisation('1', 'Alder', ['Endpoint/e']),
        endpoint('e', 'https://shared.example.org/r4'),
      );
      const reports = await Promise.all([
        run('csv', [list('Alder')]),
        run('brands', [twin]),
        run('csv', [list('Alder')]),
      ]);
      expect(reports.map(({ added }) => added).sort()).toEqual([0, 0, 1]);
      expect(await stored()).toHaveLength(1);
    });
  });

  it('takes gzip as well, and refuses a file of gzip that breaks off', async () => {
    const plain = csv('list.csv', 'name,endpoint', 'Alder,https://a.example.org/r4');
    const packed = gzipSync(plain.bytes);
    expect(await run('csv', [{ name: 'list.csv.gz', bytes: packed }])).toMatchObject({
      added: 1,
      directories: ['csv:list'],
    });
    await expect(run('csv', [{ name: 'list.csv.gz', bytes: packed.subarray(0, -9) }])).rejects.toThrow(
      'list.csv.gz: the gzip data is damaged or ends too early',
    );
  });

  it('refuses names of directories that nobody could type, and one for Lantern, whose files say it', async () => {
    const file = csv('list.csv', 'name,endpoint');
    await expect(run('csv', [file], { directory: 'a\u202Eb' })).rejects.toThrow(
      'A directory cannot be named',
    );
    await expect(run('csv', [{ ...file, name: `${'x'.repeat(200)}.csv` }])).rejects.toThrow(
      'A directory cannot be named',
    );
    await expect(run('lantern', [{ ...file, name: 'A.json' }], { directory: 'mine' })).rejects.toThrow(
      'leave the name out',
    );
  });

  it(
    'keeps 17,000 practices on one endpoint apart, found by name, on one row of endpoints',
    async () => {
      const practices = Array.from({ length: 17_000 }, (_, n) => ({
        URL: 'https://api.vast.example.org/fhir/r4',
        OrganizationName: `${['NC', 'TX', 'OH'][n % 3]} - Practice ${n.toString(36)} of Dr. N${n}`,
      }));
      const file = {
        name: 'Vast_Inc_EndpointSources.json',
        bytes: Buffer.from(JSON.stringify({ Endpoints: practices })),
      };
      const { result: report, work } = await countWork(database, (counted) =>
        importProviders(counted, { ...settings, format: 'lantern', files: [file] }),
      );
      expectImportOf(17_000, work);
      expect(report).toMatchObject({
        added: 17_000,
        distinctEndpoints: 1,
        shared: { endpoints: 1, organisations: 17_000 },
        mostShared: { endpoint: 'https://api.vast.example.org/fhir/r4', organisations: 17_000 },
      });
      const [counted] = await database.query(sql`
      select count(*)::integer as found, count(distinct endpoint_id)::integer as endpoints
        from provider_search join providers using (provider_id)
       where 'carolina' = any (words) and source = 'lantern'`);
      expect(counted).toEqual({ found: 5_667, endpoints: 1 });
      expect(await run('lantern', [file])).toMatchObject({ added: 0, changed: 0, unchanged: 17_000 });
    },
    importTestMs,
  );
});
