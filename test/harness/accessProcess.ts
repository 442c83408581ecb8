import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { defineAdministrativeRoute } from '../../src/access/administrativeRoute.ts';
import { createAdmission } from '../../src/access/admit.ts';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { route as issueToken } from '../../src/access/routes/issueToken.ts';
import { createServiceAccount } from '../../src/access/serviceAccounts.ts';
import { buildHttp } from '../../src/platform/http/buildHttp.ts';
import { defineRoute } from '../../src/platform/http/defineRoute.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { emptyCatalogue } from '../../src/catalogue/catalogue.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { goodClaims, signJws, type TestKeyPair } from '../builders/clientAssertion.ts';

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
  readonly limits?: { readonly administrative: number; readonly address: number };
  readonly tokenLifetimeS?: number;
}

/** One process of the service as far as access goes: the token endpoint, a route behind it, a public one, a probe. */
export function startAccessProcess(options: AccessProcessOptions): AccessProcess {
  const { database, clock } = options;
  const logged: string[] = [];
  const log = createLogger('debug', { write: (line: string) => logged.push(line) });
  const app = buildHttp({
    services: {
      database,
      clock,
      random: systemRandom,
      log,
      publicUrl,
      catalogue: emptyCatalogue,
      settings: {
        tokenLifetimeS: options.tokenLifetimeS ?? 3600,
        tokenAudiences: [otherAudience],
        exportsAtOnce: 1,
        exportStallTimeoutMs: 1000,
      },
    },
    routes: [issueToken, whoAmI, removeThing, open, probe],
    admit: createAdmission({
      database,
      clock,
      log,
      limits: options.limits ?? { administrative: 0, address: 0 },
    }),
    trustedProxies: ['127.0.0.1'],
  });
  return { app, logged };
}

const whoAmI = defineAdministrativeRoute({
  operationID: 'whoAmI',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/whoAmI',
  summary: 'Who the caller is',
  query: Type.Object({ known: Type.Optional(Type.String()) }),
  answers: { 200: { description: 'The caller.' } },
  answer: (_call, _services, caller) => Promise.resolve({ status: 200, body: caller }),
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
  return answer.json<{ access_token: string }>().access_token;
}

export function askWhoAmI(app: FastifyInstance, projectID: string, token: string | undefined) {
  return app.inject({
    url: `/api/v1/administration/projects/${projectID}/whoAmI`,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
}
