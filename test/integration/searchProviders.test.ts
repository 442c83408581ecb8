import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeProjectCatalogue, wholeCatalogue } from '../../src/catalogue/projectCatalogue.ts';
import { featureForAll } from '../../src/catalogue/featuredProviders.ts';
import type { ProviderObject, ProviderPage, PublicProviderPage } from '../../src/contract/provider.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type NewProvider, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

const path = '/api/v1/delegated/externalaccountproviders';
const featuredPath = '/api/v1/delegated/featuredexternalaccountproviders';
const clock = createFakeClock();
let database: Database;
let service: TestService;
let study: Study;
let participant: string;
let token: string;
const ids: Record<string, number> = {};

const clinics: readonly (NewProvider & { key: string })[] = [
  {
    key: 'rochester',
    name: 'Mayo Clinic Rochester',
    aliases: ['Saint Marys Campus', 'MN', 'Minnesota', '55902'],
  },
  { key: 'jacksonville', name: 'Mayo Clinic Jacksonville', aliases: ['Florida', 'FL'] },
  { key: 'mayor', name: 'Albert Mayor, MD', aliases: ['Rockford'] },
  { key: 'numeric', name: '24 Hour Mayo Care', aliases: [] },
  { key: 'etienne', name: 'Hôpital Saint-Étienne', aliases: [] },
  {
    key: 'plan',
    name: 'Rosewood Health Plan',
    category: 'Health Plan',
    definition: 'patientAccess',
    aliases: [],
  },
  {
    key: 'north',
    name: 'Valley Clinic North',
    endpointUrl: 'https://fhir.valley.example/r4',
    managingOrganization: 'Valley Health',
  },
  {
    key: 'south',
    name: 'Valley Clinic South',
    endpointUrl: 'https://fhir.valley.example/r4',
    managingOrganization: 'Valley Health',
  },
];

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
  for (const { key, ...clinic } of clinics)
    ids[key] = await study.addProvider({ definition: 'smartOnFhir', ...clinic });
  participant = await study.addParticipant();
  service = await startTestService(database, {
    clock,
    catalogue: await catalogueWith('smartOnFhir', 'patientAccess', 'garmin', 'fitbit'),
  });
  token = await service.issueParticipantToken(study.projectID, participant);
});
afterAll(() => service.close());

async function search(parameters: Record<string, string>, as = token) {
  const answer = await service.send({
    url: `${path}?${new URLSearchParams(parameters).toString()}`,
    token: as,
  });
  expect(answer.statusCode).toBe(200);
  return answer.json<ProviderPage>();
}

async function names(parameters: Record<string, string>): Promise<string[]> {
  return (await search(parameters)).externalAccountProviders.map(({ name }) => name);
}

/** Changes of the catalogue may take 3 s to be seen. */
function letTimePass(): void {
  clock.advance(3_001);
}

