import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import {
  askForAddress,
  createJourneyBrowser,
  makeVerifier,
  returnAddress,
  studyOrigin,
} from '../harness/journeyBrowser.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const fitbit = 564;
const googleHealth = 49369;
const makers = {
  fitbitEnabled: fitbit,
  googleHealthEnabled: googleHealth,
  garminEnabled: 6327,
  dexcomEnabled: 5691,
  omronEnabled: 1466,
  ouraEnabled: 45417,
} as const;

let database: Database;
/** Where Google Health is set up, and where it is not. */
let service: TestService;
let without: TestService;
let study: Study;
let her: string;
let hers: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, {
    catalogue: await catalogueWith('googleHealth', 'garmin', 'smartOnFhir'),
  });
  without = await startTestService(database, { catalogue: await catalogueWith('garmin') });
});
afterAll(async () => {
  await service.close();
  await without.close();
});
beforeEach(async () => {
  study = await createStudy(database);
  await database.transaction((transaction) =>
    addRedirectTargets(transaction, {
      projectID: study.projectID,
      targets: [studyOrigin],
      actor: 'test',
      now: 0,
    }),
  );
  her = await study.addParticipant();
  hers = await service.issueParticipantToken(study.projectID, her);
});

const connect = (providerID: number, { verifierHash } = makeVerifier(), at = service) =>
  askForAddress(at, hers, providerID, { finalRedirectPath: returnAddress, verifierHash });
const begun = async () =>
  (
    await database.query<{ provider_id: number }>(
      sql`select provider_id from connect_attempts where participant_id = ${her}`,
    )
  ).map(({ provider_id: id }) => id);

describe('connecting a provider that has ended', () => {
  it("begins its successor's journey, whether she has an account with the old one or not", async () => {
    expect((await connect(fitbit)).statusCode).toBe(200);
    await study.addAccount({ participantID: her, providerID: fitbit });
    const { verifier, verifierHash } = makeVerifier();
    const answer = await connect(fitbit, { verifier, verifierHash });
    expect(await begun()).toEqual([googleHealth, googleHealth]);
    const browser = createJourneyBrowser(service);
    expect((await browser.view(answer.json<string>())).body).toContain('Connect Google Health');
    expect(await browser.open(answer.json<string>(), verifier)).toEqual({ outcome: 'opened' });
  });

  it('is in the trail with the one that was asked for', async () => {
    await connect(fitbit);
    const [act] = await database.query<{ details: unknown }>(sql`
      select details from audit_entries
       where project_id = ${study.projectID} and action = 'external-account.connect-started'`);
    expect(act?.details).toEqual({ providerID: googleHealth, inPlaceOf: fitbit });
  });

  it('is refused in the words of the successor where that cannot be connected', async () => {
    const refused = await connect(fitbit, makeVerifier(), without);
    expect(refused.json()).toMatchObject({
      code: 'provider-not-connectable',
      message: 'Your study has not set up this connection.',
    });
  });

  it('follows successors of successors, over organisations that no directory lists any more', async () => {
    const add = (name: string, endpointUrl: string) =>
      study.addProvider({ name, endpointUrl, definition: 'smartOnFhir' });
    const ids = [
      await add('Alder 2010', 'https://dstu2.alder.example/fhir'),
      await add('Alder 2015', 'https://stu3.alder.example/fhir'),
      await add('Alder Clinic', 'https://alder.example/fhir'),
    ] as const;
    for (const [at, id] of ids.slice(0, 2).entries())
      await database.query(sql`
        update providers set successor_id = ${ids[at + 1]}, retired_at = now() where provider_id = ${id}`);
    expect((await connect(ids[0])).statusCode).toBe(200);
    expect(await begun()).toEqual([ids[2]]);
    // A directory that still lists the older one means it.
    await database.query(sql`update providers set retired_at = null where provider_id = ${ids[1]}`);
    await connect(ids[1]);
    expect((await begun()).toSorted()).toEqual([ids[1], ids[2]]);
  });

  it('comes to an end where providers succeed each other in a ring', async () => {
    const [one, other] = [
      await study.addProvider({ name: 'One' }),
      await study.addProvider({ name: 'Other' }),
    ];
    await database.query(sql`
      update providers set successor_id = case provider_id when ${one} then ${other}::integer else ${one}::integer end,
                           retired_at = now() where provider_id in (${one}, ${other})`);
    expect((await connect(one)).statusCode).toBe(409);
  });

  it('is not hindered by the account that it replaces, on whatever server that is', async () => {
    const endpointUrl = `https://fhir.${her}.example/r4`;
    const newer = await study.addProvider({ name: 'Birch Health', definition: 'smartOnFhir', endpointUrl });
    const older = await study.addProvider({
      name: 'Birch Clinic',
      definition: 'smartOnFhir',
      endpointUrl,
      successorID: newer,
    });
    await study.addAccount({ participantID: her, providerID: older });
    expect((await connect(newer)).statusCode).toBe(200);
  });
});

describe('the settings of data collection', () => {
  async function expectKept(at: TestService) {
    const answer = await at.send({ url: '/api/v1/delegated/datacollectionsettings', token: hers });
    const settings = answer.json<Record<keyof typeof makers, boolean>>();
    for (const [name, id] of Object.entries(makers))
      if (settings[name as keyof typeof makers])
        expect([name, (await connect(id, makeVerifier(), at)).statusCode]).toEqual([name, 200]);
    return settings;
  }

  it('offer nothing that the next request refuses', async () => {
    expect(await expectKept(service)).toMatchObject({
      fitbitEnabled: false,
      googleHealthEnabled: true,
      garminEnabled: true,
      ouraEnabled: false,
    });
    for (const providerID of Object.values(makers))
      await study.addAccount({ participantID: her, providerID });
    // She has an account with Fitbit: connecting it leads to Google Health.
    expect(await expectKept(service)).toMatchObject({ fitbitEnabled: true, ouraEnabled: false });
    expect(await expectKept(without)).toMatchObject({ fitbitEnabled: false, googleHealthEnabled: false });
  });
});
