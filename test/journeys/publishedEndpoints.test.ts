import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importProviders } from '../../src/directories/importProviders.ts';
import type { DirectoryFile } from '../../src/directories/reading/defineDirectory.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createJourneyBrowser, goToProvider, returnAddress } from '../harness/journeyBrowser.ts';
import { openSandboxWorld, type SandboxWorld } from '../harness/worlds.ts';

interface Listed {
  readonly name: string;
  readonly address: string;
}

const endpointOf = ({ address }: Listed, id: number) => ({
  resourceType: 'Endpoint',
  id: String(id),
  status: 'active',
  address,
  connectionType: { code: 'hl7-fhir-rest' },
});
const organisationOf = ({ name }: Listed, id: number) => ({
  resourceType: 'Organization',
  id: String(id),
  name,
  endpoint: [{ reference: `Endpoint/${id}` }],
});

/** A directory of each format, as its publisher would write it. */
const formats: Readonly<Record<string, (listed: readonly Listed[]) => { name: string; text: string }>> = {
  csv: (listed) => ({
    name: 'list.csv',
    text: ['name,endpoint', ...listed.map(({ name, address }) => `${name},${address}`)].join('\n'),
  }),
  lantern: (listed) => ({
    name: 'Somebody_EndpointSources.json',
    text: JSON.stringify({
      Endpoints: listed.map(({ name, address }) => ({ URL: address, OrganizationName: name })),
    }),
  }),
  brands: (listed) => ({
    name: 'brands.json',
    text: JSON.stringify({
      resourceType: 'Bundle',
      entry: [...listed.map(organisationOf), ...listed.map(endpointOf)].map((resource) => ({ resource })),
    }),
  }),
  ndjson: (listed) => ({
    name: 'organisations.ndjson',
    // The first endpoint belongs to no organisation and names itself.
    text: [
      ...listed.map(organisationOf).slice(1),
      ...listed.map((one, id) => ({ ...endpointOf(one, id), name: one.name })),
    ]
      .map((resource) => JSON.stringify(resource))
      .join('\n'),
  }),
};

const spellings = {
  'a slash': (host: string) => `https://${host}/api/r4/`,
  'no slash': (host: string) => `https://${host}/api/r4`,
  'capitals and a port': (host: string) => `https://${host.replace('fhir', 'FHIR')}:443/api/r4/`,
} as const;

/** Vendors that are known by the host, and what becomes of the address that was published. */
const vendors = [
  ['epic', 'base', 'epichosted.com', (published: string) => published],
  ['oracleHealth', 'base', 'cerner.com', (published: string) => published],
  ['meditech', 'base', 'meditech.cloud', (published: string) => published],
  [
    'eClinicalWorks',
    'base-without-slash',
    'ecwcloud.com',
    (published: string) => published.replace(/\/$/, ''),
  ],
  ['smartOnFhir', 'base-without-slash', 'example.org', (published: string) => published.replace(/\/$/, '')],
  ['nextGenEnterprise', 'omit', 'nextgen.com', () => null],
] as const;

const cases = Object.keys(formats).flatMap((format) =>
  vendors.flatMap(([slug, rule, domain, audienceOf]) =>
    Object.entries(spellings).map(([spelling, spell], number) => {
      const published = spell(`fhir${number}-${format}-${slug.toLowerCase()}.${domain}`);
      return { format, slug, rule, spelling, published, aud: audienceOf(published) };
    }),
  ),
);
const nameOf = ({ format, slug, spelling }: (typeof cases)[number]) => `Clinic ${format} ${slug} ${spelling}`;

describe('the audience of a journey to an endpoint of a directory', () => {
  let world: SandboxWorld;

  beforeAll(async () => {
    world = await openSandboxWorld({ device: 'oura', record: 'smartOnFhir' });
    const { database, catalogue } = world;
    for (const [format, write] of Object.entries(formats)) {
      const { name, text } = write(
        cases
          .filter((one) => one.format === format)
          .map((one) => ({ name: nameOf(one), address: one.published })),
      );
      const files: DirectoryFile[] = [{ name, bytes: Buffer.from(text) }];
      await importProviders(database, {
        format,
        files,
        definitions: catalogue.definitions,
        clock: systemClock,
        actor: 'test',
      });
    }
  });
  afterAll(() => world.close());

  it.each(cases)('is $rule of what $format publishes with $spelling ($slug)', async (one) => {
    const { database, service, study } = world;
    const [row] = await database.query<{ providerID: number; definition: string }>(
      sql`select provider_id as "providerID", definition from providers where name = ${nameOf(one)}`,
    );
    expect(row?.definition).toBe(one.slug);
    const token = await service.issueParticipantToken(study.projectID, await study.addParticipant());
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, browser, providerID: row!.providerID });
    expect(new URL(address).searchParams.get('aud')).toBe(one.aud);
    const { headers } = await browser.visit(await world.decide(address));
    expect(headers.location).toBe(`${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`);
  });

  it('is all that is spelt so: servers are asked and remembered by the one spelling', async () => {
    const asked = await world.database.query<{ base: string }>(
      sql`select base_url as base from server_configurations order by base_url collate "C"`,
    );
    const spelt = cases.map(({ published }) => URL.parse(published)!.href.replace(/\/$/, ''));
    expect(asked.map(({ base }) => base)).toEqual(spelt.sort());
    const requests = world.sandbox.ledger.entries({ limit: 100_000 });
    expect(requests.filter(({ operation }) => operation === 'unknown')).toEqual([]);
  });
});