describe('the search for providers', () => {
  it.each([
    ['mayo ro', ['Albert Mayor, MD', 'Mayo Clinic Rochester']],
    ['MAYO rochester', ['Mayo Clinic Rochester']],
    ['rochester, mayo', ['Mayo Clinic Rochester']],
    ['55902', ['Mayo Clinic Rochester']],
    ['minn', ['Mayo Clinic Rochester']],
    ['marys', ['Mayo Clinic Rochester']],
    ["mary's", ['Mayo Clinic Rochester']],
    ['hopital etienne', ['Hôpital Saint-Étienne']],
    ['HÔPITAL', ['Hôpital Saint-Étienne']],
    ['saint', ['Hôpital Saint-Étienne', 'Mayo Clinic Rochester']],
    ['ayo', []],
    ['zzzz', []],
    ['%', []],
    ['"mayo":* | x', []],
    ['--', []],
  ])('finds by beginnings of words: %j', async (text, found) => {
    expect(await names({ search: text })).toEqual(found);
  });

  it('lists by name, with names that begin with a digit last', async () => {
    expect(await names({ search: 'mayo' })).toEqual([
      'Albert Mayor, MD',
      'Mayo Clinic Jacksonville',
      'Mayo Clinic Rochester',
      '24 Hour Mayo Care',
    ]);
  });

  it.each(['Rochster', 'rochestor', 'mayo rochestr', 'myao rochester', 'Jacksonvile', 'valey clinic'])(
    'finds with a slip of the pen: %j',
    async (text) => {
      const found = await names({ search: text });
      const wanted = /val/i.test(text)
        ? 'Valley Clinic North'
        : /jack/i.test(text)
          ? 'Mayo Clinic Jacksonville'
          : 'Mayo Clinic Rochester';
      expect(found).toContain(wanted);
    },
  );

  it('puts what a slip of the pen finds after everything that matches, and counts it', async () => {
    const own = await study.addProvider({ name: 'Rochstone Dental', definition: 'smartOnFhir' });
    letTimePass();
    const page = await search({ search: 'rochst' });
    expect(page.externalAccountProviders[0]?.id).toBe(own);
    expect(page.externalAccountProviders.length).toBe(page.totalExternalAccountProviders);
  });

  it('shows a provider that was added within three seconds, and not before', async () => {
    await names({ search: 'quince' });
    await study.addProvider({ name: 'Quince Practice', definition: 'smartOnFhir' });
    expect(await names({ search: 'quince' })).toEqual([]);
    letTimePass();
    expect(await names({ search: 'quince' })).toEqual(['Quince Practice']);
  });

  it('narrows to a category in any letter case', async () => {
    expect(await names({ search: 'ros', category: 'health plan' })).toEqual(['Rosewood Health Plan']);
    expect(await names({ search: 'ros', category: 'PROVIDER' })).toEqual([]);
    const devices = await search({ category: 'Device Manufacturer', includeUnavailable: 'true' });
    expect(devices.externalAccountProviders.map(({ id }) => id)).toEqual(
      expect.arrayContaining([6327, 45417, 564]),
    );
    expect(new Set(devices.externalAccountProviders.map(({ category }) => category))).toEqual(
      new Set(['Device Manufacturer']),
    );
  });

  it('gives pages from zero on that fit together', async () => {
    const all = await search({});
    expect(all.externalAccountProviders.length).toBe(all.totalExternalAccountProviders);
    const pages: ProviderObject[] = [];
    for (let pageNumber = 0; pages.length < all.totalExternalAccountProviders; pageNumber++) {
      const page = await search({
        pageSize: '7',
        ...(pageNumber === 0 ? {} : { pageNumber: String(pageNumber) }),
      });
      expect(page.totalExternalAccountProviders).toBe(all.totalExternalAccountProviders);
      pages.push(...page.externalAccountProviders);
    }
    expect(pages).toEqual(all.externalAccountProviders);
    expect((await search({ pageNumber: '999999' })).externalAccountProviders).toEqual([]);
    expect((await search({ pageSize: '100000' })).externalAccountProviders.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['pageSize', '0'],
    ['pageSize', '-1'],
    ['pageSize', 'x'],
    ['pageNumber', '-1'],
    ['pageNumber', '1.5'],
    ['category', 'Hospital'],
    ['search', 'x'.repeat(501)],
    ['serch', 'mayo'],
    ['includeUnavailable', 'yes'],
  ])('refuses %s=%s and names it', async (name, value) => {
    const answer = await service.send({
      url: `${path}?${new URLSearchParams({ [name]: value }).toString()}`,
      token,
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain(`"${name}"`);
  });

  it('is for participants whose token allows it', async () => {
    const without = await service.issueParticipantToken(study.projectID, participant, ['Participant:read']);
    expect((await service.send({ url: path, token: without })).statusCode).toBe(403);
    expect((await service.send({ url: path })).statusCode).toBe(401);
    const serviceToken = await service.issueToken(study.projectID);
    expect((await service.send({ url: path, token: serviceToken })).statusCode).toBe(401);
  });
});

describe('a found provider', () => {
  const find = async (text: string, as = token) =>
    (await search({ search: text }, as)).externalAccountProviders[0];

  const findAll = async (text: string, as = token) =>
    (await search({ search: text, includeUnavailable: 'TRUE' }, as)).externalAccountProviders[0];

  it('has exactly the fields of the contract', async () => {
    expect(await find('mayo clinic rochester')).toEqual({
      id: ids.rochester,
      name: 'Mayo Clinic Rochester',
      category: 'Provider',
      enabled: true,
    });
  });

  it('that the participant has connected cannot be connected again, through another brand neither', async () => {
    const her = await study.addParticipant();
    const hers = await service.issueParticipantToken(study.projectID, her);
    await study.addAccount({ participantID: her, providerID: ids.north!, status: 'error' });
    expect(await find('valley north', hers)).toMatchObject({ enabled: false });
    expect(await find('valley south', hers)).toMatchObject({
      enabled: false,
      relatedProvider: 'Valley Clinic North',
      managingOrganization: 'Valley Health',
    });
    expect(await find('valley south')).not.toHaveProperty('relatedProvider');
  });

  it('whose account is unauthorized can be connected again', async () => {
    const her = await study.addParticipant();
    const hers = await service.issueParticipantToken(study.projectID, her);
    await study.addAccount({ participantID: her, providerID: ids.north!, status: 'unauthorized' });
    expect(await find('valley north', hers)).toMatchObject({ enabled: true });
    expect(await find('valley south', hers)).toMatchObject({ relatedProvider: 'Valley Clinic North' });
  });

  it('without credentials says that the study has not set it up', async () => {
    expect(await findAll('oura')).toMatchObject({
      enabled: false,
      message: 'Your study has not set up this connection.',
    });
  });

  it('that was retired names its successor', async () => {
    expect(await findAll('fitbit')).toMatchObject({ id: 564, enabled: false, successorID: 49369 });
  });
});

describe("a study's own choice", () => {
  async function chooseFor(own: Study, change: Parameters<typeof changeProjectCatalogue>[1]['change']) {
    await database.transaction((transaction) =>
      changeProjectCatalogue(transaction, {
        projectID: own.projectID,
        change,
        actor: 'test',
        now: clock.now(),
      }),
    );
    return service.issueParticipantToken(own.projectID, await own.addParticipant());
  }

  it('leaves out categories and refuses providers in its words, for nobody else', async () => {
    const own = await createStudy(database);
    const hers = await chooseFor(own, (current) => ({
      ...current,
      categories: ['Provider', 'Device Manufacturer'],
      providers: [
        { providerID: 6327, allowed: false, message: 'Not in this study.' },
        { providerID: ids.jacksonville!, allowed: false, message: 'Unavailable' },
      ],
    }));
    expect((await search({ search: 'rosewood' }, hers)).totalExternalAccountProviders).toBe(0);
    expect((await search({ category: 'Health Plan' }, hers)).externalAccountProviders).toEqual([]);
    const all = async (text: string) =>
      (await search({ search: text, includeUnavailable: 'true' }, hers)).externalAccountProviders[0];
    expect(await all('garmin')).toMatchObject({ enabled: false, message: 'Not in this study.' });
    expect((await all('jacksonville'))?.message).toBe('Unavailable');
    expect((await search({ search: 'garmin' }, hers)).totalExternalAccountProviders).toBe(0);
    expect((await search({ search: 'jacksonville' }, hers)).externalAccountProviders).toEqual([]);
    expect((await search({ search: 'garmin' })).externalAccountProviders[0]).toMatchObject({ enabled: true });
  });

  it('may be a list of what is allowed', async () => {
    const own = await createStudy(database);
    const hers = await chooseFor(own, () => ({
      ...wholeCatalogue,
      othersAllowed: false,
      providers: [{ providerID: 6327, allowed: true }],
    }));
    expect((await search({ search: 'garmin' }, hers)).externalAccountProviders[0]).toMatchObject({
      enabled: true,
    });
    expect(
      (await search({ search: 'rochester', includeUnavailable: 'true' }, hers)).externalAccountProviders[0],
    ).toMatchObject({ enabled: false, message: 'Your study does not use this connection.' });
    expect(await search({}, hers)).toMatchObject({
      externalAccountProviders: [{ id: 6327 }],
      totalExternalAccountProviders: 1,
    });
  });

  it('is what the administrative API shows too', async () => {
    const own = await createStudy(database);
    await own.addAccount({ providerID: 6327 });
    await chooseFor(own, (current) => ({
      ...current,
      providers: [{ providerID: 6327, allowed: false, message: 'Not in this study.' }],
    }));
    const answer = await service.send({
      url: `/api/v1/administration/projects/${own.projectID}/externalAccounts`,
      token: await service.issueToken(own.projectID),
    });
    expect(answer.json()).toMatchObject({
      externalAccounts: [{ provider: { id: 6327, enabled: false, message: 'Not in this study.' } }],
    });
  });

  it('of featured providers is what was said last, when two say it at once', async () => {
    const context = 'twice at once';
    const feature = (providerIDs: number[], then?: () => Promise<unknown>) =>
      database.transaction(async (transaction) => {
        await featureForAll(transaction, { context, providerIDs, actor: 'test', now: clock.now() });
        await then?.();
      });
    await feature([45417]);
    let second: Promise<void> | undefined;
    await feature([6327, 564], async () => {
      second = feature([564, 45417]);
      await vi.waitFor(async () =>
        expect(
          await database.query(sql`
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
        ).toHaveLength(1),
      );
    });
    await second;
    const answer = await service.send({
      url: `${featuredPath}?includeUnavailable=true&featuredProvidersContext=${encodeURIComponent(context)}`,
      token,
    });
    expect(answer.json<ProviderObject[]>().map(({ id }) => id)).toEqual([564, 45417]);
  });

  it('of featured providers is by place, else its default, else that of the installation', async () => {
    const featured = async (as: string, context?: string) => {
      const query = new URLSearchParams({
        includeUnavailable: 'true',
        ...(context === undefined ? {} : { featuredProvidersContext: context }),
      }).toString();
      const answer = await service.send({ url: `${featuredPath}?${query}`, token: as });
      return answer.json<ProviderObject[]>().map(({ id }) => id);
    };
    await database.transaction((transaction) =>
      featureForAll(transaction, { context: '', providerIDs: [45417], actor: 'test', now: clock.now() }),
    );
    expect(await featured(token)).toEqual([45417]);
    const own = await createStudy(database);
    const hers = await chooseFor(own, (current) => ({
      ...current,
      featured: { '': [6327, 564], onboarding: [ids.rochester!] },
    }));
    expect(await featured(hers)).toEqual([6327, 564]);
    expect(await featured(hers, 'onboarding')).toEqual([ids.rochester]);
    expect(await featured(hers, 'elsewhere')).toEqual([6327, 564]);
    expect(await featured(token, 'onboarding')).toEqual([45417]);
    await database.transaction((transaction) =>
      featureForAll(transaction, {
        context: '',
        providerIDs: [45417, 6327],
        actor: 'test',
        now: clock.now(),
      }),
    );
    const open = await service.send({ url: '/api/featuredfhirpublicproviders' });
    // Oura is not set up.
    expect(open.json()).toEqual([expect.objectContaining({ ID: 6327, OrganizationName: 'Garmin' })]);
  });

  it('of featured providers leaves out what she can neither connect nor has connected', async () => {
    const own = await createStudy(database);
    await chooseFor(own, (current) => ({ ...current, featured: { '': [6327, 564, 45417] } }));
    const her = await own.addParticipant();
    const hers = await service.issueParticipantToken(own.projectID, her);
    const featured = async () =>
      (await service.send({ url: `${featuredPath}?`, token: hers }))
        .json<ProviderObject[]>()
        .map(({ id }) => id);
    expect(await featured()).toEqual([6327]);
    await own.addAccount({ participantID: her, providerID: 564 });
    expect(await featured()).toEqual([6327, 564]);
  });
});

describe('what a list has', () => {
  const listed = async (as: string) =>
    (await search({ category: 'Device Manufacturer' }, as)).externalAccountProviders;

  it('is nothing that the next request refuses, and everything that she has', async () => {
    const her = await study.addParticipant();
    const hers = await service.issueParticipantToken(study.projectID, her);
    expect((await listed(hers)).map(({ id }) => id)).toEqual([6327]);
    await study.addAccount({ participantID: her, providerID: 564 });
    expect((await listed(hers)).map(({ id, enabled }) => [id, enabled])).toEqual([
      [564, false],
      [6327, true],
    ]);
    expect((await search({ search: 'oura' }, hers)).totalExternalAccountProviders).toBe(0);
  });

  it('counts and pages what is in it', async () => {
    const page = await search({ pageSize: '3', pageNumber: '1' });
    const all = await search({});
    expect(page.totalExternalAccountProviders).toBe(all.externalAccountProviders.length);
    expect(page.externalAccountProviders).toEqual(all.externalAccountProviders.slice(3, 6));
    expect(all.externalAccountProviders.every(({ enabled }) => enabled)).toBe(true);
    const more = await search({ includeUnavailable: 'true' });
    expect(more.totalExternalAccountProviders).toBeGreaterThan(all.totalExternalAccountProviders);
    expect(
      more.externalAccountProviders
        .filter(({ enabled }) => enabled === false)
        .every(({ message }) => message),
    ).toBe(true);
  });
});

describe('the public search', () => {
  const find = async (parameters: Record<string, string>) => {
    const answer = await service.send({
      url: `/api/fhirpublicproviders?${new URLSearchParams(parameters).toString()}`,
    });
    expect(answer.statusCode).toBe(200);
    return answer.json<PublicProviderPage>();
  };

  it('needs no token and has the names that its clients expect', async () => {
    expect(await find({ keyword: 'mayo roch', pageSize: '45', pageNumber: '1' })).toEqual({
      Providers: [
        {
          ID: ids.rochester,
          OrganizationName: 'Mayo Clinic Rochester',
          LogoURL: `${publicUrl}/api/v1/delegated/externalaccountproviders/${ids.rochester}/logo`,
          Category: 'Provider',
        },
      ],
      TotalCount: 1,
    });
  });

  it('finds nothing that nobody can connect', async () => {
    for (const keyword of ['oura', 'fitbit', 'dexcom']) expect((await find({ keyword })).TotalCount).toBe(0);
    expect((await find({ keyword: 'garmin' })).Providers).toMatchObject([{ ID: 6327 }]);
  });

  it('counts its pages from one', async () => {
    const first = await find({ keyword: 'mayo', pageSize: '2', pageNumber: '1' });
    const second = await find({ keyword: 'mayo', pageSize: '2', pageNumber: '2' });
    expect(first).toEqual(await find({ keyword: 'mayo', pageSize: '2' }));
    expect([...first.Providers, ...second.Providers].map(({ OrganizationName }) => OrganizationName)).toEqual(
      await names({ search: 'mayo' }),
    );
    const answer = await service.send({ url: '/api/fhirpublicproviders?pageNumber=0' });
    expect(answer.statusCode).toBe(400);
  });
});
