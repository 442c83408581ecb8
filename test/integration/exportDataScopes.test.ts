import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataScopesRow } from '../../src/contract/exportedRow.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

let database: Database;
let service: TestService;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { environment: { TRIBUTARY_EXPORT_STALL_TIMEOUT_MS: '10000' } });
});
afterAll(() => service.close());

function pathOf(study: Study, format?: string): string {
  const query = format === undefined ? '' : `?format=${format}`;
  return `/api/v1/administration/projects/${study.projectID}/exports/data-scopes${query}`;
}

async function download(study: Study, format?: string, headers: Record<string, string> = {}) {
  const token = await service.issueToken(study.projectID);
  return service.send({ url: pathOf(study, format), token, headers });
}

const header =
  'ExternalAccountID,ParticipantID,ParticipantIdentifier,Status,LastRefreshDate,ProviderID,ProviderName,ProviderCategory,ConnectionDate,ProviderUserID,DataScopes';

/** The account of the specification's samples. */
async function createSampleStudy(target: Database): Promise<Study> {
  const study = await createStudy(target);
  await study.addProvider({ id: 2, name: 'Fitbit', category: 'Device Manufacturer' });
  const scopes =
    'profile sleep oxygen_saturation respiratory_rate temperature electrocardiogram settings weight activity heartrate nutrition cardio_fitness';
  await study.addAccount({
    id: 1,
    participantID: await study.addParticipant('MDH-1234', '28596c6c-03c8-4b32-9234-231a53556936'),
    providerID: 2,
    lastFetchAt: '2023-01-02T03:04:05Z',
    connectedAt: '2023-01-02T03:04:05Z',
    providerUserID: '6709dc13-ca3e-4969-886a-fe0889eb8256',
    scopes: scopes.split(' '),
  });
  return study;
}

describe('the samples of the specification', () => {
  // The sample has numbers of its own; in a database of its own they are in nobody's way.
  let answers: Record<string, Awaited<ReturnType<typeof download>>>;
  beforeAll(async () => {
    const own = await createTestDatabase();
    const ownService = await startTestService(own.database);
    const study = await createSampleStudy(own.database);
    const token = await ownService.issueToken(study.projectID);
    answers = {};
    for (const format of ['csv', 'json', 'ndjson'])
      answers[format] = await ownService.send({ url: pathOf(study, format), token });
    await ownService.close();
  });

  it('CSV, byte for byte', () => {
    const answer = answers.csv!;
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="DataScopes.csv"',
    });
    expect(answer.body).toBe(
      `${header}\n1,28596c6c-03c8-4b32-9234-231a53556936,MDH-1234,FetchComplete,2023-01-02T03:04:05,2,Fitbit,Device Manufacturer,2023-01-02T03:04:05,6709dc13-ca3e-4969-886a-fe0889eb8256,profile sleep oxygen_saturation respiratory_rate temperature electrocardiogram settings weight activity heartrate nutrition cardio_fitness\n`,
    );
  });

  const object =
    '{"ExternalAccountID":1,"ParticipantID":"28596c6c-03c8-4b32-9234-231a53556936","ParticipantIdentifier":"MDH-1234","Status":"FetchComplete","LastRefreshDate":"2023-01-02T03:04:05","Provider":{"ID":2,"Name":"Fitbit","Category":"Device Manufacturer"},"ConnectionDate":"2023-01-02T03:04:05","ProviderUserID":"6709dc13-ca3e-4969-886a-fe0889eb8256","DataScopes":"profile sleep oxygen_saturation respiratory_rate temperature electrocardiogram settings weight activity heartrate nutrition cardio_fitness"}';

  it('JSON, the printed object made valid: same keys, nesting and order, in one array', () => {
    expect(answers.json!.body).toBe(`[${object}\n]\n`);
  });

  it('NDJSON, one object a line', () => {
    const answer = answers.ndjson!;
    expect(answer.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.body).toBe(`${object}\n`);
  });
});

