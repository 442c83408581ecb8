import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Participant, ParticipantPage } from '../../src/contract/participant.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const clock = createFakeClock(Date.parse('2026-05-04T03:02:01.500Z'));
let database: Database;
let service: TestService;
let study: Study;
let token: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { clock });
});
afterAll(() => service.close());
beforeEach(async () => {
  study = await createStudy(database);
  token = await service.issueToken(study.projectID);
});

const pathOf = (projectID = study.projectID) => `/api/v1/administration/projects/${projectID}/participants`;

function send(method: 'PUT' | 'POST', payload: unknown, { url = pathOf(), as = token } = {}) {
  return service.send({
    method,
    url,
    token: as,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}
const put = (participant: object) => send('PUT', participant);
async function list(query: Record<string, string> = {}) {
  const url = `${pathOf()}?${new URLSearchParams(query).toString()}`;
  const answer = await service.send({ url, token });
  expect(answer.statusCode).toBe(200);
  return answer.json<ParticipantPage>();
}
const identifiers = async (query: Record<string, string>) =>
  (await list(query)).participants.map(({ participantIdentifier }) => participantIdentifier);
const trail = () =>
  database.query<{ actor: string; action: string; details: Record<string, unknown> }>(sql`
    select actor, action, details from audit_entries
     where project_id = ${study.projectID} and action like 'participant.%' order by entry_id`);

describe('the quickstarts', () => {
  it('count, add, count again, and find whom they have added (Java)', async () => {
    const query = `//api/v1/administration/projects/${study.projectID.toUpperCase()}/participants`;
    const before = await service.send({ url: `${query}?query=`, token });
    expect(before.json()).toEqual({ pageNumber: 0, totalParticipants: 0, participants: [] });
    const added = await put({
      participantIdentifier: 'a7e0-1',
      demographics: { firstName: 'John', lastName: 'Doe' },
    });
    expect(added.statusCode).toBe(200);
    expect(added.json()).toMatchObject({
      actionTaken: 'added',
      participant: { participantIdentifier: 'a7e0-1', demographics: { firstName: 'John', lastName: 'Doe' } },
    });
    expect((await list({ query: '' })).totalParticipants).toBe(1);
    const found = await service.send({ url: `${pathOf()}/a7e0-1`, token });
    const { id } = found.json<Participant>();
    expect(found.json()).toEqual({
      id,
      participantIdentifier: 'a7e0-1',
      secondaryIdentifier: null,
      linkIdentifier: null,
      enrolled: false,
      enrollmentDate: null,
      withdrawDate: null,
      insertedDate: '2026-05-04T03:02:01.5+00:00',
      invitationStatus: null,
      excludeFromExport: false,
      demographics: { firstName: 'John', lastName: 'Doe' },
      customFields: {},
    });
    const hers = await service.issueParticipantToken(study.projectID, id);
    const own = await service.send({ url: '/api/v1/delegated/participant', token: hers });
    expect(own.json()).toMatchObject({ participantID: id, demographics: { firstName: 'John' } });
  });

  it('page from zero until they have all (Python)', async () => {
    for (let n = 0; n < 7; n++) await study.addParticipant(`N-${n}`);
    const seen: string[] = [];
    for (let pageNumber = 0; seen.length < 7; pageNumber++) {
      const page = await list({ pageNumber: String(pageNumber), pageSize: '3' });
      expect(page).toMatchObject({ pageNumber, totalParticipants: 7 });
      seen.push(...page.participants.map(({ participantIdentifier }) => participantIdentifier));
      // Whoever comes meanwhile moves nobody.
      if (pageNumber === 0) await study.addParticipant('A-late');
      if (pageNumber === 0)
        await database.query(sql`delete from participants where participant_identifier = 'A-late'`);
    }
    expect(seen.toSorted()).toEqual(['N-0', 'N-1', 'N-2', 'N-3', 'N-4', 'N-5', 'N-6']);
    expect((await list({ pageNumber: '99' })).participants).toEqual([]);
  });

  it('change custom fields of many (Python)', async () => {
    await put({ participantIdentifier: 'AA-1', customFields: { site: 'north', uh_sync_date: '' } });
    const answer = await send(
      'POST',
      {
        participants: [
          { participantIdentifier: 'AA-1', customFields: { uh_sync_date: '2026-05-01' } },
          { participantIdentifier: 'AA-2', customFields: {} },
        ],
        sendDefaultInvitationNotifications: false,
      },
      { url: `${pathOf()}?allowUpdate=true` },
    );
    expect(answer.json()).toEqual({
      totalAdded: 1,
      totalUpdated: 1,
      results: [
        { actionTaken: 'updated', result: { participantIdentifier: 'AA-1' } },
        { actionTaken: 'added', result: { participantIdentifier: 'AA-2' } },
      ],
    });
    const [first] = (await list({ participantIdentifier: 'AA-1' })).participants;
    expect(first?.customFields).toEqual({ site: 'north', uh_sync_date: '2026-05-01' });
  });
});

describe('a change of a participant', () => {
  it('keeps what it does not name, takes away what is null, and keeps everything as text', async () => {
    await put({
      participantIdentifier: 'B-1',
      demographics: { firstName: 'Ada', gender: 'F', unsubscribedFromSms: false },
      customFields: { visits: 3, 'Feld "ä"': '<b>', gone: 'x' },
    });
    const changed = await put({
      participantIdentifier: 'B-1',
      demographics: { gender: null },
      customFields: { gone: null },
    });
    expect(changed.json()).toMatchObject({ actionTaken: 'updated' });
    const { participant } = changed.json<{ participant: Participant }>();
    expect(participant.demographics).toEqual({ firstName: 'Ada', unsubscribedFromSms: 'false' });
    expect(participant.customFields).toEqual({ visits: '3', 'Feld "ä"': '<b>' });
  });

  it('takes what a list gave, the dates and states too', async () => {
    await put({
      participantIdentifier: 'C-1',
      secondaryIdentifier: 'second',
      enrollmentDate: '2026-01-02T03:04:05.25+01:00',
      withdrawDate: '2026-02-03',
      invitationStatus: 'approved',
      excludeFromExport: true,
    });
    const [listed] = (await list()).participants;
    expect(listed).toMatchObject({
      secondaryIdentifier: 'second',
      customFields: { SecondaryIdentifier: 'second' },
      enrolled: true,
      enrollmentDate: '2026-01-02T02:04:05.25+00:00',
      withdrawDate: '2026-02-03T00:00:00+00:00',
      invitationStatus: 'approved',
      excludeFromExport: true,
    });
    const again = await put(listed!);
    expect(again.json()).toEqual({ actionTaken: 'updated', participant: listed });
    const back = await put({ participantIdentifier: 'C-1', enrolled: false, withdrawDate: null });
    expect(back.json()).toMatchObject({
      participant: { enrolled: false, enrollmentDate: null, withdrawDate: null },
    });
  });

  it('leaves alone whom the project has unless it may update', async () => {
    await put({ participantIdentifier: 'D-1', customFields: { a: '1' } });
    const answer = await send('POST', {
      participants: [{ participantIdentifier: 'D-1', customFields: { a: '2' } }],
    });
    expect(answer.json()).toEqual({
      totalAdded: 0,
      totalUpdated: 0,
      results: [{ actionTaken: 'none', result: { participantIdentifier: 'D-1' } }],
    });
    expect((await list()).participants[0]?.customFields).toEqual({ a: '1' });
    expect(await trail()).toHaveLength(1);
  });

  it('is in the trail by GUID and number of fields, without their contents', async () => {
    const added = await put({ participantIdentifier: 'E-1', demographics: { firstName: 'Zoltan' } });
    const { id } = added.json<{ participant: Participant }>().participant;
    await put({ participantIdentifier: 'E-1', customFields: { a: 'b', c: 'd' } });
    const acts = await trail();
    expect(acts).toEqual([
      {
        actor: expect.stringMatching(/^service-account:/) as string,
        action: 'participant.added',
        details: { participantID: id, fields: 1 },
      },
      {
        actor: expect.stringMatching(/^service-account:/) as string,
        action: 'participant.updated',
        details: { participantID: id, fields: 2 },
      },
    ]);
    expect(JSON.stringify(acts)).not.toMatch(/Zoltan|E-1/);
    expect(service.log.join('')).not.toMatch(/Zoltan/);
  });

  it('is all or nothing for many', async () => {
    const answer = await send('POST', {
      participants: [
        { participantIdentifier: 'F-1' },
        { participantIdentifier: 'F-2', enrollmentDate: 'last spring' },
      ],
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toContain('enrollmentDate');
    expect((await list()).totalParticipants).toBe(0);
    expect(await trail()).toEqual([]);
  });

  it('of one person by two clients at once loses neither', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        put({ participantIdentifier: 'G-1', customFields: { [`f${n}`]: 'x' } }),
      ),
    );
    const page = await list();
    expect(page.totalParticipants).toBe(1);
    expect(Object.keys(page.participants[0]!.customFields)).toHaveLength(8);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{"participantIdentifier":', 'not JSON'],
    ['a list', [], 'request body'],
    ['nothing', '', 'body'],
    ['no identifier', { demographics: {} }, 'participantIdentifier'],
    ['an empty identifier', { participantIdentifier: '' }, 'participantIdentifier'],
    ['an identifier that is a number', { participantIdentifier: 7 }, 'participantIdentifier'],
    ['a long identifier', { participantIdentifier: 'x'.repeat(201) }, 'participantIdentifier'],
    [
      'a field that nobody knows',
      { participantIdentifier: 'x', demographics: { firstname: 'A' } },
      'demographics',
    ],
    ['a field that is an object', { participantIdentifier: 'x', customFields: { a: {} } }, 'customFields.a'],
    ['an unknown state', { participantIdentifier: 'x', invitationStatus: 'maybe' }, 'invitationStatus'],
    ['a NUL', { participantIdentifier: 'x', customFields: { a: '\0' } }, 'NUL'],
    ['half a character', '{"participantIdentifier":"\\ud800"}', 'half'],
  ])('that holds %s is refused and says so', async (_name, body, named) => {
    const answer = await send('PUT', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toContain(named);
    expect((await list()).totalParticipants).toBe(0);
  });

  it('may not send invitations, hold more than a thousand, or be larger than is read', async () => {
    const one = { participantIdentifier: 'H-1' };
    const invited = await send('POST', { participants: [one], sendDefaultInvitationNotifications: true });
    expect(invited.statusCode).toBe(400);
    expect((await send('POST', { participants: Array.from({ length: 1_001 }, () => one) })).statusCode).toBe(
      400,
    );
    const large = await send('PUT', { ...one, customFields: { a: 'x'.repeat(300_000) } });
    expect(large.statusCode).toBe(413);
    expect((await list()).totalParticipants).toBe(0);
  });
});

describe('a list of participants', () => {
  it('is narrowed by what a client asks for', async () => {
    await put({
      participantIdentifier: 'N-1',
      demographics: { firstName: 'Ängela', email: 'a@example.org' },
      invitationStatus: 'pending',
    });
    clock.advance(60_000);
    await put({ participantIdentifier: 'S-2', enrolled: true, secondaryIdentifier: 'two' });
    const [first] = (await list()).participants;
    expect(await identifiers({ query: 'ÄNG' })).toEqual(['N-1']);
    expect(await identifiers({ query: '%' })).toEqual([]);
    expect(await identifiers({ query: 's-' })).toEqual(['S-2']);
    expect(await identifiers({ participantID: first!.id.toUpperCase() })).toEqual(['N-1']);
    expect(await identifiers({ participantIdentifier: 'n-1' })).toEqual([]);
    expect(await identifiers({ secondaryIdentifier: 'two' })).toEqual(['S-2']);
    expect(await identifiers({ enrolled: 'True' })).toEqual(['S-2']);
    expect(await identifiers({ enrolled: 'false' })).toEqual(['N-1']);
    expect(await identifiers({ invitationStatus: 'PENDING,declined' })).toEqual(['N-1']);
    expect(await identifiers({ insertedAfter: first!.insertedDate })).toEqual(['S-2']);
    expect(await identifiers({ insertedBefore: '2999-01-01' })).toEqual(['N-1', 'S-2']);
    expect(await identifiers({ enrolledBefore: '2000-01-01T00:00:00' })).toEqual([]);
  });

  it.each([
    ['partcipantIdentifier', 'x'],
    ['pageSize', '0'],
    ['pageSize', '1001'],
    ['pageNumber', '-1'],
    ['enrolled', 'maybe'],
    ['invitationStatus', 'lost'],
    ['insertedAfter', 'yesterday'],
    ['participantID', 'x'],
  ])('refuses %s=%s and names it', async (name, value) => {
    const answer = await service.send({ url: `${pathOf()}?${name}=${value}`, token });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ message: string }>().message).toContain(`"${name}"`);
  });

  it('is of the own project alone, as is everything else', async () => {
    const other = await createStudy(database);
    const stranger = await other.addParticipant('X-1');
    const foreign = pathOf(other.projectID);
    expect((await service.send({ url: foreign, token })).statusCode).toBe(404);
    expect((await service.send({ url: `${foreign}/X-1`, token })).statusCode).toBe(404);
    expect((await send('PUT', { participantIdentifier: 'X-1' }, { url: foreign })).statusCode).toBe(404);
    for (const name of ['X-1', stranger, 'nobody', '%00', '..'])
      expect((await service.send({ url: `${pathOf()}/${name}`, token })).statusCode).toBe(404);
    await put({ participantIdentifier: 'X-1', customFields: { ours: '1' } });
    expect((await list()).totalParticipants).toBe(1);
    const [theirs] = await database.query(sql`
      select custom_fields from participants where participant_id = ${stranger}`);
    expect(theirs).toEqual({ custom_fields: {} });
    const hers = await service.issueParticipantToken(other.projectID, stranger);
    expect((await service.send({ url: pathOf(), token: hers })).statusCode).toBe(401);
    expect((await service.send({ url: pathOf() })).statusCode).toBe(401);
  });

  it('finds one by an identifier with signs, and by our GUID', async () => {
    const name = 'Ü/1 %2F?#';
    const { id } = (await put({ participantIdentifier: name })).json<{ participant: Participant }>()
      .participant;
    for (const wanted of [encodeURIComponent(name), id, id.toUpperCase()])
      expect((await service.send({ url: `${pathOf()}/${wanted}`, token })).json()).toMatchObject({ id });
  });
});

describe('a participant about herself', () => {
  const url = '/api/v1/delegated/participant';

  it('changes demographics and custom fields, and nothing else', async () => {
    const her = await study.addParticipant('I-1');
    const hers = await service.issueParticipantToken(study.projectID, her);
    const answer = await send(
      'PUT',
      {
        demographics: { firstName: 'Ida', unsubscribedFromEmails: 'true' },
        customFields: { pet: 'cat' },
        excludeFromExport: true,
      },
      { url, as: hers },
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      participantID: her,
      participantIdentifier: 'I-1',
      projectID: study.projectID,
      demographics: { firstName: 'Ida', unsubscribedFromEmails: 'true' },
      customFields: { pet: 'cat' },
      enrollmentDate: expect.stringMatching(/Z$/) as string,
    });
    const again = await service.send({ url, token: hers });
    expect(again.json()).toEqual(answer.json());
    expect((await list()).participants[0]).toMatchObject({ excludeFromExport: false, enrolled: true });
    expect(await trail()).toMatchObject([{ actor: `participant:${her}`, action: 'participant.updated' }]);
  });

  it('needs a token that allows it, and is told in a message what is wrong', async () => {
    const her = await study.addParticipant();
    const reads = await service.issueParticipantToken(study.projectID, her, ['Participant:read']);
    expect((await send('PUT', {}, { url, as: reads })).statusCode).toBe(403);
    const writes = await service.issueParticipantToken(study.projectID, her, ['Participant:write']);
    const refused = await send('PUT', { customFields: { a: [] } }, { url, as: writes });
    expect(refused.json()).toMatchObject({ message: expect.stringContaining('customFields.a') as string });
  });
});

describe('the Data Scopes export', () => {
  it('leaves out whom the study has excluded', async () => {
    const participantID = await study.addParticipant('T-test');
    await study.addAccount({ participantID });
    const shown = await study.addParticipant('T-real');
    await study.addAccount({ participantID: shown });
    await put({ participantIdentifier: 'T-test', excludeFromExport: true });
    const url = `/api/v1/administration/projects/${study.projectID}/exports/data-scopes?format=csv`;
    const { body } = await service.send({ url, token });
    expect(body).toContain('T-real');
    expect(body).not.toContain('T-test');
  });
});
