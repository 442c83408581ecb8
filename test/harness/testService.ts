import { gunzipSync } from 'node:zlib';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { generateKeyPair } from '../../src/access/generateKeyPair.ts';
import { issueAccessToken } from '../../src/access/accessTokens.ts';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { createServiceAccount } from '../../src/access/serviceAccounts.ts';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { compose } from '../../src/main/compose.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { readConfig } from '../../src/main/config.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { checkAnswer } from './answerChecker.ts';

export const publicUrl = 'https://accounts.example.org';

export interface TestService {
  readonly app: FastifyInstance;
  /** Sends a request and holds the answer against `openapi.json`. */
  send(request: InjectOptions & { url: string; token?: string }): Promise<LightMyRequestResponse>;
  /** An access token of a new service account of the project. */
  issueToken(projectID: string, name?: string): Promise<string>;
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
  } = {},
): Promise<TestService> {
  const clock = options.clock ?? systemClock;
  const log: string[] = [];
  const app = await compose({
    config: readConfig({
      TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE: '0',
      TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
      ...options.environment,
    }),
    database,
    catalogue: options.catalogue ?? (await openCatalogue({})),
    clock,
    random: systemRandom,
    log: createLogger('debug', { write: (line: string) => void log.push(line) }),
    publicUrl,
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
    issueToken: async (projectID, name = `Tributary.test.${++count}`) => {
      const publicKey = await parsePublicKey((await keys).publicKey);
      return database.transaction(async (transaction) => {
        const change = { projectID, name, actor: 'test', now: clock.now() };
        const serviceAccountID = await createServiceAccount(transaction, {
          ...change,
          publicKeys: [publicKey],
          random: systemRandom,
        });
        const [key] = await transaction.query<{ key_id: string }>(
          sql`select key_id from service_account_keys where service_account_id = ${serviceAccountID}`,
        );
        return issueAccessToken(transaction, {
          client: { serviceAccountID, keyID: key!.key_id, projectID, name, thumbprint: publicKey.thumbprint },
          lifetimeS: 3600,
          now: clock.now(),
          random: systemRandom,
        });
      });
    },
    close: () => app.close(),
  };
}