describe('the rows', () => {
  it('are the device accounts of the project, by id, with the outcome of the last finished fetch', async () => {
    const study = await createStudy(database);
    const hospital = await study.addProvider({ name: 'Larkspur General' });
    await study.addAccount({ providerID: hospital, scopes: ['patient/*.read'] });
    const failed = await study.addAccount({
      status: 'error',
      lastFetchAt: '2026-05-05T06:07:08.9Z',
      lastSuccessAt: '2026-05-04T00:00:00Z',
      scopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
    });
    const fetchingAgain = await study.addAccount({
      status: 'fetchingData',
      settledStatus: 'unauthorized',
      lastFetchAt: '2026-05-05T00:00:00Z',
      scopes: [],
    });
    const firstFetch = await study.addAccount({ status: 'fetchingData', providerUserID: null });
    const stranger = await createStudy(database);
    await stranger.addAccount();
    const { body } = await download(study, 'ndjson');
    const rows = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DataScopesRow);
    expect(rows).toMatchObject([
      // The most recent fetch, successful or not; Garmin's own separator.
      {
        ExternalAccountID: failed,
        Status: 'Error',
        LastRefreshDate: '2026-05-05T06:07:08',
        DataScopes: 'ACTIVITY_EXPORT, HEALTH_EXPORT',
      },
      {
        ExternalAccountID: fetchingAgain,
        Status: 'Unauthorized',
        LastRefreshDate: '2026-05-05T00:00:00',
        DataScopes: null,
      },
      {
        ExternalAccountID: firstFetch,
        Status: null,
        LastRefreshDate: null,
        ProviderUserID: null,
        DataScopes: null,
      },
    ]);
    const csv = (await download(study)).body.trim().split('\n');
    expect(csv[3]).toMatch(
      new RegExp(`^${firstFetch},[^,]+,[^,]+,,,6327,Garmin,Device Manufacturer,2026-01-01T00:00:00,,$`),
    );
  });

  it('may be none: a header, an empty array, an empty file', async () => {
    const study = await createStudy(database);
    expect((await download(study)).body).toBe(`${header}\n`);
    expect((await download(study, 'json')).body).toBe('[]\n');
    expect((await download(study, 'ndjson')).body).toBe('');
  });

  it('round-trip any text through two independent CSV parsers and a JSON parser', async () => {
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.string({
          unit: fc.constantFrom(
            '"',
            ',',
            '\n',
            '\r',
            '\\',
            '.',
            ' ',
            '\t',
            '\ufeff',
            '\u2028',
            '=',
            '\u0001',
            '\u0002',
            '😀',
            '\u202e',
            'é',
          ),
          minLength: 1,
          maxLength: 12,
        }),
      )
      .map((value) => value.replaceAll('\0', ''))
      .filter((value) => value.length > 0 && [...value].length <= 200);
    const study = await createStudy(database);
    const values = new Map<number, string>();
    for (const value of new Set([...fc.sample(text, 400), '\\.', '""', '\r\n', ' lead', "'=1+1"])) {
      const id = await study.addAccount({
        participantID: await study.addParticipant(value),
        providerUserID: `u${value}`,
      });
      values.set(id, value);
    }
    const { body } = await download(study);
    const byCsvParse = parse<Record<string, string>>(body, { columns: true });
    const byPapaparse = papaparse.parse<Record<string, string>>(body, {
      header: true,
      skipEmptyLines: true,
      newline: '\n',
    }).data;
    const json = (await download(study, 'json')).json<DataScopesRow[]>();
    expect(byCsvParse).toHaveLength(values.size);
    for (const rows of [byCsvParse, byPapaparse, json as unknown as Record<string, string>[]])
      for (const row of rows) {
        const value = values.get(Number(row.ExternalAccountID));
        expect(row.ParticipantIdentifier).toBe(value);
        expect(row.ProviderUserID).toBe(`u${value}`);
      }
  });
});

