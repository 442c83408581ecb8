import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnAccount } from '../../src/accounts/own/listOwnAccounts.ts';
import { changeProjectCatalogue } from '../../src/catalogue/projectCatalogue.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const path = '/api/v1/delegated/externalaccounts';
let database: Database;
let service: TestService;
let study: Study;
let her: string;
let hers: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { catalogue: await catalogueWith('garmin', 'smartOnFhir') });
});
afterAll(() => service.close());

async function newcomer(): Promise<void> {
  study = await createStudy(database);
  her = await study.addParticipant();
  hers = await service.issueParticipantToken(study.projectID, her);
}
beforeAll(newcomer);

const list = async (token = hers) => (await service.send({ url: path, token })).json<OwnAccount[]>();
const remove = (url: string, token = hers) => service.send({ method: 'DELETE', url, token });

describe('her own accounts', () => {
  it('have the fields of the contract, with a zone in every date and without her name', async () => {
    await newcomer();
    const garmin = await study.addAccount({
      participantID: her,
      lastFetchAt: '2026-05-04T03:02:01.5Z',
      connectedAt: '2026-01-01T00:00:00Z',
      providerUserID: 'g-77',
      scopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
    });
    const clinic = await study.addProvider({
      name: 'Alder Clinic',
      definition: 'smartOnFhir',
      endpointUrl: 'https://alder.example/r4',
    });
    const hospital = await study.addAccount({
      participantID: her,
      providerID: clinic,
      status: 'fetchingData',
      providerUserID: null,
      scopes: ['patient/*.read'],
      connectedAt: '2026-02-03T04:05:06.1234567Z',
    });
    await study.addAccount();
    const provider = (id: number) => ({
      id,
      enabled: false,
    });
    expect(await list()).toEqual([
      {
        id: garmin,
        status: 'fetchComplete',
        provider: { ...provider(6327), name: 'Garmin', category: 'Device Manufacturer' },
        lastRefreshDate: '2026-05-04T03:02:01.5Z',
        connectionDate: '2026-01-01T00:00:00Z',
        providerUserID: 'g-77',
        dataScopes: 'ACTIVITY_EXPORT HEALTH_EXPORT',
      },
      {
        id: hospital,
        status: 'fetchingData',
        provider: { ...provider(clinic), name: 'Alder Clinic', category: 'Provider' },
        connectionDate: '2026-02-03T04:05:06.123457Z',
      },
    ]);
  });

  it('can be connected again when they are unauthorized', async () => {
    await newcomer();
    await study.addAccount({ participantID: her, status: 'unauthorized' });
    expect(await list()).toMatchObject([{ status: 'unauthorized', provider: { id: 6327, enabled: true } }]);
  });

  it('are none at first, and those of nobody else', async () => {
    await newcomer();
    await study.addAccount();
    expect(await list()).toEqual([]);
  });

  it('need a token that allows reading them', async () => {
    const only = await service.issueParticipantToken(study.projectID, her, ['ExternalAccounts:write']);
    expect((await service.send({ url: path, token: only })).statusCode).toBe(403);
    expect(
      (await service.send({ url: path, token: await service.issueToken(study.projectID) })).statusCode,
    ).toBe(401);
    expect((await service.send({ url: path })).statusCode).toBe(401);
  });
});

describe('deleting one of her accounts', () => {
  const own = (id: number | string) => `${path}/delete/${id}`;
  const kit = (id: number | string) => `/api/cfhrprovideraccounts/account/${id}?deleteData=true`;

  it.each([
    ['the delegated route', own],
    ['the route of the iOS kit', kit],
  ])('by %s deletes it, closes its scopes and leaves an audit row in her name', async (_name, url) => {
    await newcomer();
    const id = await study.addAccount({ participantID: her, scopes: ['A'] });
    expect((await remove(url(id))).statusCode).toBe(204);
    expect(await list()).toEqual([]);
    const [closed] = await database.query<{ open: number }>(
      sql`select count(*) filter (where ended_at is null)::integer as open from scope_periods where account_id = ${id}`,
    );
    expect(closed?.open).toBe(0);
    const audit = await database.query<{ actor: string }>(
      sql`select actor from audit_entries where account_id = ${id} and action = 'external-account.deleted'`,
    );
    expect(audit).toEqual([{ actor: `participant:${her}` }]);
    // Twice is as good as once.
    expect((await remove(url(id))).statusCode).toBe(204);
    const acts = await database.query(
      sql`select from audit_entries where account_id = ${id} and action = 'external-account.deleted'`,
    );
    expect(acts).toHaveLength(1);
  });

  it.each([
    ['of another person in her study', async () => study.addAccount()],
    ['of another study', async () => (await createStudy(database)).addAccount()],
  ])('%s is impossible, and looks as if there were none', async (_name, addForeign) => {
    await newcomer();
    const foreign = await addForeign();
    const refused = await remove(own(foreign));
    const unknown = await remove(own(2_000_000_000));
    expect([refused.statusCode, refused.body]).toEqual([204, '']);
    expect([unknown.statusCode, unknown.body]).toEqual([204, '']);
    expect((await remove(kit(foreign))).statusCode).toBe(204);
    const left = await database.query(sql`select from external_accounts where account_id = ${foreign}`);
    expect(left).toHaveLength(1);
  });

  it.each(['0', '-1', '1.5', 'x', '99999999999', '2147483648'])(
    'with the id %s finds nothing',
    async (id) => {
      expect((await remove(own(id))).statusCode).toBe(204);
      expect((await remove(kit(id))).statusCode).toBe(204);
    },
  );

  it('needs a token that allows writing', async () => {
    await newcomer();
    const id = await study.addAccount({ participantID: her });
    const only = await service.issueParticipantToken(study.projectID, her, ['ExternalAccounts:read']);
    expect((await remove(own(id), only)).statusCode).toBe(403);
    expect((await remove(kit(id), only)).statusCode).toBe(403);
    expect(await list()).toHaveLength(1);
  });
});

describe('the settings of data collection', () => {
  const settings = async () =>
    (await service.send({ url: '/api/v1/delegated/datacollectionsettings', token: hers })).json<
      Record<string, unknown>
    >();

  it('offer what is set up and used', async () => {
    await newcomer();
    expect(await settings()).toEqual({
      fitbitEnabled: false,
      googleHealthEnabled: false,
      garminEnabled: true,
      dexcomEnabled: false,
      omronEnabled: false,
      ouraEnabled: false,
      ehrEnabled: true,
      airQualityEnabled: false,
      weatherEnabled: false,
      appleHealthEnabled: false,
      appleHealthRecordsEnabled: false,
      googleFitEnabled: false,
      healthConnectEnabled: false,
      queryableDeviceDataTypes: [],
    });
    // The study has no registration with Oura: connecting it again would be refused.
    await study.addAccount({ participantID: her, providerID: 45417, status: 'error' });
    expect(await settings()).toMatchObject({ ouraEnabled: false });
    await database.transaction((transaction) =>
      changeProjectCatalogue(transaction, {
        projectID: study.projectID,
        change: (current) => ({
          ...current,
          categories: ['Device Manufacturer'],
          providers: [{ providerID: 6327, allowed: false, message: null }],
        }),
        actor: 'test',
        now: 0,
      }),
    );
    expect(await settings()).toMatchObject({ garminEnabled: false, ehrEnabled: false });
  });
});
