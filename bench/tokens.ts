/**
 * Tokens issued and tokens checked in a second, by one process on one core.
 *
 *   TRIBUTARY_BENCH_DATABASE_URL=postgres://… node bench/tokens.ts
 *
 * The server at that URL gets a database of its own for the run, which is dropped at the end.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Table from 'cli-table3';
import { createAdmission } from '../src/access/admit.ts';
import { createAccessTokenCheck } from '../src/access/checkAccessToken.ts';
import { parsePublicKey } from '../src/access/publicKey.ts';
import { route as issueToken } from '../src/access/routes/issueToken.ts';
import { createServiceAccount } from '../src/access/serviceAccounts.ts';
import { buildHttp } from '../src/platform/http/buildHttp.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { openDatabase, raw, sql, type Database } from '../src/platform/storage/database.ts';
import { migrate, readMigrations } from '../src/platform/storage/migrate.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { goodClaims, rsaPair, signJws } from '../test/builders/clientAssertion.ts';
import { withDatabase } from '../test/harness/globalSetup.ts';
import { tokenForm } from '../test/harness/accessProcess.ts';

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
      ...{ projectID, name, publicKeys, actor: 'command-line:bench' },
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
  const check = createAccessTokenCheck({ database, clock: systemClock });
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
  const app = buildHttp({
    services: {
      ...{ database, clock: systemClock, random: systemRandom, log, publicUrl },
      settings: { tokenLifetimeS: 3600, tokenAudiences: [], exportsAtOnce: 1, exportStallTimeoutMs: 1000 },
    },
    routes: [issueToken],
    // With the limiter on, as in service, and far away.
    admit: createAdmission({
      ...{ database, clock: systemClock, log },
      limits: { administrative: 1_000_000_000, address: 1_000_000_000 },
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
  check: ReturnType<typeof createAccessTokenCheck>,
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
    const check = createAccessTokenCheck({ database, clock: systemClock });
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

async function run(url: string): Promise<void> {
  const database = `tributary_bench_tokens_${process.pid}`;
  const admin = openDatabase({ target: { url }, poolSizeMax: 1, applicationName: 'bench' });
  await admin.query(raw(`create database ${database}`));
  const bench = openDatabase({
    target: withDatabase({ url }, database),
    poolSizeMax: 10,
    applicationName: 'bench',
  });
  try {
    await migrate(bench, await readMigrations(join(import.meta.dirname, '../migrations')));
    const rates = await measureTokens(bench, { assertions: 3_000, atOnce: 16, checkSeconds: 3 });
    const table = new Table({ head: ['tokens', 'a second', 'aim'], style: { head: [], border: [] } });
    table.push(
      ['issued over HTTP, 16 at once', Math.round(rates.issuedPerSecond), 300],
      ['checked, one token', Math.round(rates.checkedOnePerSecond), 5_000],
      ['checked, 200 tokens', Math.round(rates.checkedManyPerSecond), 5_000],
      ['checked, never seen before, 16 at once', Math.round(rates.lookedUpPerSecond), '-'],
    );
    console.log(table.toString());
  } finally {
    await bench.close();
    await admin.query(raw(`drop database ${database} with (force)`));
    await admin.close();
  }
}

if (import.meta.main) {
  const url = process.env.TRIBUTARY_BENCH_DATABASE_URL;
  if (url === undefined) throw new Error('TRIBUTARY_BENCH_DATABASE_URL must name a PostgreSQL server');
  await run(url);
}
