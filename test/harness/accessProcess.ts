import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { AccessParts } from '../../src/access/accessParts.ts';
import { defineAdministrativeRoute } from '../../src/access/administrativeRoute.ts';
import { createAdmission, type RequestLimits } from '../../src/access/admit.ts';
import { defineDelegatedRoute } from '../../src/access/delegatedRoute.ts';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { route as getDelegatedParticipant } from '../../src/access/routes/getDelegatedParticipant.ts';
import { route as issueToken } from '../../src/access/routes/issueToken.ts';
import { createServiceAccount } from '../../src/access/serviceAccounts.ts';
import { buildHttp } from '../../src/platform/http/buildHttp.ts';
import { bindRoute, defineRoute, type BoundRoute } from '../../src/platform/http/defineRoute.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { createInstallationKeys } from '../../src/platform/storage/installationKey.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { goodClaims, signJws, type TestKeyPair } from '../builders/clientAssertion.ts';
import { createWatchedLog, watchAnswers, watchDatabase } from './canaryWatch.ts';
import { plantCanary } from './plantCanary.ts';

export const publicUrl = 'https://accounts.study.example.org';
export const ownAudience = `${publicUrl}/identityserver/connect/token`;
export const otherAudience = 'https://designer.mydatahelps.org/identityserver/connect/token';
export const tokenPath = '/identityserver/connect/token';
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface AccessProcess {
  readonly app: FastifyInstance;
  /** Everything this process logged. */
  readonly logged: readonly string[];
}

export interface AccessProcessOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** None unless given. */
  readonly limits?: Partial<RequestLimits>;
  readonly tokenLifetimeS?: number;
  readonly participantTokenLifetimeS?: number;
  /** More routes, of a test's own. */
  readonly routes?: readonly BoundRoute[];
}

/** One process of the service as far as access goes: the token endpoint, routes behind it, public ones, a probe. Watched as `startTestService` is. */
export function startAccessProcess(options: AccessProcessOptions): AccessProcess {
  const { clock } = options;
  const database = watchDatabase(options.database);
  const { log, lines } = createWatchedLog();
  const parts: AccessParts = {
    database,
    clock,
    random: systemRandom,
    log,
    publicUrl,
    tokens: {
      serviceLifetimeS: options.tokenLifetimeS ?? 3600,
      participantLifetimeS: options.participantTokenLifetimeS ?? 21_600,
      audiences: [otherAudience],
    },
  };
  const routes = [
    ...[issueToken, whoAmI, removeThing, open, probe],
    ...[getDelegatedParticipant, whoAmIDelegated, removeMyThing, openToPages],
  ];
  const app = buildHttp({
    publicUrl,
    log,
    clock,
    routes: [...routes.map((route) => bindRoute(route, parts)), ...(options.routes ?? [])],
    admit: createAdmission({
      database,
      clock,
      log,
      getInstallationKey: createInstallationKeys(database),
      limits: { administrative: 0, delegated: 0, address: 0, ...options.limits },
    }),
    trustedProxies: ['127.0.0.1'],
  });
  watchAnswers(app);
  return { app, logged: lines };
}

const whoAmI = defineAdministrativeRoute({
  operationID: 'whoAmI',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/whoAmI',
  summary: 'Who the caller is',
  query: Type.Object({ known: Type.Optional(Type.String()) }),
  answers: { 200: { description: 'The caller.' } },
  answer: ({ caller }) => Promise.resolve({ status: 200, body: caller }),
});

const removeThing = defineAdministrativeRoute({
  operationID: 'removeThing',
  method: 'DELETE',
  path: '/api/v1/administration/projects/:projectID/things/:thingID',
  summary: 'Remove a thing',
  parameters: Type.Object({ thingID: Type.String() }),
  answers: { 204: { description: 'Removed.' } },
  answer: () => Promise.resolve({ status: 204 }),
});

const open = defineRoute({
  operationID: 'open',
  method: 'GET',
  path: '/open',
  summary: 'For everybody',
  caller: 'none',
  answers: { 200: { description: 'An answer.' } },
  answer: () => Promise.resolve({ status: 200, body: { open: true } }),
});

