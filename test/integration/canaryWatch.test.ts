import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { bindRoute, defineRoute } from '../../src/platform/http/defineRoute.ts';
import { defineEvent } from '../../src/platform/log/logger.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { startAccessProcess } from '../harness/accessProcess.ts';
import {
  createWatchedLog,
  takeLeaks,
  watchAnswers,
  watchDatabase,
  watchProcess,
} from '../harness/canaryWatch.ts';
import { plantCanary } from '../harness/plantCanary.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { spawnCommand } from '../harness/runCommand.ts';
import { startTestService, type TestService } from '../harness/testService.ts';
import { watchDoors } from '../harness/watchDoors.ts';

/** Proves that the harness of test services fails where it should: each leak here is planted, and would end a test. */
const careless = defineEvent('careless', 'error', 'message');
const clock = createFakeClock();
let database: Database;
let service: TestService;
let study: Study;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { clock });
  study = await createStudy(database);
});
afterAll(() => service.close());

/** What is found when the log has this. */
function logCarelessly(message: string): readonly string[] {
  createWatchedLog().log(careless, { message });
  return takeLeaks();
}

it('finds a token in a log line, and the number of a participant who has none', async () => {
  expect(logCarelessly(`by ${await service.issueToken(study.projectID)}`)).toEqual([
    expect.stringMatching(/^access token \d+ in the log$/),
  ]);
  const participantID = await study.addParticipant();
  expect(logCarelessly(`for ${participantID}`)).toEqual([
    expect.stringMatching(/^participant \d+ in the log$/),
  ]);
  const token = await service.issueParticipantToken(study.projectID, participantID);
  expect(logCarelessly(encodeURIComponent(token))).toEqual([
    expect.stringMatching(/^participant token \d+ in the log$/),
  ]);
});

it('finds a secret that was written before it was known for one', () => {
  createWatchedLog().log(careless, { message: 'known-too-late' });
  plantCanary('late', 'known-too-late');
  expect(takeLeaks()).toEqual([expect.stringMatching(/^late \d+ in the log$/)]);
});

it('finds what a provider gave and what was given to it', async () => {
  const { door } = createScriptedDoor(() =>
    answerWith(400, {
      access_token: 'token-of-a-vendor',
      error_description: 'Ada Lovelace has no such record',
      sub: 'person-of-a-vendor',
    }),
  );
  await watchDoors(() => door)
    .findDoor('any')
    .fetch({
      method: 'POST',
      url: 'https://vendor.example/token',
      body: { form: { code: 'code-of-a-vendor' } },
    });
  for (const [kind, said] of [
    ['access_token', 'token-of-a-vendor'],
    ['error_description', 'Ada Lovelace has no such record'],
    ['sub', 'person-of-a-vendor'],
    ['code', 'code-of-a-vendor'],
  ] as const)
    expect(logCarelessly(`vendor: ${said}`)).toEqual([expect.stringMatching(`^${kind} \\d+ in the log$`)]);
});

it('finds what the database said about a failure, in the body of an error and on a page', async () => {
  const leaking = (path: string, status: number, contentType: string) =>
    bindRoute(
      defineRoute({
        operationID: path.slice(1),
        method: 'GET',
        path,
        summary: 'Quotes a row',
        caller: 'none',
        answers: { 200: { description: 'A leak.' } },
        answer: (_call, parts: { readonly database: Database }) =>
          parts.database.query(sql`select 'row-of-a-person'::integer`).then(
            () => ({ status: 204 }),
            (error: unknown) => ({ status, contentType, body: (error as Error).message }),
          ),
      }),
      { database: watchDatabase(database) },
    );
  const { app } = startAccessProcess({
    database,
    clock,
    routes: [leaking('/body', 400, 'text/plain'), leaking('/page', 200, 'text/html; charset=utf-8')],
  });
  for (const [url, status] of [
    ['/body', 400],
    ['/page', 200],
  ] as const) {
    expect((await app.inject({ url })).statusCode).toBe(status);
    expect(takeLeaks()).toEqual([expect.stringMatching(`^database error \\d+ in an answer ${status}$`)]);
  }
  await app.close();
});

it('finds what is answered to a client on a port, in pieces too', async () => {
  const app = fastify();
  watchAnswers(app);
  app.get('/pieces', (_request, reply) => {
    reply.raw.writeHead(500);
    reply.raw.write('said in-two-');
    reply.raw.end('pieces-here');
    return reply.hijack();
  });
  app.get('/result', () => 'in-two-pieces-here');
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  plantCanary('piece', 'in-two-pieces-here');
  await (await fetch(`${origin}/result`)).text();
  await vi.waitFor(() => expect(takeLeaks()).toEqual([]));
  await (await fetch(`${origin}/pieces`)).text();
  await vi.waitFor(() =>
    expect(takeLeaks()).toEqual([expect.stringMatching(/^piece \d+ in an answer 500 on a port$/)]),
  );
  await app.close();
});

it('finds what a process tells on standard error, in two pieces with a look between them', async () => {
  const program = `process.stderr.write('told in-two-');
    process.stdin.once('data', () => { process.stderr.write('halves-there'); process.exit(); });`;
  const child = spawn(process.execPath, ['--eval', program]);
  watchProcess(child);
  plantCanary('half', 'in-two-halves-there');
  await once(child.stderr, 'data');
  expect(takeLeaks()).toEqual([]);
  child.stdin.end('go on');
  await once(child, 'close');
  expect(takeLeaks()).toEqual([expect.stringMatching(/^half \d+ in standard error of a process$/)]);
  expect(takeLeaks()).toEqual([]);
});

it('watches the processes that tests start', async () => {
  plantCanary('word', 'no-such-word-of-ours');
  await spawnCommand(['no-such-word-of-ours']);
  expect(takeLeaks()).toEqual([expect.stringMatching(/^word \d+ in standard error of a process$/)]);
});
