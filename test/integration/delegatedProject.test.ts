import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertLogo } from '../../src/catalogue/convertLogo.ts';
import type { DelegatedProject } from '../../src/contract/project.ts';
import { describeProject, type ProjectProfile } from '../../src/projects/projectProfiles.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { flat } from '../builders/imageFile.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

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
      code: '',
      type: 'Research Study',
      organization: {
        id: study.projectID,
        name: `Study ${study.projectID}`,
        logoUrl: `${publicUrl}/api/v1/public/projects/${study.projectID}/logo`,
        color: '#2f5d8a',
      },
      platforms: [],
    });
  });

  it('is as an operator has described it, with a picture for everybody', async () => {
    const logo = await convertLogo(await flat([10, 20, 200, 255], 64, 64));
    const organizationID = '0f0e0d0c-0b0a-4908-8706-050403020100';
    const describe = (change: Partial<ProjectProfile>, picture?: typeof logo) =>
      database.transaction((transaction) =>
        describeProject(transaction, {
          projectID: study.projectID,
          change,
          logo: picture,
          actor: 'test',
          now: 0,
        }),
      );
    const picture = `/api/v1/public/projects/${study.projectID}/logo`;
    const initials = await service.send({ url: picture });
    expect([initials.statusCode, initials.headers['content-type']]).toEqual([200, 'image/png']);
    await describe(
      {
        code: 'RIVER',
        type: 'Clinical Program',
        supportEmail: 'help@example.org',
        organizationID,
        organizationName: 'River Hospital',
        organizationColor: '#0a5c7d',
      },
      logo,
    );
    await describe({ supportEmail: null, description: 'About hearts' });
    const { organization, ...rest } = (await ask('project')).json<DelegatedProject>();
    expect(rest).toEqual({
      id: study.projectID,
      name: `Study ${study.projectID}`,
      description: 'About hearts',
      code: 'RIVER',
      type: 'Clinical Program',
      platforms: [],
    });
    expect(organization).toEqual({
      id: organizationID,
      name: 'River Hospital',
      logoUrl: publicUrl + picture,
      color: '#0a5c7d',
    });
    const shown = await service.send({ url: picture });
    expect(shown.rawPayload.equals(logo.png)).toBe(true);
    expect((await service.send({ url: '/api/v1/public/projects/x/logo' })).statusCode).toBe(404);
    const acts = await database.query(sql`
      select details from audit_entries where project_id = ${study.projectID} and action = 'project.described' order by entry_id`);
    expect(acts).toEqual([
      {
        details: {
          fields: 'code, type, supportEmail, organizationID, organizationName, organizationColor, logo',
        },
      },
      { details: { fields: 'supportEmail, description' } },
    ]);
    await database.query(sql`delete from project_profiles where project_id = ${study.projectID}`);
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

describe.each([
  ['/api/v1/delegated/notifications?type=Push&limit=10', { notifications: [] }, 'Notifications:read'],
  [
    '/api/v1/delegated/surveytasks?status=incomplete&surveyName=a%5C%2Cb',
    { surveyTasks: [] },
    'SurveyTasks:read',
  ],
  ['/api/v1/delegated/devicedata?namespace=Fitbit&type=Steps', { deviceDataPoints: [] }, 'DeviceData:read'],
  ['/api/v2/delegated/devicedata/allDataTypes?enabled=true', [], 'DeviceData:read'],
])('%s', (url, body, scope) => {
  it('is empty, whatever it is narrowed by, for a token that allows it', async () => {
    expect((await service.send({ url, token: hers })).json()).toEqual(body);
    expect((await service.send({ url, token: await only(scope) })).json()).toEqual(body);
    expect((await service.send({ url, token: await only('Participant:read') })).statusCode).toBe(403);
  });
});
