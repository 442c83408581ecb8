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
import { createLogger } from '../../src/platform/log/logger.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database, type Transaction } from '../../src/platform/storage/database.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { checkAnswer } from './answerChecker.ts';
import { createTestVault } from './testVault.ts';

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

/** The composition that production runs, over a test's database and clock; rate limits are off unless set. */
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
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line: string) => void log.push(line) });
  const app = await compose({
    config: readConfig({
      TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE: '0',
      TRIBUTARY_RATE_LIMIT_DELEGATED: '0',
      TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
      ...options.environment,
    }),
    database,
    catalogue: options.catalogue ?? (await openCatalogue({})),
    findDoor: options.findDoor ?? refuseNetwork,
    findServer: createServerFinder({ database, clock, log: logger }),
    vault: createTestVault(database),
    clock,
    random: systemRandom,
    log: logger,
    publicUrl: options.publicUrl ?? publicUrl,
  });
  await app.ready();
  return {
    app,
    log,
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
    issueToken: (projectID, name) =>
      database.transaction(async (transaction) =>
        issueAccessToken(transaction, {
          client: await createClient(transaction, { projectID, now: clock.now() }, name),
          lifetimeS: 3600,
          now: clock.now(),
          random: systemRandom,
        }),
      ),
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
      return token;
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
