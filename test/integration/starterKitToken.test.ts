// On one PostgreSQL: which routes a token opens is what it is about.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/storage/database.ts';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { makeVerifier, returnAddress, studyOrigin } from '../harness/journeyBrowser.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

/** To the letter as the platform's starter kit asks for it (release of July 2026). */
const starterKit =
  'Participant:read SurveyTasks:read SurveyAnswers:read Notifications:read DataCollectionSettings:read ExternalAccounts:connect ExternalAccounts:read Project:read';

let database: Database;
let service: TestService;
let study: Study;
let her: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { catalogue: await catalogueWith('garmin') });
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
});
afterAll(() => service.close());

const tokenFor = (scopes: string) => service.issueParticipantToken(study.projectID, her, scopes.split(' '));

describe("a token with the scopes of the platform's starter kit", () => {
  it.each([
    'participant',
    'project',
    'datacollectionsettings',
    'dataavailability',
    'externalaccounts',
    'notifications',
    'surveytasks',
    'externalaccountproviders',
    'featuredexternalaccountproviders',
  ])('reads %s', async (what) => {
    const answer = await service.send({
      url: `/api/v1/delegated/${what}`,
      token: await tokenFor(starterKit),
    });
    expect(answer.statusCode).toBe(200);
  });

  it('connects, asks for newer data and deletes', async () => {
    const token = await tokenFor(starterKit);
    const query = new URLSearchParams({
      finalRedirectPath: returnAddress,
      verifierHash: makeVerifier().verifierHash,
    });
    const connected = await service.send({
      method: 'POST',
      url: `/api/v1/delegated/externalaccountproviders/6327/connect?${query.toString()}`,
      token,
    });
    expect(connected.statusCode).toBe(200);
    const id = await study.addAccount({ participantID: her, hasGrant: true });
    const accounts = '/api/v1/delegated/externalaccounts';
    for (const [method, url] of [
      ['POST', `${accounts}/refresh/${id}`],
      ['DELETE', `${accounts}/delete/${id}`],
    ] as const)
      expect((await service.send({ method, url, token })).statusCode).toBe(204);
  });

  it('connects nothing without the scope for it', async () => {
    const without = starterKit.replace('ExternalAccounts:connect ', '');
    const refused = await service.send({
      method: 'POST',
      url: '/api/v1/delegated/externalaccounts/refresh/1',
      token: await tokenFor(without),
    });
    expect(refused.statusCode).toBe(403);
    expect(refused.headers['www-authenticate']).toContain('scope="ExternalAccounts:connect"');
  });
});
