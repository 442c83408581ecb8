import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExternalAccountPage } from '../../src/contract/page.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';

let database: Database;
let service: TestService;
let study: Study;
let token: string;
let accounts: { garmin: number; hospital: number; plan: number; oura: number; withComma: number };
let hospital: number;
let person: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { catalogue: await catalogueWith() });
  study = await createStudy(database);
  token = await service.issueToken(study.projectID);
  hospital = await study.addProvider({
    name: 'Larkspur General',
    category: 'Provider',
    endpointUrl: 'https://fhir.larkspur.example/r4',
    definition: 'smartOnFhir',
  });
  const plan = await study.addProvider({ name: 'Harbor "Plus" Plan', category: 'Health Plan' });
  const comma = await study.addProvider({ name: 'Wells, Fenn \\ Sons', category: 'Provider' });
  person = await study.addParticipant('ABC-123', '063bca09-3265-4aa9-b550-00010bc0b954');
  accounts = {
    garmin: await study.addAccount({
      participantID: person,
      scopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
      lastFetchAt: '2023-07-26T18:22:42.93Z',
      connectedAt: '2020-10-01T04:18:52.01Z',
      providerUserID: 'A12345',
    }),
    hospital: await study.addAccount({
      participantID: person,
      providerID: hospital,
      status: 'unauthorized',
      scopes: ['patient/*.read'],
      providerUserID: null,
    }),
    plan: await study.addAccount({ providerID: plan, status: 'error', lastFetchAt: '2026-02-03T04:05:06Z' }),
    oura: await study.addAccount({
      providerID: 45417,
      status: 'fetchingData',
      lastFetchAt: null,
      connectedAt: '2026-03-01T00:00:00.1234567Z',
    }),
    withComma: await study.addAccount({ providerID: comma }),
  };
});
afterAll(() => service.close());

const path = () => `/api/v1/administration/projects/${study.projectID}/externalAccounts`;

async function query(parameters: Record<string, string> = {}, url = path()) {
  const answer = await service.send({ url: `${url}?${new URLSearchParams(parameters).toString()}`, token });
  return { answer, status: answer.statusCode, page: answer.json<ExternalAccountPage & { detail: string }>() };
}

async function ids(parameters: Record<string, string>): Promise<number[]> {
  const { status, page } = await query(parameters);
  expect(status).toBe(200);
  return page.externalAccounts.map(({ id }) => id);
}

