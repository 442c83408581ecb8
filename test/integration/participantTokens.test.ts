import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { participantTokenKind } from '../../src/access/tokens/participantCaller.ts';
import { createTokenCheck } from '../../src/access/tokens/tokenCheck.ts';
import { issueParticipantToken } from '../../src/access/tokens/participantTokens.ts';
import { removeExpired } from '../../src/access/removeExpired.ts';
import { revokePublicKey, revokeServiceAccount } from '../../src/access/serviceAccounts.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { openDatabase, sql, type Database } from '../../src/platform/storage/database.ts';
import { rsaPair } from '../builders/clientAssertion.ts';
import {
  addParticipant,
  askWhoAmI,
  createAccount,
  fetchParticipantToken,
  fetchToken,
  startAccessProcess,
  type AccessProcess,
} from '../harness/accessProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const pair = rsaPair();
const clock = createFakeClock();
let database: Database;
let secondDatabase: Database;
let processes: [AccessProcess, AccessProcess];
beforeAll(async () => {
  const created = await createTestDatabase();
  database = created.database;
  secondDatabase = openDatabase({ target: created.target, poolSizeMax: 4, applicationName: 'tests' });
  processes = [
    startAccessProcess({ database, clock }),
    startAccessProcess({ database: secondDatabase, clock }),
  ];
});
afterAll(async () => {
  for (const process of processes) await process.app.close();
  await secondDatabase.close();
});

const ask = (app: AccessProcess['app'], token: string | undefined, url = '/api/v1/delegated/whoAmI') =>
  app.inject({ url, ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }) });
const statuses = (token: string) =>
  Promise.all(processes.map(async ({ app }) => (await ask(app, token)).statusCode));

/** A project with one account and one participant, and a token of each. */
async function startOver(scope = 'api') {
  const own = await createAccount(database, pair);
  const participantID = await addParticipant(database, own.projectID);
  const serviceToken = await fetchToken(processes[0].app, own.name, pair, clock.now());
  const token = await fetchParticipantToken(processes[0].app, serviceToken, participantID, scope);
  return {
    ...own,
    participantID,
    serviceToken,
    token,
    change: { projectID: own.projectID, name: own.name, actor: 'command-line:test', now: clock.now() },
  };
}
type Own = Awaited<ReturnType<typeof startOver>>;

describe('a participant token', () => {
  it.each([
    ['service account', (own: Own) => database.transaction((t) => revokeServiceAccount(t, own.change))],
    [
      'key',
      (own: Own) =>
        database.transaction((t) =>
          revokePublicKey(t, { ...own.change, thumbprintPrefix: own.thumbprints[0] ?? '' }),
        ),
    ],
    [
      'participant',
      (own: Own) => database.query(sql`delete from participants where participant_id = ${own.participantID}`),
    ],
  ])('stops on both processes within 5 s after its %s is gone', async (_name, end) => {
    const own = await startOver();
    expect(await statuses(own.token)).toEqual([200, 200]);
    await end(own);
    clock.advance(4_999);
    expect(await statuses(own.token)).toEqual([401, 401]);
  });

  it('outlives the service token it was got with, and stops in the millisecond of its own expiry', async () => {
    const own = await startOver();
    clock.advance(21_599_999);
    expect((await askWhoAmI(processes[0].app, own.projectID, own.serviceToken)).statusCode).toBe(401);
    expect(await statuses(own.token)).toEqual([200, 200]);
    clock.advance(1);
    expect(await statuses(own.token)).toEqual([401, 401]);
  });

  it('is looked up once by any number of requests at the same time, and not at all when it cannot be one', async () => {
    const own = await startOver();
    let lookUps = 0;
    const prepared: Database['prepared'] = (statement, values) => {
      lookUps += 1;
      return database.prepared(statement, values);
    };
    const check = createTokenCheck({ database: { ...database, prepared }, clock }, participantTokenKind);
    const callers = await Promise.all(Array.from({ length: 50 }, () => check(own.token)));
    expect(new Set(callers.map((caller) => caller?.participantID))).toEqual(new Set([own.participantID]));
    expect(lookUps).toBe(1);
    for (const text of ['', 'trp_', own.serviceToken, own.token.replace('trp_', 'trb_'), `${own.token}A`])
      expect(await check(text)).toBeUndefined();
    expect(lookUps).toBe(1);
  });

  it('cannot be issued for a participant of another project, whoever asks', async () => {
    const [own, other] = [await startOver(), await startOver()];
    const [row] = await database.query<{ service_account_id: string; key_id: string }>(sql`
      select service_account_id, key_id from service_accounts join service_account_keys using (service_account_id)
       where name = ${own.name}`);
    const client = {
      serviceAccountID: row!.service_account_id,
      keyID: row!.key_id,
      projectID: own.projectID,
      name: own.name,
      thumbprint: own.thumbprints[0] ?? '',
    };
    const issue = (participantID: string) =>
      database.transaction((transaction) =>
        issueParticipantToken(transaction, {
          client,
          participantID,
          scopes: ['api'],
          lifetimeS: 600,
          now: clock.now(),
          random: systemRandom,
        }),
      );
    expect(await issue(own.participantID)).toMatch(/^trp_/);
    expect(await issue(other.participantID)).toBeUndefined();
  });
});

