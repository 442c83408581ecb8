import { sealTokens } from '../src/accounts/grant.ts';
import { claimStatement } from '../src/accounts/revocations/claimRevocations.ts';
import { runRevocations } from '../src/accounts/runRevocations.ts';
import { openCatalogue } from '../src/main/openCatalogue.ts';
import { createServerFinder } from '../src/oauth/authorizationServer.ts';
import { findConnection } from '../src/oauth/findConnection.ts';
import { revokeGrant } from '../src/oauth/oauth2.ts';
import { createSandboxDoor } from '../src/oauth/providerDoor.ts';
import { Secret } from '../src/platform/config/secret.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { createProviderFetch } from '../src/platform/outbound/providerFetch.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { openDatabase, raw, sql, type Database } from '../src/platform/storage/database.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { createSandboxCredentials } from '../src/sandbox/sandboxCredentials.ts';
import { startSandbox } from '../src/sandbox/startSandbox.ts';
import { createStudy } from '../test/builders/study.ts';
import { createTestVault } from '../test/harness/testVault.ts';
import { hasProgram, type Row } from './machine.ts';
import { runPgbench } from './runPgbench.ts';

const due = 50_000;
const atOnce = 4;
const slug = 'oura';

/**
 * The grants of a study that ends, all at one provider, against a sandbox without latency in this process: the first of
 * them, and the last, when the queue is short. The limit is the bare call, as many at once.
 */
export async function measureRevocations(
  databaseUrl: string,
  { seconds, large }: { readonly seconds: number; readonly large: boolean },
): Promise<Row[]> {
  // As many connections as a service has.
  const database = openDatabase({ target: { url: databaseUrl }, poolSizeMax: 10, applicationName: 'bench' });
  const { definitions } = await openCatalogue({});
  const credentials = createSandboxCredentials(definitions, systemRandom);
  const sandbox = await startSandbox({ definitions, credentials, clock: systemClock, random: systemRandom });
  const fetch = createProviderFetch({ plainOrigin: sandbox.origin });
  const log = createLogger('error');
  const parts = {
    database,
    catalogue: { definitions, credentials },
    findDoor: (of: string) => createSandboxDoor(fetch, sandbox.origin, of),
    findServer: createServerFinder({ database, clock: systemClock, log }),
    vault: createTestVault(database),
    clock: systemClock,
    log,
  };
  try {
    const [row] = await database.query<{ provider_id: number }>(
      sql`select provider_id from providers where source = 'built-in' and source_key = ${slug}`,
    );
    const providerID = row!.provider_id;
    await queueGrants(database, providerID);
    const connection = await findConnection(database, parts, providerID);
    if (connection === undefined) throw new Error('The sandbox does not play the provider');
    const token = new Secret('unknown');
    const bare = await measureRate(seconds, () =>
      revokeGrant(parts, connection, { accessToken: token, accountID: 1 }),
    );
    const limit = `${bare.toFixed(0)} bare calls a second`;
    const rows: Row[] = [];
    for (const [what, left] of [
      [`given back, of ${due.toLocaleString('en')} due at one provider`, due],
      ['the same, 2,000 due', 2_000],
    ] as const) {
      await database.query(sql`
        delete from revocations where revocation_id in (
          select revocation_id from revocations order by due_at desc
          offset ${left})`);
      if (hasProgram('pgbench')) rows.push(await measureClaim(database, { databaseUrl, seconds, due: left }));
      const ending = new AbortController();
      const began = performance.now();
      // All of them, where the run has time.
      const timer = large ? undefined : setTimeout(() => ending.abort(), seconds * 1000);
      const count = await runRevocations(parts, { ending: ending.signal });
      clearTimeout(timer);
      const perSecond = count / ((performance.now() - began) / 1000);
      rows.push({
        what,
        figure: `${perSecond.toFixed(0)} a second`,
        limit,
        ratio: (perSecond / bare).toFixed(2),
        note: `${count} given back, ${atOnce} at once, sandbox in the same process`,
      });
    }
    return rows;
  } finally {
    await sandbox.close();
    await fetch.close();
    await database.close();
  }
}

/**
 * The claim by itself, as `pgbench` runs it: one client, one row each time, undone so that the queue stays as long as it
 * is. What it costs must not hang on how many are due.
 */
async function measureClaim(
  database: Database,
  {
    databaseUrl,
    seconds,
    due: left,
  }: { readonly databaseUrl: string; readonly seconds: number; readonly due: number },
): Promise<Row> {
  const [row] = await database.query<{ lane: number }>(sql`select lane from revocations limit 1`);
  const { text, values } = claimStatement(
    { lane: row!.lane, atOnce },
    { atMost: 1, firstTurnsFirst: true, now: systemClock.now() },
  );
  const script = [
    'begin;',
    "select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),",
    "set_config('enable_sort', 'off', true), set_config('synchronous_commit', 'off', true);",
    `${fillIn(text, values)};`,
    'rollback;',
  ].join('\n');
  const perSecond = await runPgbench(databaseUrl, script, seconds);
  return {
    what: `one claim, ${left.toLocaleString('en')} due`,
    figure: `${(1000 / perSecond).toFixed(2)} ms`,
    note: 'pgbench, one client, undone each time',
  };
}

/** The statement with its values in it: instants and numbers of ours. */
function fillIn(text: string, values: readonly unknown[]): string {
  return text.replaceAll(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    return value instanceof Date ? `'${value.toISOString()}'::timestamptz` : String(value);
  });
}

/** Times a call that is made by as many workers as a provider has places. */
async function measureRate(seconds: number, call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() - began < seconds * 1000) {
      await call();
      count++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return count / ((performance.now() - began) / 1000);
}

async function queueGrants(database: Database, providerID: number): Promise<void> {
  const study = await createStudy(database);
  const vault = createTestVault(database);
  for (let first = 0; first < due; first += 1_000) {
    const numbers = Array.from({ length: 1_000 }, (_, index) => first + index + 1);
    const sealed = await Promise.all(
      numbers.map((accountID) =>
        sealTokens(
          vault,
          { projectID: study.projectID, accountID, generation: 1, version: 1 },
          { accessToken: new Secret(`bench-${accountID}`) },
        ),
      ),
    );
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               provider_user_id, key_id, wrapped_key, access_token, created_at, due_at, expires_at)
      select gen_random_uuid(), ${study.projectID}, number, 1, 1, gen_random_uuid(), ${providerID}, 'bench-' || number,
             ${sealed[0]!.keyID}, wrapped_key, access_token, now(), now(), now() + interval '30 days'
        from unnest(${numbers}::integer[], ${sealed.map(({ wrappedKey }) => wrappedKey)}::bytea[],
                    ${sealed.map(({ accessToken }) => accessToken)}::bytea[]) as fresh (number, wrapped_key, access_token)`);
  }
  await database.query(raw('vacuum analyze revocations'));
}