describe('the external account object', () => {
  it('has every field of the specification that applies, and no other', async () => {
    const { answer, page } = await query();
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(page.externalAccounts[0]).toEqual({
      id: accounts.garmin,
      participantID: '063bca09-3265-4aa9-b550-00010bc0b954',
      participantIdentifier: 'ABC-123',
      status: 'fetchComplete',
      provider: {
        id: 6327,
        name: 'Garmin',
        category: 'Device Manufacturer',
        logoUrl: `${publicUrl}/api/v1/delegated/externalaccountproviders/6327/logo`,
        enabled: true,
      },
      lastRefreshDate: '2023-07-26T18:22:42.93',
      connectionDate: '2020-10-01T04:18:52.01',
      providerUserID: 'A12345',
      dataScopes: 'ACTIVITY_EXPORT HEALTH_EXPORT',
    });
    expect(page.nextPageID).toBeUndefined();
  });

  it('leaves out what does not apply instead of writing null', async () => {
    const { page } = await query({ providerIDs: String(hospital) });
    expect(page.externalAccounts[0]).toEqual({
      id: accounts.hospital,
      participantID: person,
      participantIdentifier: 'ABC-123',
      status: 'unauthorized',
      provider: {
        id: hospital,
        name: 'Larkspur General',
        category: 'Provider',
        logoUrl: `${publicUrl}/api/v1/delegated/externalaccountproviders/${hospital}/logo`,
        enabled: true,
      },
      connectionDate: '2026-01-01T00:00:00',
    });
  });

  it('writes dates in UTC without a zone, with as many fraction digits as there are', async () => {
    const { page } = await query({ providerIDs: '45417' });
    expect(page.externalAccounts[0]).toMatchObject({ connectionDate: '2026-03-01T00:00:00.123457' });
    expect(page.externalAccounts[0]).not.toHaveProperty('lastRefreshDate');
  });

  it('shows the last successful refresh after a failure, not the failed one', async () => {
    const other = await createStudy(database);
    const id = await other.addAccount({
      status: 'error',
      lastFetchAt: '2026-05-05T00:00:00Z',
      lastSuccessAt: '2026-05-04T00:00:00Z',
    });
    const answer = await service.send({
      url: `/api/v1/administration/projects/${other.projectID}/externalAccounts`,
      token: await service.issueToken(other.projectID),
    });
    expect(answer.json<ExternalAccountPage>().externalAccounts).toMatchObject([
      { id, lastRefreshDate: '2026-05-04T00:00:00' },
    ]);
  });

  it('explains a provider that is not enabled', async () => {
    const other = await createStudy(database);
    const successor = await other.addProvider({ name: 'Birch R4', endpointUrl: 'https://birch.example/r4' });
    const old = await other.addProvider({
      name: 'Birch DSTU2',
      enabled: false,
      message: 'Please use the newer connection.',
      managingOrganization: 'Birch Network',
      successorID: successor,
      endpointUrl: 'https://shared.example/fhir',
    });
    const sibling = await other.addProvider({
      name: 'Birch "East" \u0001 日本',
      managingOrganization: 'Birch Network',
      endpointUrl: 'https://shared.example/fhir',
      definition: 'smartOnFhir',
    });
    const participantID = await other.addParticipant();
    await other.addAccount({ participantID, providerID: old });
    await other.addAccount({ participantID, providerID: sibling });
    await other.addAccount({ providerID: sibling });
    const answer = await service.send({
      url: `/api/v1/administration/projects/${other.projectID}/externalAccounts`,
      token: await service.issueToken(other.projectID),
    });
    const common = (id: number) => ({
      id,
      category: 'Provider',
      logoUrl: `${publicUrl}/api/v1/delegated/externalaccountproviders/${id}/logo`,
    });
    const east = { ...common(sibling), name: 'Birch "East" \u0001 日本' };
    expect(answer.json<ExternalAccountPage>().externalAccounts.map(({ provider }) => provider)).toEqual([
      {
        ...common(old),
        name: 'Birch DSTU2',
        enabled: false,
        message: 'Please use the newer connection.',
        managingOrganization: 'Birch Network',
        successorID: successor,
      },
      { ...east, enabled: false, relatedProvider: 'Birch DSTU2', managingOrganization: 'Birch Network' },
      { ...east, enabled: true },
    ]);
  });

  it('follows at once what becomes of a provider, and what the study says about it', async () => {
    const other = await createStudy(database);
    const endpointUrl = 'https://changing.example/fhir';
    const provider = await other.addProvider({ name: 'Ash', endpointUrl, definition: 'smartOnFhir' });
    const sibling = await other.addProvider({ name: 'Ash East', definition: 'smartOnFhir' });
    const participantID = await other.addParticipant();
    await other.addAccount({ participantID, providerID: provider });
    await other.addAccount({ participantID, providerID: sibling });
    const token = await service.issueToken(other.projectID);
    const url = `/api/v1/administration/projects/${other.projectID}/externalAccounts`;
    const read = async () =>
      (await service.send({ url, token }))
        .json<ExternalAccountPage>()
        .externalAccounts.map((one) => one.provider);
    expect(await read()).toMatchObject([{ enabled: true }, { enabled: true }]);
    await database.query(sql`update providers set name = 'Ash West' where provider_id = ${provider}`);
    expect(await read()).toMatchObject([{ name: 'Ash West' }, { enabled: true }]);
    await database.query(sql`
      update providers set endpoint_id = (select endpoint_id from providers where provider_id = ${provider})
       where provider_id = ${sibling}`);
    expect(await read()).toMatchObject([{ relatedProvider: 'Ash East' }, { relatedProvider: 'Ash West' }]);
    await database.query(sql`
      update providers set enabled = false, message = 'Later.' where provider_id = ${provider}`);
    expect(await read()).toMatchObject([{ message: 'Later.' }, { relatedProvider: 'Ash West' }]);
    await database.query(sql`
      insert into project_providers (project_id, provider_id, allowed, message)
      values (${other.projectID}, ${sibling}, false, 'Not here.')`);
    expect(await read()).toMatchObject([{ message: 'Later.' }, { message: 'Not here.' }]);
    await database.query(sql`delete from project_providers where project_id = ${other.projectID}`);
    await database.query(sql`
      insert into project_catalogues (project_id, categories, others_allowed)
      values (${other.projectID}, '{Provider}', false)`);
    expect(await read()).toMatchObject([{ message: 'Later.' }, { enabled: false }]);
  });

  it('passes any text through JSON unharmed', async () => {
    const other = await createStudy(database);
    const identifier = 'P "\\ \u0001\n\u2028 é 日本 😀 </script>';
    await other.addAccount({
      participantID: await other.addParticipant(identifier),
      providerUserID: 'tab\there',
    });
    const token = await service.issueToken(other.projectID);
    const url = `/api/v1/administration/projects/${other.projectID}/externalAccounts?participantIdentifier=${encodeURIComponent(identifier)}`;
    const answer = await service.send({ url, token });
    expect(answer.json<ExternalAccountPage>().externalAccounts).toMatchObject([
      { participantIdentifier: identifier, providerUserID: 'tab\there' },
    ]);
  });
});