describe('a route of the delegated API', () => {
  let own: Own;
  beforeAll(async () => {
    own = await startOver();
  });

  it('knows the participant from the token alone', async () => {
    const second = await startOver('Participant:read ExternalAccounts:read');
    expect((await ask(processes[1].app, own.token)).json()).toMatchObject({
      projectID: own.projectID,
      participantID: own.participantID,
    });
    expect((await ask(processes[1].app, second.token)).json()).toMatchObject({
      projectID: second.projectID,
      participantID: second.participantID,
      scopes: ['ExternalAccounts:read', 'DataCollectionSettings:read', 'Participant:read', 'Project:read'],
    });
  });

  it('says 401 and how to authenticate, with an error only to those who tried (RFC 6750 section 3)', async () => {
    const nothing = await ask(processes[0].app, undefined);
    expect(nothing.statusCode).toBe(401);
    expect(nothing.headers['www-authenticate']).toBe('Bearer');
    for (const token of ['x', `trp_${'A'.repeat(43)}`, own.token.toUpperCase(), own.token.slice(4)]) {
      const answer = await ask(processes[0].app, token);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
      expect(answer.json()).toMatchObject({
        code: 'unauthorized',
        message: 'The access token is not valid, or not any more.',
      });
    }
  });

  it("refuses a service account's token, as the administrative API refuses a participant's, and says why", async () => {
    const delegated = await ask(processes[0].app, own.serviceToken);
    const administrative = await askWhoAmI(processes[0].app, own.projectID, own.token);
    for (const answer of [delegated, administrative]) {
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    }
    expect(delegated.json<{ message: string }>().message).toContain('a token of a participant is needed');
    expect(administrative.json<{ message: string }>().message).toContain(
      'a token of a service account is needed',
    );
    const foreign = await askWhoAmI(processes[0].app, randomUUID(), own.token);
    expect(foreign.body).toBe(administrative.body);
  });

  it('says 401 before 403 before 400, and before it reads a body', async () => {
    const { token } = await startOver('Participant:read');
    const wrong = '/api/v1/delegated/whoAmI?unknown=1&unknown=2';
    expect((await ask(processes[0].app, undefined, wrong)).statusCode).toBe(401);
    expect((await ask(processes[0].app, token, wrong)).statusCode).toBe(403);
    expect((await ask(processes[0].app, own.token, wrong)).statusCode).toBe(400);
    const body = {
      method: 'DELETE' as const,
      url: '/api/things/1',
      payload: 'x',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    };
    expect((await processes[0].app.inject(body)).statusCode).toBe(403);
  });

  it('is found in any letter case, and with doubled and trailing slashes', async () => {
    for (const url of ['/API/V1/DELEGATED/WHOAMI', '//api//v1/delegated/whoAmI/'])
      expect((await ask(processes[0].app, own.token, url)).statusCode).toBe(200);
  });

  it('says 503 and not 401 when the token cannot be looked up', async () => {
    const unreachable = openDatabase({
      target: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
      poolSizeMax: 2,
      applicationName: 'tests',
    });
    const process = startAccessProcess({ database: unreachable, clock, limits: { delegated: 10 } });
    expect((await ask(process.app, own.token)).statusCode).toBe(503);
    expect((await ask(process.app, undefined)).statusCode).toBe(401);
    await process.app.close();
    await unreachable.close();
  });

  it('never writes a token, a participant or a project into the log', () => {
    const log = processes.flatMap((process) => process.logged).join('');
    expect(log).toContain('request-answered');
    for (const secret of [own.token.slice(4), own.participantID, own.projectID])
      expect(log).not.toContain(secret);
  });
});