describe('the transfer', () => {
  it('is compressed when the client accepts gzip, and only then', async () => {
    const study = await createSampleStudyElsewhere();
    const plain = await download(study);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toBe('accept-encoding');
    const packed = await download(study, 'csv', { 'accept-encoding': 'br, gzip;q=0.8' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(
      (await download(study, 'csv', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'],
    ).toBeUndefined();
  });

  it('refuses an unknown format before anything is sent, and leaves an audit row for every known one', async () => {
    const study = await createStudy(database);
    const answer = await download(study, 'xlsx');
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toMatch(/"xlsx".*csv, json, ndjson/);
    await download(study, 'json');
    const trail = await database.query(
      sql`select action, details from audit_entries where project_id = ${study.projectID} and action like 'export%'`,
    );
    expect(trail).toEqual([{ action: 'export.started', details: { export: 'data-scopes', format: 'json' } }]);
  });

  it('is one snapshot: what commits while it runs is not in it', async () => {
    const study = await createLargeStudy(20_000);
    const { response } = await open(study);
    const iterator = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await iterator.next();
    await database.query(sql`delete from external_accounts where project_id = ${study.projectID}`);
    let text = String(first.value);
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      text += String(next.value);
    expect(text.trim().split('\n')).toHaveLength(20_001);
  });

  for (const encoding of ['identity', 'gzip'])
    it(`that fails midway is aborted, so that it never looks whole (${encoding})`, async () => {
      const study = await studyBeyondBuffers();
      const { response } = await open(study, encoding);
      response.once('data', () => {
        response.pause();
        void database
          .query(
            sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%' and datname = current_database()`,
          )
          .then(() => response.resume());
      });
      await expect(once(response, 'end')).rejects.toThrow(/aborted|ECONNRESET/);
      expect(response.complete).toBe(false);
      expect(await freeConnections()).toBe(true);
    });

  it('to a client that stops reading is ended, and gives its connection and its place back', async () => {
    const study = await studyBeyondBuffers();
    const stallTimeoutMs = 1_000;
    const impatient = await startTestService(database, {
      environment: { TRIBUTARY_EXPORT_STALL_TIMEOUT_MS: String(stallTimeoutMs) },
    });
    const { response } = await open(study, 'identity', impatient);
    const began = performance.now();
    response.pause();
    expect(await freeConnections()).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(stallTimeoutMs);
    const rest = once(response.resume(), 'end');
    await expect(rest).rejects.toThrow(/aborted|ECONNRESET/);
    await impatient.close();
  });

  it('to an HTTP/1.0 client is reset when it fails, because the end would look like the end of the file', async () => {
    const study = await studyBeyondBuffers();
    if (!service.app.server.listening) await service.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = service.app.server.address() as AddressInfo;
    const token = await service.issueToken(study.projectID);
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${pathOf(study)} HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const ended = new Promise<string>((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      socket.once('end', () => resolve('whole'));
    });
    socket.once('data', () => {
      socket.pause();
      void database
        .query(
          sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%' and datname = current_database()`,
        )
        .then(() => socket.resume());
    });
    expect(await ended).toBe('ECONNRESET');
  });

  it('to a client that goes away gives its connection back', async () => {
    const study = await studyBeyondBuffers();
    const { response } = await open(study);
    response.destroy();
    expect(await freeConnections()).toBe(true);
  });

  it('is refused with Retry-After when as many as allowed are running', async () => {
    const study = await studyBeyondBuffers();
    const opened = await Promise.all([1, 2, 3, 4].map(() => open(study)));
    for (const { response } of opened) response.pause();
    const refused = await download(study);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('30');
    for (const { response } of opened) response.destroy();
    expect(await freeConnections()).toBe(true);
    expect((await download(await createStudy(database))).statusCode).toBe(200);
  });
});

let sampleElsewhere: Study | undefined;
async function createSampleStudyElsewhere(): Promise<Study> {
  if (sampleElsewhere === undefined) {
    sampleElsewhere = await createStudy(database);
    await sampleElsewhere.addAccount({ scopes: ['A'] });
  }
  return sampleElsewhere;
}

let beyondBuffers: Promise<Study> | undefined;
/** Some 16 MB of export: more than the sockets of both sides hold while nobody reads. */
function studyBeyondBuffers(): Promise<Study> {
  beyondBuffers ??= createLargeStudy(150_000);
  return beyondBuffers;
}

async function createLargeStudy(accounts: number): Promise<Study> {
  const study = await createStudy(database);
  await database.query(
    raw(`
    insert into participants (project_id, participant_id, participant_identifier)
    select '${study.projectID}', gen_random_uuid(), 'L-' || n from generate_series(1, ${accounts}) n`),
  );
  await database.query(
    raw(`
    insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
    select project_id, participant_id, 6327, 'Device Manufacturer', 'fetchingData', now()
      from participants where project_id = '${study.projectID}'`),
  );
  return study;
}

/** A download over a real socket, with the answer's head read and its body not. */
async function open(
  study: Study,
  encoding = 'identity',
  from: TestService = service,
): Promise<{ response: IncomingMessage }> {
  const { app } = from;
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const token = await from.issueToken(study.projectID);
  const request = get({
    port,
    host: '127.0.0.1',
    path: pathOf(study),
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': encoding },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return { response };
}

/** Whether every connection of the pool comes back within ten seconds. */
async function freeConnections(): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { total, idle } = database.load();
    if (total === idle) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
