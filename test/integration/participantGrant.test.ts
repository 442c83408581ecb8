import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokePublicKey, revokeServiceAccount } from '../../src/access/serviceAccounts.ts';
import { openDatabase, sql, type Database } from '../../src/platform/storage/database.ts';
import { goodClaims, rsaPair, signJws } from '../builders/clientAssertion.ts';
import {
  addParticipant,
  createAccount,
  fetchParticipantToken,
  fetchToken,
  ownAudience,
  participantForm,
  postToken,
  startAccessProcess,
  tokenForm,
  tokenPath,
  type AccessProcess,
} from '../harness/accessProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();
const pair = rsaPair();

let database: Database;
let service: AccessProcess;
let account: Awaited<ReturnType<typeof createAccount>>;
let serviceToken: string;
let participantID: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = startAccessProcess({ database, clock });
  account = await createAccount(database, pair);
  serviceToken = await fetchToken(service.app, account.name, pair, clock.now());
  participantID = await addParticipant(database, account.projectID);
});
afterAll(() => service.app.close());

const ask = (changed: Record<string, string | undefined> = {}) =>
  postToken(service.app, participantForm(serviceToken, participantID, changed));
const whoAmI = (token: string) =>
  service.app.inject({ url: '/api/v1/delegated/whoAmI', headers: { authorization: `Bearer ${token}` } });

async function countTokens(): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    sql`select count(*)::integer as count from participant_tokens`,
  );
  return row?.count ?? -1;
}

describe('a client that does everything right', () => {
  it('gets a token that works, in the form of RFC 6749 section 5.1', async () => {
    const answer = await ask({ scope: 'ExternalAccounts:read' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
    const body = answer.json<{ access_token: string }>();
    expect(body).toEqual({
      access_token: expect.stringMatching(/^trp_[A-Za-z0-9_-]{43}$/) as unknown,
      expires_in: 21_600,
      token_type: 'Bearer',
      scope: 'ExternalAccounts:read',
    });
    expect((await whoAmI(body.access_token)).json()).toEqual({
      projectID: account.projectID,
      participantID,
      scopes: ['ExternalAccounts:read', 'DataCollectionSettings:read'],
      actor: `participant:${participantID}`,
    });
  });

  it.each([
    [
      'node and python quickstarts',
      'MyDataHelps.DelegatedParticipant',
      'Participant:read SurveyAnswers:read',
    ],
    ['older documentation', 'RKStudio.DelegatedParticipant', 'api'],
    ['java quickstart', 'MyDataHelps-Web.DelegatedParticipant', 'api'],
    ['a third party', 'MyDataHelps.DelegatedParticipant', 'api user/*.read'],
  ])('is understood as the client of the %s', async (_name, client_id, scope) => {
    expect((await ask({ client_id, scope })).json()).toMatchObject({ token_type: 'Bearer', scope });
  });

  it('may write the GUID in any letter case, add fields and a charset, and double the slash', async () => {
    const answer = await service.app.inject({
      method: 'POST',
      url: `/${tokenPath}/`,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
      payload: participantForm(serviceToken, participantID.toUpperCase(), { resource: 'x' }),
    });
    const token = answer.json<{ access_token: string }>().access_token;
    expect((await whoAmI(token)).json()).toMatchObject({ participantID });
  });

  it('gets another token each time, and all of them work', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 10 }, () => fetchParticipantToken(service.app, serviceToken, participantID)),
    );
    expect(new Set(tokens).size).toBe(10);
    for (const token of tokens) expect((await whoAmI(token)).statusCode).toBe(200);
  });

  it('leaves one audit row for each token, in the same transaction, and no token in the database or the log', async () => {
    const rows = () =>
      database.query<{ actor: string; details: object; occurred_at: Date }>(sql`
        select actor, details, occurred_at from audit_entries
         where action = 'participant-token.issued' and project_id = ${account.projectID} order by entry_id`);
    const before = (await rows()).length;
    const token = await fetchParticipantToken(
      service.app,
      serviceToken,
      participantID,
      'Participant:read other',
    );
    const after = await rows();
    expect(after).toHaveLength(before + 1);
    expect(after.at(-1)).toEqual({
      actor: `service-account:${account.name}`,
      details: { thumbprint: account.thumbprints[0], participantID, scopes: 'Participant:read Project:read' },
      occurred_at: new Date(clock.now()),
    });
    const [stored] = await database.query<{ dump: string }>(sql`
      select (select string_agg(t::text, '') from participant_tokens t) ||
             (select string_agg(e::text, '') from audit_entries e) as dump`);
    expect(stored?.dump).toContain(participantID);
    for (const text of [stored?.dump ?? '', service.logged.join('')])
      expect(text).not.toContain(token.slice(4));
    for (const secret of [participantID, account.name, serviceToken.slice(4)])
      expect(service.logged.join('')).not.toContain(secret);
  });

  it('gets none, and leaves nothing, when the audit row cannot be written', async () => {
    const before = await countTokens();
    const failing: Database = {
      ...database,
      transaction: (work) =>
        database.transaction((transaction) =>
          work({
            ...transaction,
            query: (statement) =>
              statement.sql.includes('audit_entries')
                ? Promise.reject(new Error('disk full'))
                : transaction.query(statement),
          }),
        ),
    };
    const broken = startAccessProcess({ database: failing, clock });
    const answer = await postToken(broken.app, participantForm(serviceToken, participantID));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('trp_');
    expect(await countTokens()).toBe(before);
    await broken.app.close();
  });
});

