import { gunzipSync } from 'node:zlib';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { generateKeyPair } from '../../src/access/generateKeyPair.ts';
import { issueAccessToken } from '../../src/access/tokens/accessTokens.ts';
import type { AuthenticatedClient } from '../../src/access/assertions/clientAssertion.ts';
import { issueParticipantToken } from '../../src/access/tokens/participantTokens.ts';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { createServiceAccount } from '../../src/access/serviceAccounts.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { FindDoor } from '../../src/oauth/providerDoor.ts';
import { compose } from '../../src/main/compose.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { readConfig } from '../../src/main/config.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database, type Transaction } from '../../src/platform/storage/database.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { checkAnswer } from './answerChecker.ts';
import { createWatchedLog, watchAnswers, watchDatabase } from './canaryWatch.ts';
import { plantCanary } from './plantCanary.ts';
import { createTestVault } from './testVault.ts';
import { watchDoors } from './watchDoors.ts';

export const publicUrl = 'https://accounts.example.org';

export interface TestService {
  readonly app: FastifyInstance;
  /** Sends a request and holds the answer against `openapi.json`. */
  send(request: InjectOptions & { url: string; token?: string }): Promise<LightMyRequestResponse>;
  /** An access token of a new service account of the project. */
  issueToken(projectID: string, name?: string): Promise<string>;
  /** A token of the participant, got by a new service account of the project; with the scope `api` unless given. */
  issueParticipantToken(
    projectID: string,
    participantID: string,
    scopes?: readonly string[],
  ): Promise<string>;
  /** Every line the service logged so far. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

let count = 0;
const keys = generateKeyPair();

/**
 * The composition that production runs, over a test's database and clock; rate limits are off unless set.
 *
 * Each test fails in which a log line, an error body or a page has a token, a code, a participant's number, what a
 * provider said about a person, or what the database said about a failure (`canaryWatch.ts`).
 */
export async function startTestService(
  database: Database,
  options: {
    readonly clock?: Clock;
    readonly environment?: Record<string, string>;
    /** This release's own, without any credentials, unless given. */
    readonly catalogue?: Catalogue;
    /** Ways to fakes of providers; no provider can be reached unless given. */
    readonly findDoor?: FindDoor;
    /** For clients that really connect; `publicUrl` unless given. */
    readonly publicUrl?: string;
  } = {},
): Promise<TestService> {
  const clock = options.clock ?? systemClock;
  const { log, lines } = createWatchedLog();
  const app = await compose({
    config: readConfig({
      TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE: '0',
      TRIBUTARY_RATE_LIMIT_DELEGATED: '0',
      TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
      ...options.environment,
    }),
    database: watchDatabase(database),
    catalogue: options.catalogue ?? (await openCatalogue({})),
    findDoor: watchDoors(options.findDoor ?? refuseNetwork).findDoor,
    findServer: createServerFinder({ database, clock, log }),
    vault: createTestVault(database),
    clock,
    random: systemRandom,
    log,
    publicUrl: options.publicUrl ?? publicUrl,
  });
  watchAnswers(app);
  await app.ready();
  return {
    app,
    log: lines,
    send: async ({ token, ...request }) => {
      const answer = await app.inject({
        method: 'GET',
        ...request,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...request.headers },
      });
      checkAnswer(request.method ?? 'GET', request.url, {
        statusCode: answer.statusCode,
        contentType: answer.headers['content-type'],
        body:
          answer.headers['content-encoding'] === 'gzip'
            ? gunzipSync(answer.rawPayload).toString()
            : answer.body,
      });
      return answer;
    },
    issueToken: async (projectID, name) => {
      const token = await database.transaction(async (transaction) =>
        issueAccessToken(transaction, {
          client: await createClient(transaction, { projectID, now: clock.now() }, name),
          lifetimeS: 3600,
          now: clock.now(),
          random: systemRandom,
        }),
      );
      return plantCanary('access token', token);
    },
    issueParticipantToken: async (projectID, participantID, scopes = ['api']) => {
      const token = await database.transaction(async (transaction) =>
        issueParticipantToken(transaction, {
          client: await createClient(transaction, { projectID, now: clock.now() }),
          participantID,
          scopes,
          lifetimeS: 21_600,
          now: clock.now(),
          random: systemRandom,
        }),
      );
      if (token === undefined) throw new Error(`The project has no participant ${participantID}.`);
      plantCanary('participant', participantID);
      return plantCanary('participant token', token);
    },
    close: () => app.close(),
  };
}

const refuseNetwork: FindDoor = (slug) => {
  throw new Error(`This test has no fake of ${slug}`);
};

/** A new service account of the project, with the one key of this file. */
async function createClient(
  transaction: Transaction,
  { projectID, now }: { readonly projectID: string; readonly now: number },
  name = `Tributary.test.${++count}`,
): Promise<AuthenticatedClient> {
  const publicKey = await parsePublicKey((await keys).publicKey);
  const serviceAccountID = await createServiceAccount(transaction, {
    projectID,
    name,
    now,
    actor: 'test',
    publicKeys: [publicKey],
    random: systemRandom,
  });
  const [key] = await transaction.query<{ key_id: string }>(
    sql`select key_id from service_account_keys where service_account_id = ${serviceAccountID}`,
  );
  return { serviceAccountID, keyID: key!.key_id, projectID, name, thumbprint: publicKey.thumbprint };
}