describe('the filters', () => {
  const cases: [string, () => Record<string, string>, () => number[]][] = [
    [
      'participantID in any letter case',
      () => ({ participantID: person.toUpperCase() }),
      () => [accounts.garmin, accounts.hospital],
    ],
    [
      'participantIdentifier',
      () => ({ participantIdentifier: 'ABC-123' }),
      () => [accounts.garmin, accounts.hospital],
    ],
    [
      'participantIdentifier exactly, letter case included',
      () => ({ participantIdentifier: 'abc-123' }),
      () => [],
    ],
    [
      'participantID and participantIdentifier of two people',
      () => ({ participantID: person, participantIdentifier: 'P-1' }),
      () => [],
    ],
    ['providerIDs', () => ({ providerIDs: `6327,${hospital}` }), () => [accounts.garmin, accounts.hospital]],
    ['an unknown provider', () => ({ providerIDs: '2147483647' }), () => []],
    [
      'providerCategories in any letter case, with spaces after commas',
      () => ({ providerCategories: 'device manufacturer, Health plan' }),
      () => [accounts.garmin, accounts.plan, accounts.oura],
    ],
    ['providerNames', () => ({ providerNames: 'Garmin,Oura' }), () => [accounts.garmin, accounts.oura]],
    [
      'a comma and a backslash in a provider name',
      () => ({ providerNames: 'Wells\\, Fenn \\\\ Sons' }),
      () => [accounts.withComma],
    ],
    ['a provider name given twice', () => ({ providerNames: 'Oura,Oura' }), () => [accounts.oura]],
    ['a provider given twice', () => ({ providerIDs: '6327,6327' }), () => [accounts.garmin]],
    [
      'providers by number and by name',
      () => ({ providerIDs: '6327,45417', providerNames: 'Oura,Dexcom' }),
      () => [accounts.oura],
    ],
    ['an unknown provider name', () => ({ providerNames: 'Nowhere' }), () => []],
    [
      'externalAccountStatuses',
      () => ({ externalAccountStatuses: 'unauthorized,error' }),
      () => [accounts.hospital, accounts.plan],
    ],
    [
      'externalAccountStatuses as older pages write them',
      () => ({ externalAccountStatuses: 'FetchComplete' }),
      () => [accounts.garmin, accounts.withComma],
    ],
    [
      'OR inside a list, AND across',
      () => ({
        providerCategories: 'Provider',
        externalAccountStatuses: 'unauthorized,error',
        providerNames: 'Larkspur General,Garmin',
      }),
      () => [accounts.hospital],
    ],
    [
      'a category that contradicts the provider',
      () => ({ providerIDs: '6327', providerCategories: 'Provider' }),
      () => [],
    ],
    [
      'everything at once',
      () => ({
        participantID: person,
        participantIdentifier: 'ABC-123',
        providerIDs: '6327',
        providerCategories: 'Device Manufacturer',
        providerNames: 'Garmin',
        externalAccountStatuses: 'fetchComplete',
        limit: '1',
      }),
      () => [accounts.garmin],
    ],
    [
      'a participant and a status',
      () => ({ participantID: person, externalAccountStatuses: 'error' }),
      () => [],
    ],
  ];
  for (const [name, parameters, expected] of cases)
    it(`finds by ${name}`, async () => {
      expect(await ids(parameters())).toEqual(expected());
    });

  const refused: [string, Record<string, string> | string, RegExp][] = [
    ['an unknown parameter', { status: 'error' }, /no parameter "status".*externalAccountStatuses/],
    [
      'an unknown status',
      { externalAccountStatuses: 'broken' },
      /"broken".*unauthorized, fetchingData, error, fetchComplete/,
    ],
    [
      'an unknown category',
      { providerCategories: 'Hospital' },
      /"Hospital".*Provider, Health Plan, Device Manufacturer/,
    ],
    ['an empty item', { providerIDs: '1,,2' }, /providerIDs.*empty item/],
    ['an empty list', { providerNames: '' }, /providerNames.*empty item/],
    ['an empty participantIdentifier', { participantIdentifier: '' }, /participantIdentifier.*empty/],
    ['a participantID that is no GUID', { participantID: 'ABC-123' }, /participantID.*GUID/],
    ['a provider id that is no number', { providerIDs: '1;drop table providers--' }, /providerIDs/],
    ['a provider id out of range', { providerIDs: '2147483648' }, /providerIDs/],
    ['limit 0', { limit: '0' }, /limit/],
    ['limit 000', { limit: '000' }, /limit/],
    ['a negative limit', { limit: '-1' }, /limit/],
    ['a fractional limit', { limit: '1.5' }, /limit/],
    ['a limit in words', { limit: 'ten' }, /limit/],
    ['an empty limit', { limit: '' }, /limit/],
    ['a repeated parameter', 'limit=1&limit=2', /limit.*more than once/],
    ['a broken escape', 'participantIdentifier=%zz', /UTF-8/],
    ['bytes that are not UTF-8', 'participantIdentifier=%ff%fe', /UTF-8/],
    ['a NUL character', 'participantIdentifier=a%00b', /NUL/],
    ['an overlong encoding', 'participantIdentifier=%c0%80', /UTF-8/],
    [
      '10,000 items',
      { providerIDs: Array.from({ length: 10_000 }, (_, n) => n + 1).join(',') },
      /providerIDs.*1000/,
    ],
    ['100 KB of query', { participantID: 'x'.repeat(100_000) }, /participantID/],
    ['100 KB of an unknown parameter', { [`x${'y'.repeat(100_000)}`]: '1' }, /no parameter/],
    ['a nextPageID that is no GUID', { nextPageID: 'page2' }, /nextPageID/],
    ['a made-up nextPageID', { nextPageID: '26519109-6f13-ed11-8be3-dcfb485e2b02' }, /nextPageID/],
  ];
  for (const [name, parameters, detail] of refused)
    it(`refuses ${name} with a reason, at once`, async () => {
      const text = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString();
      const answer = await service.send({ url: `${path()}?${text}`, token });
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      const problem = answer.json<{ detail: string; message: string }>();
      expect(problem.detail).toMatch(detail);
      expect(problem.message).toBe(problem.detail);
      expect(problem.detail.length).toBeLessThan(400);
    });

  it('compares provider names exactly, outer spaces included', async () => {
    const name = ' Fern Valley  ';
    const provider = await study.addProvider({ name });
    const id = await study.addAccount({ providerID: provider });
    expect(await ids({ providerNames: `Garmin,${name}` })).toEqual([accounts.garmin, id]);
    expect(await ids({ providerNames: name.trim() })).toEqual([]);
    await service.send({ method: 'DELETE', url: `${path()}/${id}`, token });
  });

  it('treats SQL in values as values', async () => {
    for (const hostile of [
      "' or 1=1 --",
      "'; delete from external_accounts; --",
      '$1',
      '\\',
      '%',
      "Garmin' || '",
    ]) {
      expect(await ids({ participantIdentifier: hostile })).toEqual([]);
      expect(await ids({ providerNames: `x${hostile}` })).toEqual([]);
    }
    expect(await ids({})).toHaveLength(5);
  });
});

