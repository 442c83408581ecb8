import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessParts } from '../src/access/accessParts.ts';
import { createAdmission } from '../src/access/admit.ts';
import { serviceTokenKind } from '../src/access/tokens/serviceCaller.ts';
import { createTokenCheck } from '../src/access/tokens/tokenCheck.ts';
import { parsePublicKey } from '../src/access/publicKey.ts';
import { route as issueToken } from '../src/access/routes/issueToken.ts';
import { createServiceAccount } from '../src/access/serviceAccounts.ts';
import { buildHttp } from '../src/platform/http/buildHttp.ts';
import { bindRoute } from '../src/platform/http/defineRoute.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { createInstallationKeys } from '../src/platform/storage/installationKey.ts';
import { sql, type Database } from '../src/platform/storage/database.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { goodClaims, rsaPair, signJws } from '../test/builders/clientAssertion.ts';
import { tokenForm } from '../test/harness/accessProcess.ts';
import type { Row } from './machine.ts';

export interface TokenRates {
  readonly issuedPerSecond: number;
  readonly checkedOnePerSecond: number;
  readonly checkedManyPerSecond: number;
  readonly lookedUpPerSecond: number;
}

export interface TokenBenchOptions {
  readonly assertions: number;
  readonly atOnce: number;
  readonly checkSeconds: number;
}

const publicUrl = 'http://localhost';
const tokenPath = '/identityserver/connect/token';
const name = 'Bench.Tokens';

/**
 * Measures over HTTP on the loopback with keep-alive connections; signing the assertions, which is the client's
 * work, is done before. Client and server share the process, so the figure for issuing is a low one.
 */
export async function measureTokens(database: Database, options: TokenBenchOptions): Promise<TokenRates> {
  const pair = rsaPair();
  const projectID = randomUUID();
  await database.query(sql`insert into projects (project_id, name) values (${projectID}, 'bench of tokens')`);
  const publicKeys = [await parsePublicKey(pair.spki)];
  await database.transaction((transaction) =>
    createServiceAccount(transaction, {
      projectID,
      name,
      publicKeys,
      actor: 'command-line:bench',
      now: systemClock.now(),
      random: systemRandom,
    }),
  );
  const forms = Array.from({ length: options.assertions }, () =>
    tokenForm(
      signJws(
        { alg: 'RS256', typ: 'JWT' },
        goodClaims(name, publicUrl + tokenPath, Date.now()),
        pair.privateKey,
      ),
    ),
  );
  const { issuedPerSecond, tokens } = await measureIssuing(database, forms, options.atOnce);
  const check = createTokenCheck({ database, clock: systemClock }, serviceTokenKind);
  const lookedUpPerSecond = await measureLookUps(database, tokens, options.atOnce);
  return {
    issuedPerSecond,
    checkedOnePerSecond: await measureChecks(check, tokens.slice(0, 1), options),
    checkedManyPerSecond: await measureChecks(check, tokens.slice(0, 200), options),
    lookedUpPerSecond,
  };
}

async function measureIssuing(database: Database, forms: readonly string[], atOnce: number) {
  const log = createLogger('error');
  const parts: AccessParts = {
    database,
    clock: systemClock,
    random: systemRandom,
    log,
    publicUrl,
    tokens: { serviceLifetimeS: 3600, participantLifetimeS: 21_600, audiences: [] },
  };
  const app = buildHttp({
    publicUrl,
    log,
    clock: systemClock,
    routes: [bindRoute(issueToken, parts)],
    // With the limiter on, as in service, and far away.
    admit: createAdmission({
      database,
      clock: systemClock,
      log,
      getInstallationKey: createInstallationKeys(database),
      limits: { administrative: 1_000_000_000, delegated: 1_000_000_000, address: 1_000_000_000 },
    }),
    trustedProxies: [],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const warmUp = Math.min(100, Math.floor(forms.length / 4));
  const tokens: string[] = [];
  const post = async (form: string) => tokens.push(await fetchToken(agent, port, form));
  await inParallel(forms.slice(0, warmUp), atOnce, post);
  const measured = forms.slice(warmUp);
  const began = performance.now();
  await inParallel(measured, atOnce, post);
  const issuedPerSecond = measured.length / ((performance.now() - began) / 1000);
  agent.destroy();
  await app.close();
  return { issuedPerSecond, tokens };
}

function fetchToken(agent: Agent, port: number, form: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length };
    const call = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: tokenPath, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve((JSON.parse(text) as { access_token: string }).access_token);
          else reject(new Error(`The token endpoint answered ${String(answer.statusCode)}: ${text}`));
        });
      },
    );
    call.on('error', reject).end(form);
  });
}

/** What a route pays for a token that was seen within the last seconds, and now and then for a look-up. */
async function measureChecks(
  check: (token: string) => Promise<unknown>,
  tokens: readonly string[],
  { checkSeconds }: TokenBenchOptions,
): Promise<number> {
  const began = performance.now();
  let checks = 0;
  while (performance.now() - began < checkSeconds * 1000)
    for (const token of tokens) {
      if ((await check(token)) === undefined) throw new Error('A token that was just issued is not valid');
      checks += 1;
    }
  return checks / ((performance.now() - began) / 1000);
}

/** What it costs when nothing is remembered: each check asks the database. */
async function measureLookUps(
  database: Database,
  tokens: readonly string[],
  atOnce: number,
): Promise<number> {
  const began = performance.now();
  const rounds = 3;
  for (let round = 0; round < rounds; round++) {
    const check = createTokenCheck({ database, clock: systemClock }, serviceTokenKind);
    await inParallel(tokens, atOnce, check);
  }
  return (rounds * tokens.length) / ((performance.now() - began) / 1000);
}

async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
) {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

/** The rates beside their aims. */
export async function tabulateTokens(database: Database): Promise<Row[]> {
  const rates = await measureTokens(database, { assertions: 3_000, atOnce: 16, checkSeconds: 3 });
  const row = (what: string, perSecond: number, aim?: string): Row => ({
    what,
    figure: `${Math.round(perSecond).toLocaleString('en')}/s`,
    ...(aim === undefined ? {} : { aim }),
  });
  return [
    row('issued over HTTP, 16 at once', rates.issuedPerSecond, '≥ 300/s'),
    row('checked, one token, remembered', rates.checkedOnePerSecond),
    row('checked, 200 tokens, remembered', rates.checkedManyPerSecond),
    row('checked, never seen before (one look-up each)', rates.lookedUpPerSecond, '≥ 5,000/s'),
  ];
}
