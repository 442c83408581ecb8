import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLantern, type LanternReading } from './readLantern.ts';
import { describePublisher } from './nameOrganisation.ts';
import { cleanName } from '../reading/cleanName.ts';
import { findFhirVersion } from '../reading/fhirVersion.ts';
import { normaliseEndpoint } from '../reading/normaliseEndpoint.ts';

const vendorFile = 'Fernhill_Systems_Inc_EndpointSources.json';

interface GivenEntry {
  readonly URL: unknown;
  readonly OrganizationName?: unknown;
  readonly OrganizationZipCode?: unknown;
}

function read(entries: readonly GivenEntry[], name = vendorFile): LanternReading {
  return readLantern([{ name, content: { Endpoints: entries } }]);
}

function readOne(entry: GivenEntry, name = vendorFile) {
  const { candidates } = read([entry], name);
  expect(candidates).toHaveLength(1);
  return candidates[0];
}

describe('an endpoint', () => {
  it.each([
    ['https://FHIR.Fernhill.Example.ORG/Api/FHIR/R4/', 'https://fhir.fernhill.example.org/Api/FHIR/R4'],
    ['HTTPS://fhir.example.org:443/r4///', 'https://fhir.example.org/r4'],
    ['https://fhir.example.org:8443/r4', 'https://fhir.example.org:8443/r4'],
    ['https://fhir.example.org./r4', 'https://fhir.example.org/r4'],
    ['https://fhir.example.org', 'https://fhir.example.org'],
    ['https://fhir.example.org/', 'https://fhir.example.org'],
    ['https://fhir.example.org//FHIR', 'https://fhir.example.org//FHIR'],
    ['https://11.22.33.44/r4', 'https://11.22.33.44/r4'],
    ['https://[2600:1f18::1]/r4', 'https://[2600:1f18::1]/r4'],
  ])('%s becomes %s, and is kept as it was published', (given, endpoint) => {
    expect(normaliseEndpoint(given)).toEqual({ endpoint, published: given });
  });

  it.each([
    ['  https://fhir.example.org/r4\n', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['\thttps://FHIR.example.org/r4/ ', 'https://fhir.example.org/r4', 'https://FHIR.example.org/r4/'],
    ['https://fhir.example.org/r4?', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['https://fhir.example.org/r4/#', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['https:\\\\fhir.example.org\\r4', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['https:fhir.example.org/r4/', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4/'],
    ['https://@fhir.example.org/r4', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['https://fhir.example.org/r\n4/', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4/'],
    ['https://fhir.example.org/r4\u0000', 'https://fhir.example.org/r4', 'https://fhir.example.org/r4'],
    ['https://fhir.example.org/a|b', 'https://fhir.example.org/a%7Cb', 'https://fhir.example.org/a%7Cb'],
    [
      'https://süd.example.org/r4/',
      'https://xn--sd-xka.example.org/r4',
      'https://xn--sd-xka.example.org/r4/',
    ],
  ])('%j becomes %s, and what only a browser would read is not kept: %s', (given, endpoint, published) => {
    expect(normaliseEndpoint(given)).toEqual({ endpoint, published });
  });

  it.each([
    ['', 'not-an-address'],
    ['fhir.example.org/r4', 'not-an-address'],
    ['https://', 'not-an-address'],
    ['https://fhir..example.org/r4', 'not-an-address'],
    ['http://fhir.example.org/r4', 'not-https'],
    ['ftp://fhir.example.org/r4', 'not-https'],
    ['javascript:alert(1)', 'not-an-address'],
    ['https://user:secret@fhir.example.org/r4', 'has-credentials'],
    ['https://fhir.example.org/r4?customer=7', 'has-query'],
    ['https://fhir.example.org/r4#top', 'has-query'],
    ['https://fhir.example.org/https://fhir.example.org/FHIR', 'address-in-path'],
    ['https://ehrserver07/fhir', 'not-public'],
    ['https://localhost/fhir', 'not-public'],
    ['https://fhir.localhost/fhir', 'not-public'],
    ['https://emr.services.local/fhir', 'not-public'],
    ['https://emr.internal/fhir', 'not-public'],
    ['https://emr.clinic.lan/fhir', 'not-public'],
    ['https://fhir.test/fhir', 'not-public'],
    ['https://fhir.example/fhir', 'not-public'],
    ['https://10.1.2.3/fhir', 'not-public'],
    ['https://172.16.9.9/fhir', 'not-public'],
    ['https://192.168.0.1/fhir', 'not-public'],
    ['https://127.0.0.1/fhir', 'not-public'],
    ['https://0x7f.1/fhir', 'not-public'],
    ['https://169.254.169.254/latest', 'not-public'],
    ['https://100.64.0.1/fhir', 'not-public'],
    ['https://[::1]/fhir', 'not-public'],
    ['https://[fe80::1]/fhir', 'not-public'],
    ['https://[fd00::1]/fhir', 'not-public'],
    ['https://[::ffff:10.0.0.1]/fhir', 'not-public'],
    [`https://fhir.example.org/${'a'.repeat(1_000)}`, 'too-long'],
    [`https://fhir.example.org/${'/'.repeat(100_000)}`, 'too-long'],
  ])('%.60s is refused: %s', (given, refusal) => {
    expect(normaliseEndpoint(given)).toEqual({ refusal });
  });

  it('normalised twice is the same, and so is what is kept of how it was published', () => {
    const host = fc.constantFrom(
      'FHIR.Example.org',
      'a.b.c.example.org.',
      'xn--klinik-sd-x9a.example.org',
      '9.9.9.9',
    );
    const segment = fc.string({ unit: 'grapheme', maxLength: 12 });
    const endpoint = fc.oneof(
      fc.webUrl({ validSchemes: ['https'] }),
      fc
        .tuple(host, fc.array(segment, { maxLength: 6 }))
        .map(([name, path]) => `https://${name}/${path.join('/')}`),
    );
    fc.assert(
      fc.property(endpoint, (given) => {
        const once = normaliseEndpoint(given);
        if ('refusal' in once) return;
        const { endpoint, published } = once;
        expect(normaliseEndpoint(endpoint)).toEqual({ endpoint, published: endpoint });
        expect(normaliseEndpoint(published)).toEqual(once);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the FHIR version of an endpoint', () => {
  it.each([
    ['https://a.example.org/FHIRProxy/api/FHIR/DSTU2', 'DSTU2'],
    ['https://a.example.org/v2/argonaut/v1', 'DSTU2'],
    ['https://a.example.org/R2/open', 'DSTU2'],
    ['https://a.example.org/STU3/tenant', 'STU3'],
    ['https://a.example.org/v1/uscore/R4', 'R4'],
    ['https://a.example.org/api/fhir-r4', 'R4'],
    ['https://fhir-r4.example.org/api', 'R4'],
    ['https://a.example.org/api/fhir', null],
    ['https://fhir4.example.org/api', null],
    // Random identifiers of tenants that happen to hold the letters.
    ['https://a.example.org/dstu2/jqkvYbZoqhtQ6PherLCPc_R4bZXPPDZZ', 'DSTU2'],
    ['https://a.example.org/mQjCqHb5rkr1u1foU4dqhQPBpi7Qk9R4', null],
  ])('of %s is %s', (endpoint, version) => {
    expect(findFhirVersion(endpoint).version).toBe(version);
  });
});

describe('the name of an organisation', () => {
  it.each([
    ['  Fern   Hill\tClinic ', 'Fern Hill Clinic'],
    ['TX - \t FERN HILL MD PA', 'TX - FERN HILL MD PA'],
    ['Fern\u0000Hill\u200B\u202E Clinic', 'Fern Hill Clinic'],
    ['"Fernhill', 'Fernhill'],
    ['Ann "Nan" Fern, MD', 'Ann "Nan" Fern, MD'],
    ['Fern & Sons &amp; Co', 'Fern & Sons &amp; Co'],
    ['Fern\u2019s <FH> Clinic', 'Fern\u2019s <FH> Clinic'],
    ['Fern\uD800', 'Fern\uFFFD'],
    ['x'.repeat(400), 'x'.repeat(300)],
  ])('%j is cleaned to %j', (given, cleaned) => {
    expect(cleanName(given)).toBe(cleaned);
  });

  it('cleaned twice is the same, and fits the column', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 700 }),
      fc
        .array(fc.constantFrom('"', ' ', '\t', 'a', '\u0301', '\u200d', '\ud83d\ude00', '\ud83d'), {
          maxLength: 700,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (given) => {
        const once = cleanName(given);
        expect(cleanName(once)).toBe(once);
        expect(Array.from(once).length).toBeLessThanOrEqual(300);
        expect(once).not.toMatch(/\p{Cc}|^\s|\s$|\s\s/u);
      }),
      { numRuns: 1_000 },
    );
  });

  const endpoint = 'https://fhir.fernhill.example.org/r4';
  it.each([
    ['4711', vendorFile, 'Practice 4711 (Fernhill Systems)'],
    ['12-34', vendorFile, 'Practice 12-34 (Fernhill Systems)'],
    [4711, vendorFile, 'Practice 4711 (Fernhill Systems)'],
    ['', vendorFile, 'fhir.fernhill.example.org'],
    [' -- ', vendorFile, 'fhir.fernhill.example.org'],
    [null, vendorFile, 'fhir.fernhill.example.org'],
    ['', 'Medicare_MeadowLarkEndpointSources.json', 'Meadow Lark'],
    ['4711', 'Medicare_MeadowLarkEndpointSources.json', 'Plan 4711 (Meadow Lark)'],
    ['Meadow Lark Gold', 'Medicare_MeadowLarkEndpointSources.json', 'Meadow Lark Gold'],
  ])('%j in %s becomes %s', (given, file, name) => {
    expect(readOne({ URL: endpoint, OrganizationName: given }, file)?.name).toBe(name);
  });

  it('that was derived is no part of the source key, so that a better rule keeps the number', () => {
    expect(readOne({ URL: endpoint, OrganizationName: '' })?.sourceKey).toBe(`${endpoint}|`);
    expect(readOne({ URL: endpoint, OrganizationName: '4711' })?.sourceKey).toBe(`${endpoint}|4711`);
  });
});

describe('a publisher', () => {
  it.each([
    ['Epic_Systems_Corporation_1_EndpointSources.json', 'Epic_Systems_Corporation', 'Epic', 'Provider'],
    ['/data/Epic_Systems_Corporation_EndpointSources.json', 'Epic_Systems_Corporation', 'Epic', 'Provider'],
    ['eFern_LLC_EndpointSources.json', 'eFern_LLC', 'e Fern', 'Provider'],
    [
      'Medicare_UnitedHealthGroupEndpointSources.json',
      'Medicare_UnitedHealthGroup',
      'UnitedHealth Group',
      'Health Plan',
    ],
    ['own list.json', 'own list', 'own list', 'Provider'],
  ])('is told by its file name: %s', (file, family, displayName, category) => {
    expect(describePublisher(file)).toEqual({ family, displayName, category });
  });
});

describe('reading directories', () => {
  it('makes one candidate of one organisation at one endpoint; the first spelling wins, any postal code counts', () => {
    const reading = read([
      { URL: 'https://FHIR.example.org/r4/', OrganizationName: 'Fern Hill  Clinic', OrganizationZipCode: '' },
      {
        URL: 'https://fhir.example.org/r4',
        OrganizationName: 'FERN HILL CLINIC ',
        OrganizationZipCode: '01234-5678',
      },
      { URL: 'https://fhir.example.org/R4', OrganizationName: 'Fern Hill Clinic', OrganizationZipCode: '' },
      { URL: 'https://fhir.example.org/r4', OrganizationName: 'Fern Dale Clinic', OrganizationZipCode: '' },
    ]);
    expect(reading.candidates.map(({ name, endpoint, postalCode }) => [name, endpoint, postalCode])).toEqual([
      ['Fern Hill Clinic', 'https://fhir.example.org/r4', '01234-5678'],
      ['Fern Hill Clinic', 'https://fhir.example.org/R4', null],
      ['Fern Dale Clinic', 'https://fhir.example.org/r4', null],
    ]);
    expect(reading).toMatchObject({ entriesRead: 4, duplicatesMerged: 1, skipped: [] });
  });

  it('gives the same whatever the order of the files', () => {
    const files = ['A_EndpointSources.json', 'B_EndpointSources.json'].map((name) => ({
      name,
      content: {
        Endpoints: [
          { URL: 'https://fhir.example.org/r4', OrganizationName: name.startsWith('A') ? 'FERN' : 'Fern' },
        ],
      },
    }));
    expect(readLantern(files.toReversed())).toEqual(readLantern(files));
    expect(readLantern(files).candidates[0]?.name).toBe('FERN');
  });

  it.each([
    ['12345', '12345'],
    ['123456789', '12345-6789'],
    [' 12345-6789 ', '12345-6789'],
    [12345, '12345'],
    ['1234', null],
    ['12345-67', null],
    ['PG05', null],
    ['12345?', null],
  ])('reads the postal code %j as %j', (given, postalCode) => {
    const { candidates, postalCodesIgnored } = read([
      { URL: 'https://fhir.example.org/r4', OrganizationName: 'Fern', OrganizationZipCode: given },
    ]);
    expect(candidates[0]?.postalCode).toBe(postalCode);
    expect(postalCodesIgnored.entries).toBe(postalCode === null ? 1 : 0);
  });

  it('counts what it skips by reason, names the place, and shows no password', () => {
    const { candidates, skipped } = readLantern(
      [
        {
          name: vendorFile,
          content: {
            Endpoints: [
              { URL: 'http://fhir.example.org/r4', OrganizationName: 'Fern' },
              { URL: 'http://fhir.example.org/r4', OrganizationName: 'Dale' },
              { URL: 'https://me:secret@fhir.example.org/r4', OrganizationName: 'Hill' },
              { OrganizationName: 'Nowhere' },
            ],
          },
        },
      ],
      1,
    );
    expect(candidates).toEqual([]);
    expect(skipped).toEqual([
      expect.objectContaining({
        reason: 'not-https',
        entries: 2,
        examples: [`${vendorFile}, entry 1: http://fhir.example.org/r4 (Fern)`],
      }),
      expect.objectContaining({
        reason: 'has-credentials',
        entries: 1,
        examples: [`${vendorFile}, entry 3: https://…@fhir.example.org/r4 (Hill)`],
      }),
      expect.objectContaining({
        reason: 'not-an-address',
        entries: 1,
        examples: [`${vendorFile}, entry 4:  (Nowhere)`],
      }),
    ]);
  });

  it.each([[null], [[]], [{}], [{ Endpoints: {} }], [{ Endpoints: [{}, 'text'] }], ['text']])(
    'refuses the shape of %j and names the file',
    (content) => {
      expect(() => readLantern([{ name: vendorFile, content }])).toThrow(vendorFile);
    },
  );

  it('takes a property that an attacker would name for nothing but an absent one', () => {
    const content: unknown = JSON.parse(
      '{"Endpoints":[{"__proto__":{"URL":"https://fhir.example.org/r4"}}]}',
    );
    expect(readLantern([{ name: vendorFile, content }]).candidates).toEqual([]);
  });
});

describe('the successor of an older endpoint', () => {
  type Row = readonly [url: string, name: string, zip?: string];
  const successorOf = (rows: readonly Row[], name?: string) => {
    const reading = read(
      rows.map(([URL, OrganizationName, OrganizationZipCode]) => ({
        URL,
        OrganizationName,
        OrganizationZipCode,
      })),
      name,
    );
    return { successor: reading.candidates[0]?.successorKey?.split('|')[0] ?? null, reading };
  };

  it('is the endpoint that differs only in the version, even where the organisation has several', () => {
    const { successor } = successorOf([
      ['https://fhir.example.org/dstu2/b', 'Fern'],
      ['https://fhir.example.org/r4/a', 'FERN'],
      ['https://fhir.example.org/r4/b', 'fern'],
    ]);
    expect(successor).toBe('https://fhir.example.org/r4/b');
  });

  it('is the only one on the same host, before others elsewhere', () => {
    const { successor } = successorOf([
      ['https://one.example.org/v2/argonaut/v1', 'Fern'],
      ['https://two.example.org/v1/uscore/R4', 'Fern'],
      ['https://one.example.org/v1/uscore/R4', 'Fern'],
    ]);
    expect(successor).toBe('https://one.example.org/v1/uscore/R4');
  });

  it('is the only one on the host that is named alike', () => {
    const { successor } = successorOf([
      ['https://fhir.example.org/R2/open', 'Fern'],
      ['https://fhir.example.org/R4/fhir-Prod', 'Fern'],
      ['https://fhir.example.org/R4/open-Prod', 'Fern'],
    ]);
    expect(successor).toBe('https://fhir.example.org/R4/open-Prod');
  });

  it('is the only one at all, also in the second file of the vendor', () => {
    const reading = readLantern([
      {
        name: 'Fern_Inc_EndpointSources.json',
        content: { Endpoints: [{ URL: 'https://old.example.org/STU3', OrganizationName: 'Fern' }] },
      },
      {
        name: 'Fern_Inc_1_EndpointSources.json',
        content: { Endpoints: [{ URL: 'https://new.example.org/R4', OrganizationName: 'Fern' }] },
      },
    ]);
    expect(reading.successorsLinked).toBe(1);
    expect(reading.candidates.find(({ endpoint }) => endpoint.endsWith('STU3'))?.successorKey).toBe(
      'https://new.example.org/R4|fern',
    );
  });

  it('is not an organisation of the same name in another place, nor of another vendor', () => {
    const { successor, reading } = successorOf([
      ['https://fhir.example.org/dstu2/a', 'Family Medicine', '12345'],
      ['https://fhir.example.org/r4/b', 'Family Medicine', '98765'],
    ]);
    expect(successor).toBeNull();
    expect(reading.successorsMissing.entries).toBe(1);
    const other = readLantern([
      {
        name: 'Fern_EndpointSources.json',
        content: { Endpoints: [{ URL: 'https://a.example.org/DSTU2', OrganizationName: 'Dale' }] },
      },
      {
        name: 'Moss_EndpointSources.json',
        content: { Endpoints: [{ URL: 'https://b.example.org/R4', OrganizationName: 'Dale' }] },
      },
    ]);
    expect(other.successorsLinked).toBe(0);
  });

  it('is nobody when several would do, and the report says so', () => {
    const { successor, reading } = successorOf([
      ['https://fhir.example.org/dstu2/a', 'Fern'],
      ['https://fhir.example.org/r4/b', 'Fern'],
      ['https://fhir.example.org/r4/c', 'Fern'],
    ]);
    expect(successor).toBeNull();
    expect(reading.successorsAmbiguous).toEqual({
      entries: 1,
      examples: ['Fern at https://fhir.example.org/dstu2/a'],
    });
  });

  it('does not exist for addresses that name no version', () => {
    const { reading } = successorOf([
      ['https://fhir.example.org/api/fhir', 'Fern'],
      ['https://fhir.example.org/api/fhir-r4', 'Fern'],
    ]);
    expect(reading).toMatchObject({ successorsLinked: 0, successorsMissing: { entries: 0 } });
  });
});