describe('the pages', () => {
  it('hold at most limit accounts, 100 by default and at most, in ascending order', async () => {
    const other = await createStudy(database);
    const made = [];
    for (let n = 0; n < 105; n++) made.push(await other.addAccount());
    const token = await service.issueToken(other.projectID);
    const url = `/api/v1/administration/projects/${other.projectID}/externalAccounts`;
    const get = async (text: string) =>
      (await service.send({ url: url + text, token })).json<ExternalAccountPage>();
    const first = await get('');
    expect(first.externalAccounts.map(({ id }) => id)).toEqual(made.slice(0, 100));
    expect((await get('?limit=1000000000000000000000')).externalAccounts).toHaveLength(100);
    const second = await get(`?nextPageID=${first.nextPageID!.toUpperCase()}`);
    expect(second.externalAccounts.map(({ id }) => id)).toEqual(made.slice(100));
    expect(second).not.toHaveProperty('nextPageID');
    // A page that ends exactly with the last account has no next one.
    expect(await get('?limit=100&providerIDs=6327')).toHaveProperty('nextPageID');
    expect((await get(`?limit=5&nextPageID=${first.nextPageID!}`)).nextPageID).toBeUndefined();
  });

  it('give the same next page to the same page, with filters sent again or left out', async () => {
    const first = await query({ limit: '1', externalAccountStatuses: 'error,unauthorized' });
    const again = await query({ limit: '1', externalAccountStatuses: 'UNAUTHORIZED, error' });
    const nextPageID = first.page.nextPageID!;
    expect(again.page.nextPageID).toBe(nextPageID);
    expect(await ids({ nextPageID })).toEqual([accounts.plan]);
    expect(await ids({ nextPageID, externalAccountStatuses: 'error,unauthorized' })).toEqual([accounts.plan]);
  });

  it('refuse a next page with other filters, and one of another project, in the same words as a forged one', async () => {
    const { page } = await query({ limit: '1', externalAccountStatuses: 'error,unauthorized' });
    const nextPageID = page.nextPageID!;
    const other = await query({ nextPageID, externalAccountStatuses: 'error' });
    expect(other.status).toBe(400);
    expect(other.page.detail).toMatch(/other filters/);
    expect(
      (await query({ nextPageID, externalAccountStatuses: 'error,unauthorized', providerIDs: '1' })).status,
    ).toBe(400);
    const stranger = await createStudy(database);
    const url = `/api/v1/administration/projects/${stranger.projectID}/externalAccounts?nextPageID=`;
    const theirs = await service.issueToken(stranger.projectID);
    const foreign = await service.send({ url: url + nextPageID, token: theirs });
    const forged = await service.send({ url: `${url}26519109-6f13-ed11-8be3-dcfb485e2b02`, token: theirs });
    expect(foreign.statusCode).toBe(400);
    expect(foreign.body).toBe(forged.body);
  });

  it('keep the page size of the first page unless another is asked for', async () => {
    const first = await query({ limit: '2' });
    const second = await query({ nextPageID: first.page.nextPageID! });
    expect(second.page.externalAccounts).toHaveLength(2);
    const third = await query({ nextPageID: first.page.nextPageID!, limit: '3' });
    expect(third.page.externalAccounts).toHaveLength(3);
  });
});