describe('GET delegated/participant', () => {
  const url = '/api/v1/delegated/participant';

  it('gives who the participant is, and empty objects where pages look for fields', async () => {
    const own = await startOver('Participant:read');
    const answer = await ask(processes[0].app, own.token, url);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      participantID: own.participantID,
      participantIdentifier: `P ${own.participantID}`,
      projectID: own.projectID,
      demographics: {},
      customFields: {},
      enrollmentDate: expect.stringMatching(/^20.+Z$/) as string,
    });
  });

  it('says 401 in the seconds in which the token of a deleted participant is remembered', async () => {
    const own = await startOver();
    expect((await ask(processes[0].app, own.token, url)).statusCode).toBe(200);
    await database.query(sql`delete from participants where participant_id = ${own.participantID}`);
    const answer = await ask(processes[0].app, own.token, url);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  });
});

describe('the requests of a participant', () => {
  it('are counted for her alone, over all her tokens and all processes, and shown', async () => {
    const own = await startOver();
    const another = await addParticipant(database, own.projectID);
    const limits = { administrative: 50, delegated: 3, address: 50 };
    const [first, second] = [
      startAccessProcess({ database, clock, limits }),
      startAccessProcess({ database: secondDatabase, clock, limits }),
    ];
    const count = async (app: AccessProcess['app'], token: string, url?: string) => {
      const { statusCode, headers } = await ask(app, token, url);
      return [statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']].map(Number);
    };
    const token = await fetchParticipantToken(first.app, own.serviceToken, own.participantID);
    const otherToken = await fetchParticipantToken(first.app, own.serviceToken, another);
    expect(await count(first.app, own.token)).toEqual([200, 3, 2]);
    expect(await count(second.app, token)).toEqual([200, 3, 1]);
    // A path that is not there, and one that is not hers, count as well.
    expect(await count(first.app, token, `/api/v1/administration/projects/${own.projectID}/whoAmI`)).toEqual([
      401, 3, 0,
    ]);
    expect(await count(first.app, own.token)).toEqual([429, 3, 0]);
    expect(await count(second.app, token)).toEqual([429, 3, 0]);
    expect(await count(first.app, otherToken)).toEqual([200, 3, 2]);
    expect((await askWhoAmI(first.app, own.projectID, own.serviceToken)).headers['ratelimit-limit']).toBe(
      '50',
    );
    const refused = await ask(first.app, own.token);
    expect(refused.json()).toMatchObject({ code: 'rate-limit-exceeded', status: 429 });
    expect(refused.headers['retry-after']).toBe(refused.headers['ratelimit-reset']);
    for (const process of [first, second]) await process.app.close();
  });
});

describe('removeExpired', () => {
  it('deletes expired participant tokens, in every process at once, and no other', async () => {
    const { database: fresh } = await createTestDatabase();
    const own = await createAccount(fresh, pair);
    const participantID = await addParticipant(fresh, own.projectID);
    const { app } = startAccessProcess({ database: fresh, clock });
    const serviceToken = await fetchToken(app, own.name, pair, clock.now());
    const token = await fetchParticipantToken(app, serviceToken, participantID);
    await fresh.query(sql`
      insert into participant_tokens
      select decode(lpad(n::text, 64, '0'), 'hex'), service_account_id, key_id, project_id, participant_id,
             scopes, ${new Date(clock.now() - 3_600_000)}
        from participant_tokens, generate_series(1, 2500) n`);
    await Promise.all([removeExpired(fresh, clock), removeExpired(fresh, clock)]);
    const [left] = await fresh.query<{ count: number }>(
      sql`select count(*)::integer as count from participant_tokens`,
    );
    expect(left).toEqual({ count: 1 });
    expect((await ask(app, token)).statusCode).toBe(200);
    await app.close();
  });
});