describe('the scopes', () => {
  const all = ['ExternalAccounts:read', 'ExternalAccounts:connect', 'Participant:read'];

  it.each<[string | undefined, string, string[]]>([
    [undefined, 'api', all],
    ['', 'api', all],
    ['api', 'api', all],
    ['SurveyAnswers:read api', 'SurveyAnswers:read api', all],
    ['ExternalAccounts:connect', 'ExternalAccounts:connect', [all[1]!]],
    // The name of an earlier release.
    ['ExternalAccounts:write', 'ExternalAccounts:write', [all[1]!]],
    [
      ' Participant:read  ExternalAccounts:read ',
      'Participant:read ExternalAccounts:read',
      [all[0]!, all[2]!],
    ],
    ['Participant:read Participant:read', 'Participant:read', ['Participant:read']],
    ['API', 'API', []],
    ['participant:read externalaccounts:READ', 'participant:read externalaccounts:READ', []],
    ['SurveyAnswers:read user/*.read apis xapi', 'SurveyAnswers:read user/*.read apis xapi', []],
    ['ExternalAccounts:*', 'ExternalAccounts:*', []],
    ['__proto__ constructor', '__proto__ constructor', []],
    ["'{api}", "'{api}", []],
    [
      Array.from({ length: 300 }, (_, n) => `R${n}:read`).join(' '),
      Array.from({ length: 300 }, (_, n) => `R${n}:read`).join(' '),
      [],
    ],
  ])('%j are told back as %j and come to %j', async (scope, told, granted) => {
    const answer = await ask({ scope });
    expect(answer.json()).toMatchObject({ scope: told });
    const { access_token: token } = answer.json<{ access_token: string }>();
    // By the routes, each of which needs one scope.
    const allowed: string[] = [];
    for (const [needed, method, url] of [
      [all[0]!, 'GET', '/api/v1/delegated/whoAmI'],
      [all[1]!, 'DELETE', '/api/things/1'],
      [all[2]!, 'GET', '/api/v1/delegated/participant'],
    ] as const) {
      const used = await service.app.inject({ method, url, headers: { authorization: `Bearer ${token}` } });
      if (used.statusCode === 403) {
        expect(used.headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${needed}"`);
        expect(used.json()).toMatchObject({ code: 'insufficient-scope', status: 403 });
      } else allowed.push(needed);
    }
    expect(allowed).toEqual(granted);
  });

  it.each([
    ['nothing but spaces', '   '],
    ['a tab', 'api\tapi'],
    ['a line break', 'api\napi'],
    ['a quote', 'Participant:read"'],
    ['a backslash', 'Participant\\read'],
    ['another script', 'Pаrticipant:read'],
    ['an emoji', '😀'],
    ['4,097 characters', 'a'.repeat(4_097)],
    ['4,097 characters of spaces and api', `api${' '.repeat(4_094)}`],
  ])('are refused when they hold %s', async (_name, scope) => {
    const before = await countTokens();
    const answer = await ask({ scope });
    expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([400, 'invalid_scope']);
    expect(await countTokens()).toBe(before);
  });

  it('are read up to 4,096 characters', async () => {
    expect((await ask({ scope: 'a'.repeat(4_096) })).statusCode).toBe(200);
  });
});

describe('a request that must be refused', () => {
  const own = () => ({ token: serviceToken, participantID });
  type Case = readonly [name: string, error: string, form: () => string | Promise<string>];
  const form = (changed: Record<string, string | undefined>) => () =>
    participantForm(own().token, own().participantID, changed);

  const needed = ['client_id', 'client_secret', 'token', 'participant_id'];
  const missing: Case[] = needed.flatMap((field): Case[] => [
    [`without ${field}`, 'invalid_request', form({ [field]: undefined })],
    [`with an empty ${field}`, 'invalid_request', form({ [field]: '' })],
  ]);
  const repeated: Case[] = ['grant_type', 'scope', ...needed].map((field) => [
    `with ${field} twice`,
    'invalid_request',
    () => {
      const once = participantForm(own().token, own().participantID);
      return `${once}&${field}=${new URLSearchParams(once).get(field) ?? ''}`;
    },
  ]);
  const clients: Case[] = [
    ['of another client', 'invalid_client', form({ client_id: 'MyDataHelps.Other' })],
    [
      'of a client in other letters',
      'invalid_client',
      form({ client_id: 'mydatahelps.delegatedparticipant' }),
    ],
    ['of a client with a space', 'invalid_client', form({ client_id: 'MyDataHelps.DelegatedParticipant ' })],
    [
      'of a client with a line break',
      'invalid_client',
      form({ client_id: 'MyDataHelps.DelegatedParticipant\n' }),
    ],
    ['of two clients', 'invalid_client', form({ client_id: 'MyDataHelps.DelegatedParticipant,x' })],
    ['of a prototype', 'invalid_client', form({ client_id: '__proto__' })],
    ['of SQL', 'invalid_client', form({ client_id: "' or '1'='1" })],
    ['with another secret', 'invalid_client', form({ client_secret: 'secre' })],
    ['with a longer secret', 'invalid_client', form({ client_secret: 'secretsecret' })],
    ['with the secret in other letters', 'invalid_client', form({ client_secret: 'Secret' })],
  ];
  const participants: Case[] = [
    ['for an identifier', 'invalid_request', form({ participant_id: 'P-1' })],
    ['for a GUID in braces', 'invalid_request', () => participantForm(serviceToken, `{${participantID}}`)],
    [
      'for a GUID without hyphens',
      'invalid_request',
      () => participantForm(serviceToken, participantID.replaceAll('-', '')),
    ],
    ['for a GUID and a space', 'invalid_request', () => participantForm(serviceToken, `${participantID} `)],
    [
      'for a GUID and a line break',
      'invalid_request',
      () => participantForm(serviceToken, `${participantID}\n`),
    ],
    [
      'for two GUIDs',
      'invalid_request',
      () => participantForm(serviceToken, `${participantID},${participantID}`),
    ],
    ['for a GUID of other digits', 'invalid_request', form({ participant_id: '٣'.repeat(36) })],
    ['for SQL', 'invalid_request', form({ participant_id: "' or '1'='1" })],
    ['for 30,000 characters', 'invalid_request', form({ participant_id: 'a'.repeat(30_000) })],
    ['for nobody', 'invalid_grant', () => participantForm(serviceToken, randomUUID())],
    ['for the nil GUID', 'invalid_grant', form({ participant_id: '00000000-0000-0000-0000-000000000000' })],
    ['for the project', 'invalid_grant', () => participantForm(serviceToken, account.projectID)],
    [
      'for a participant of another project',
      'invalid_grant',
      async () => {
        const other = await createAccount(database, pair);
        return participantForm(serviceToken, await addParticipant(database, other.projectID));
      },
    ],
  ];
  const tokens: Case[] = [
    ['with no token of ours', 'invalid_grant', form({ token: 'x' })],
    ['with a made-up token', 'invalid_grant', form({ token: `trb_${'A'.repeat(43)}` })],
    ['with a made-up participant token', 'invalid_grant', form({ token: `trp_${'A'.repeat(43)}` })],
    [
      'with the token in other letters',
      'invalid_grant',
      () => participantForm(serviceToken.toLowerCase(), participantID),
    ],
    [
      'with the scheme before the token',
      'invalid_grant',
      () => participantForm(`Bearer ${serviceToken}`, participantID),
    ],
    [
      'with a space after the token',
      'invalid_grant',
      () => participantForm(`${serviceToken} `, participantID),
    ],
    [
      'with a line break after the token',
      'invalid_grant',
      () => participantForm(`${serviceToken}\n`, participantID),
    ],
    ['with two tokens', 'invalid_grant', () => participantForm(serviceToken + serviceToken, participantID)],
    ['with half a token', 'invalid_grant', () => participantForm(serviceToken.slice(0, 24), participantID)],
    [
      'with the digest of the token',
      'invalid_grant',
      async () => {
        const [row] = await database.query<{ digest: string }>(
          sql`select encode(token_digest, 'hex') as digest from access_tokens limit 1`,
        );
        return participantForm(row!.digest, participantID);
      },
    ],
    ['with SQL as token', 'invalid_grant', form({ token: "' or '1'='1" })],
    ['with 30,000 characters as token', 'invalid_grant', form({ token: 'a'.repeat(30_000) })],
    [
      "with the participant's own token",
      'invalid_grant',
      async () => {
        const token = await fetchParticipantToken(service.app, serviceToken, participantID);
        return participantForm(token, participantID);
      },
    ],
    [
      'with a participant token that calls itself a service token',
      'invalid_grant',
      async () => {
        const token = await fetchParticipantToken(service.app, serviceToken, participantID);
        return participantForm(token.replace('trp_', 'trb_'), participantID);
      },
    ],
    [
      'with a client assertion in the place of the token',
      'invalid_grant',
      () =>
        participantForm(
          signJws({ alg: 'RS256' }, goodClaims(account.name, ownAudience, clock.now()), pair.privateKey),
          participantID,
        ),
    ],
    [
      'with the token of another project',
      'invalid_grant',
      async () => {
        const other = await createAccount(database, pair);
        return participantForm(await fetchToken(service.app, other.name, pair, clock.now()), participantID);
      },
    ],
    [
      'with the token of a revoked account',
      'invalid_grant',
      async () => {
        const { token, participant, change } = await startOver();
        await database.transaction((transaction) => revokeServiceAccount(transaction, change));
        return participantForm(token, participant);
      },
    ],
    [
      'with the token of a revoked key',
      'invalid_grant',
      async () => {
        const { token, participant, change, thumbprintPrefix } = await startOver();
        await database.transaction((transaction) =>
          revokePublicKey(transaction, { ...change, thumbprintPrefix }),
        );
        return participantForm(token, participant);
      },
    ],
  ];
  const bodies: Case[] = [
    [
      'with the grant in other letters',
      'unsupported_grant_type',
      form({ grant_type: 'Delegated_Participant' }),
    ],
    [
      'with a space after the grant',
      'unsupported_grant_type',
      form({ grant_type: 'delegated_participant ' }),
    ],
    [
      'with both grants',
      'unsupported_grant_type',
      form({ grant_type: 'client_credentials delegated_participant' }),
    ],
    ['of the prototype as grant', 'unsupported_grant_type', form({ grant_type: '__proto__' })],
    ['with the other grant and these fields', 'invalid_request', form({ grant_type: 'client_credentials' })],
    [
      'with an assertion and no token',
      'invalid_request',
      () =>
        tokenForm(
          signJws({ alg: 'RS256' }, goodClaims(account.name, ownAudience, clock.now()), pair.privateKey),
          { grant_type: 'delegated_participant' },
        ),
    ],
    ['with a NUL in the GUID', 'invalid_request', () => `${participantForm(serviceToken, participantID)}%00`],
    [
      'with bytes that are not UTF-8',
      'invalid_request',
      () => participantForm(serviceToken, participantID, { scope: undefined }) + '&scope=%ff',
    ],
    [
      'with a broken escape',
      'invalid_request',
      () => participantForm(serviceToken, participantID, { scope: undefined }) + '&scope=%zz',
    ],
    ['of 33 KiB', 'invalid_request', form({ padding: 'x'.repeat(33 * 1024) })],
  ];

  it.each([...missing, ...repeated, ...clients, ...participants, ...tokens, ...bodies])(
    '%s is %s, and no token is issued',
    async (_name, error, makeForm) => {
      const body = await makeForm();
      const before = await countTokens();
      const answer = await postToken(service.app, body);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        pragma: 'no-cache',
      });
      const told = answer.json<{ error: string; error_description?: string }>();
      expect(told.error).toBe(error);
      expect(told.error_description ?? '').toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
      expect(answer.body).not.toContain('trp_');
      expect(answer.body).not.toContain(serviceToken.slice(4));
      expect(await countTokens()).toBe(before);
    },
  );

  it('tells nobody whether a participant of another project exists', async () => {
    const other = await createAccount(database, pair);
    const foreign = await addParticipant(database, other.projectID);
    const bodies = new Set<string>();
    for (const id of [foreign, foreign.toUpperCase(), randomUUID(), other.projectID])
      bodies.add((await ask({ participant_id: id })).body);
    expect([...bodies]).toEqual([
      '{"error":"invalid_grant","error_description":"The project has no such participant."}',
    ]);
  });

  it('tells nobody without a valid token whether a participant exists, or why the token is not valid', async () => {
    const { token, participant, change } = await startOver();
    await database.transaction((transaction) => revokeServiceAccount(transaction, change));
    const bodies = new Set<string>();
    for (const form of [
      participantForm(token, participant),
      participantForm(token, randomUUID()),
      participantForm('x', participantID),
      participantForm(`trb_${'A'.repeat(43)}`, participantID),
    ])
      bodies.add((await postToken(service.app, form)).body);
    expect(bodies.size).toBe(1);
  });

  it('is told apart in the log by its reason only', async () => {
    const lines = service.logged.length;
    await ask({ token: 'x' });
    await ask({ participant_id: randomUUID() });
    const reasons = service.logged
      .slice(lines)
      .filter((line) => line.includes('participant-token-refused'))
      .map((line) => (JSON.parse(line) as { reason: string }).reason);
    expect(reasons).toEqual(['service-token', 'participant']);
  });

  it('with an expired token is refused from the millisecond of its expiry on', async () => {
    const { token, participant } = await startOver();
    const own = createFakeClock(clock.now() + 3_599_999);
    const process = startAccessProcess({ database, clock: own });
    const post = async () => (await postToken(process.app, participantForm(token, participant))).statusCode;
    expect(await post()).toBe(200);
    own.advance(1);
    expect(await post()).toBe(400);
    await process.app.close();
  });

  it('for a participant who is deleted at the same time leaves no token, however they meet', async () => {
    for (let round = 0; round < 20; round++) {
      const participant = await addParticipant(database, account.projectID);
      const [answers] = await Promise.all([
        Promise.all(
          Array.from({ length: 4 }, () => postToken(service.app, participantForm(serviceToken, participant))),
        ),
        database.query(sql`delete from participants where participant_id = ${participant}`),
      ]);
      for (const answer of answers) expect([200, 400]).toContain(answer.statusCode);
      const left = await database.query(
        sql`select 1 as left from participant_tokens where participant_id = ${participant}`,
      );
      expect(left).toEqual([]);
    }
  });
});

describe('when the database is away', () => {
  it('answers a problem with 503', async () => {
    const unreachable = openDatabase({
      target: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
      poolSizeMax: 2,
      applicationName: 'tests',
    });
    const process = startAccessProcess({ database: unreachable, clock });
    const answer = await postToken(process.app, participantForm(serviceToken, participantID));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    await process.app.close();
    await unreachable.close();
  });
});

/** A project of its own with one account, one participant and a service token. */
async function startOver() {
  const own = await createAccount(database, pair);
  return {
    token: await fetchToken(service.app, own.name, pair, clock.now()),
    participant: await addParticipant(database, own.projectID),
    change: {
      projectID: own.projectID,
      name: own.name,
      actor: 'command-line:test',
      now: clock.now(),
    },
    thumbprintPrefix: own.thumbprints[0] ?? '',
  };
}