describe('the route', () => {
  it('is matched in any letter case, with repeated and trailing slashes', async () => {
    for (const url of [
      `//api/v1/administration/projects/${study.projectID}/externalAccounts`,
      `/API/V1/Administration/Projects/${study.projectID.toUpperCase()}/EXTERNALACCOUNTS/`,
      `/api//v1/administration/projects//${study.projectID}/externalaccounts?limit=1`,
    ]) {
      const answer = await service.send({
        url,
        token,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it('answers 401 before it looks at the query, and 404 for a project that is not the caller’s', async () => {
    expect((await service.send({ url: `${path()}?nonsense=1` })).statusCode).toBe(401);
    const wrong = await service.send({ url: path(), token: 'trb_nonsense' });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.headers['www-authenticate']).toMatch(/^Bearer/);
    const stranger = await createStudy(database);
    const foreign = await service.send({ url: path().replace(study.projectID, stranger.projectID), token });
    const unknown = await service.send({
      url: path().replace(study.projectID, '11111111-1111-4111-8111-111111111111'),
      token,
    });
    const garbled = await service.send({ url: path().replace(study.projectID, 'not-a-guid'), token });
    expect([foreign.statusCode, unknown.statusCode, garbled.statusCode]).toEqual([404, 404, 404]);
    expect(foreign.body).toBe(unknown.body);
    expect(garbled.body).toBe(unknown.body);
  });

  it('logs neither the query nor the token nor anything about a person', async () => {
    await query({ participantIdentifier: 'ABC-123' });
    const text = service.log.join('');
    for (const secret of ['ABC-123', person, token, study.projectID]) expect(text).not.toContain(secret);
    expect(text).toContain('queryExternalAccounts');
  });
});
