import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

let database: Database;
let service: TestService;
let study: Study;
let her: string;
let hers: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database);
  study = await createStudy(database);
  her = await study.addParticipant();
  hers = await service.issueParticipantToken(study.projectID, her);
});
afterAll(() => service.close());

const ask = (what: string, token = hers) => service.send({ url: `/api/v1/delegated/${what}`, token });
const only = (scope: string) => service.issueParticipantToken(study.projectID, her, [scope]);

describe('her study', () => {
  it('has its ID and name, and what pages look into without asking', async () => {
    const answer = await ask('project');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      id: study.projectID,
      name: `Study ${study.projectID}`,
      organization: {},
      platforms: [],
    });
  });

  it('is the one of the token, under the name that it has now', async () => {
    const other = await createStudy(database);
    const token = await service.issueParticipantToken(other.projectID, await other.addParticipant());
    await database.query(
      sql`update projects set name = 'Ünïcode "Study" </script>' where project_id = ${other.projectID}`,
    );
    expect((await ask('project', token)).json()).toMatchObject({
      id: other.projectID,
      name: 'Ünïcode "Study" </script>',
    });
  });

  it('needs a token that allows to see who she is', async () => {
    for (const scope of ['Project:read', 'Participant:read'])
      expect((await ask('project', await only(scope))).statusCode).toBe(200);
    const refused = await ask('project', await only('ExternalAccounts:read'));
    expect(refused.statusCode).toBe(403);
    expect(refused.headers['www-authenticate']).toContain('Project:read');
    expect((await ask('project', await service.issueToken(study.projectID))).statusCode).toBe(401);
    expect((await ask('project', '')).statusCode).toBe(401);
  });
});

describe('what has arrived from devices themselves', () => {
  it('is nothing', async () => {
    const answer = await ask('dataavailability');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ appleHealthRecords: false, healthConnectPhr: false });
  });

  it('needs a token that allows to see her accounts', async () => {
    for (const scope of ['DataCollectionSettings:read', 'ExternalAccounts:read'])
      expect((await ask('dataavailability', await only(scope))).statusCode).toBe(200);
    expect((await ask('dataavailability', await only('Participant:read'))).statusCode).toBe(403);
    expect((await ask('dataavailability', '')).statusCode).toBe(401);
  });
});

describe.each(['project', 'dataavailability'])('%s', (what) => {
  it('may be asked for by a page of any origin, in any letter case', async () => {
    const url = `//API/v1/Delegated/${what.toUpperCase()}/`;
    const headers = { origin: 'https://study.example.org' };
    const answer = await service.send({ url, headers, token: hers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });
});