const whoAmIDelegated = defineDelegatedRoute({
  operationID: 'whoAmIDelegated',
  method: 'GET',
  path: '/api/v1/delegated/whoAmI',
  summary: 'Who the participant is and what the token allows',
  query: Type.Object({ known: Type.Optional(Type.String()) }),
  scope: 'ExternalAccounts:read',
  answers: { 200: { description: 'The caller.' } },
  answer: ({ caller }) => Promise.resolve({ status: 200, body: caller }),
});

/** As one route of the contract is: not below `delegated/`. */
const removeMyThing = defineDelegatedRoute({
  operationID: 'removeMyThing',
  method: 'DELETE',
  path: '/api/things/:thingID',
  summary: 'Remove a thing of mine',
  parameters: Type.Object({ thingID: Type.String() }),
  scope: 'ExternalAccounts:connect',
  answers: { 204: { description: 'Removed.' } },
  answer: () => Promise.resolve({ status: 204 }),
});

const openToPages = defineRoute({ ...open, operationID: 'openToPages', path: '/api/open', browsers: true });

const probe = defineRoute({ ...open, operationID: 'healthz', path: '/healthz', counted: false });

/** A project with one service account that owns the given keys. */
export async function createAccount(database: Database, ...pairs: TestKeyPair[]) {
  const projectID = randomUUID();
  const name = `MyDataHelps.Study.${projectID.slice(0, 8)}`;
  await database.query(sql`insert into projects (project_id, name) values (${projectID}, ${projectID})`);
  const publicKeys = await Promise.all(pairs.map((pair) => parsePublicKey(pair.spki)));
  await database.transaction((transaction) =>
    createServiceAccount(transaction, {
      projectID,
      name,
      publicKeys,
      actor: 'command-line:test',
      now: 0,
      random: systemRandom,
    }),
  );
  return { projectID, name, thumbprints: publicKeys.map((key) => key.thumbprint) };
}

/** A form as clients post it. */
export function tokenForm(assertion: string, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    scope: 'api',
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: assertion,
    ...more,
  }).toString();
}

export function postToken(
  app: FastifyInstance,
  payload: string,
  contentType = 'application/x-www-form-urlencoded',
) {
  return app.inject({ method: 'POST', url: tokenPath, headers: { 'content-type': contentType }, payload });
}

/** An access token, got as a client gets it. */
export async function fetchToken(
  app: FastifyInstance,
  name: string,
  pair: TestKeyPair,
  now: number,
): Promise<string> {
  const assertion = signJws(
    { alg: 'RS256', typ: 'JWT' },
    goodClaims(name, ownAudience, now),
    pair.privateKey,
  );
  const answer = await postToken(app, tokenForm(assertion));
  if (answer.statusCode !== 200) throw new Error(`No token: ${answer.body}`);
  return plantCanary('access token', answer.json<{ access_token: string }>().access_token);
}

export function askWhoAmI(app: FastifyInstance, projectID: string, token: string | undefined) {
  return app.inject({
    url: `/api/v1/administration/projects/${projectID}/whoAmI`,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
}

/** A participant of the project; gives the GUID. */
export async function addParticipant(database: Database, projectID: string): Promise<string> {
  const participantID = randomUUID();
  await database.query(sql`
    insert into participants (project_id, participant_id, participant_identifier)
    values (${projectID}, ${participantID}, ${`P ${participantID}`})`);
  return plantCanary('participant', participantID);
}

/** The fields with which clients ask for a participant's token, and any changes; undefined leaves one out. */
export function participantForm(
  token: string,
  participantID: string,
  changed: Record<string, string | undefined> = {},
): string {
  const fields: Record<string, string | undefined> = {
    grant_type: 'delegated_participant',
    participant_id: participantID,
    client_id: 'MyDataHelps.DelegatedParticipant',
    client_secret: 'secret',
    token,
    scope: 'api',
    ...changed,
  };
  return new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  ).toString();
}

/** A participant's token, got as a client gets it. */
export async function fetchParticipantToken(
  app: FastifyInstance,
  token: string,
  participantID: string,
  scope = 'api',
): Promise<string> {
  const answer = await postToken(app, participantForm(token, participantID, { scope }));
  if (answer.statusCode !== 200) throw new Error(`No token: ${answer.body}`);
  return plantCanary('participant token', answer.json<{ access_token: string }>().access_token);
}
