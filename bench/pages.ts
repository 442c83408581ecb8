import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AccountFilters } from '../src/accounts/accountFilters.ts';
import { createPageBookmarks } from '../src/accounts/pageBookmarks.ts';
import { createInstallationKeys } from '../src/platform/storage/installationKey.ts';
import { pageStatement, type PageStatement } from '../src/accounts/paging/pageStatement.ts';
import type { Database } from '../src/platform/storage/database.ts';
import { benchProject, listedProviders, organisations } from './fillDatabase.ts';
import { startBareFastify } from './bareFastify.ts';
import { hasProgram, type Row } from './machine.ts';
import { databaseMsBetween, processorMs, readDatabaseMs } from './processorTime.ts';
import type { BenchService } from './server.ts';

const run = promisify(execFile);
const connections = 8;
const limit = 100;

interface Shape {
  readonly name: string;
  readonly filters: AccountFilters;
  /** Where the page begins, as a part of all accounts. */
  readonly at: number;
}

const shapes: readonly Shape[] = [
  { name: 'first page', filters: {}, at: 0 },
  { name: 'middle page', filters: {}, at: 0.5 },
  { name: 'last page', filters: {}, at: 1 },
  { name: 'one status', filters: { statuses: ['unauthorized'] }, at: 0 },
  {
    name: 'category + status, 1 in 1,000',
    filters: { providerCategories: ['Health Plan'], statuses: ['error'] },
    at: 0,
  },
  { name: 'two statuses', filters: { statuses: ['fetchingData', 'error'] }, at: 0 },
  { name: 'organisations only', filters: { providerCategories: ['Provider'] }, at: 0 },
  { name: 'three provider names', filters: { providerNames: listedProviders }, at: 0 },
  ...[1, 10, 100, 1_000].map((length) => ({
    name: `${length} providers by number`,
    filters: { providerIDs: Array.from({ length }, (_, n) => organisations.first + 2 * n) },
    at: 0,
  })),
];

interface PagesUnderTest {
  readonly database: Database;
  readonly service: BenchService;
}

/**
 * Requests a second of pages of 100 over HTTP beside pgbench running the same statement with the same values, and
 * beside what cannot flatter us: pgbench reading the page's rows as they lie in the tables. With another checkout's
 * service as `before`, each shape is measured on both, one after the other.
 */
export async function measurePages(
  ours: PagesUnderTest & { readonly databaseUrl: string },
  options: {
    readonly accounts: number;
    readonly seconds: number;
    readonly before: PagesUnderTest | undefined;
  },
): Promise<{ rows: Row[]; perSecond: Map<string, number> }> {
  const { accounts, seconds, before } = options;
  const rows: Row[] = [];
  const perSecond = new Map<string, number>();
  for (const shape of shapes) {
    // The last full page: its 100 accounts are the last ones.
    const after = shape.at === 1 ? accounts - limit : Math.floor(accounts * shape.at);
    const url = await urlOfPage(ours, shape, after);
    const { http, spent } = await measureSpent(ours, url, seconds);
    const bare = await measureBare(url, ours.service.token, seconds);
    const older =
      before && (await measureHttp(await urlOfPage(before, shape, after), before.service.token, seconds));
    const page = pageStatement(benchProject, shape.filters, after, limit);
    const bound = hasProgram('pgbench') ? await measurePgbench(ours.databaseUrl, page, seconds) : undefined;
    const plain = hasProgram('pgbench')
      ? await measurePgbench(ours.databaseUrl, plainRows(after), seconds)
      : undefined;
    perSecond.set(shape.name, http.perSecond);
    rows.push({
      what: `${shape.name} of ${accounts.toLocaleString('en')}`,
      figure: `${http.perSecond.toFixed(0)}/s, p50 ${http.p50} p99 ${http.p99}`,
      limit: bound === undefined ? 'pgbench is missing' : `${bound.toFixed(0)}/s pgbench`,
      ...(bound === undefined ? {} : { ratio: (http.perSecond / bound).toFixed(2) }),
      aim: '0.70',
      note: [
        spent,
        ...(plain === undefined ? [] : [`${plain.toFixed(0)}/s plain rows of a page`]),
        `${bare.toFixed(0)}/s bare Fastify with the same bytes`,
        ...(older === undefined ? [] : [compareWithBefore(http.perSecond, older.perSecond, seconds)]),
      ].join(', '),
    });
  }
  return { rows, perSecond };
}

/** With what a request costs the processors of this machine, by who spends it. */
async function measureSpent({ database, service }: PagesUnderTest, url: string, seconds: number) {
  const databaseBefore = await readDatabaseMs(database);
  const serviceBefore = processorMs(service.process.pid!);
  const http = await measureHttp(url, service.token, seconds);
  const serviceMs = processorMs(service.process.pid!) - serviceBefore;
  const databaseMs = databaseMsBetween(databaseBefore, await readDatabaseMs(database));
  const each = (ms: number | undefined) => (ms === undefined ? '?' : (ms / http.requests).toFixed(2));
  const spent = `ms of CPU: database ${each(databaseMs)}, service ${each(serviceMs)}, client ${each(http.clientMs)}`;
  return { http, spent };
}

/** Requests a second of a server that does nothing but hand out what the page answered. */
async function measureBare(url: string, token: string, seconds: number): Promise<number> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const bare = await startBareFastify(await answer.text());
  try {
    return (await measureHttp(bare.url, token, seconds)).perSecond;
  } finally {
    await bare.stop();
  }
}

/** A release whose first page takes longer than the measurement has no figure to divide by. */
function compareWithBefore(ours: number, before: number, seconds: number): string {
  if (before === 0) return `before: no page in ${seconds} s`;
  return `${(ours / before).toFixed(2)} times before (${before.toFixed(0)}/s)`;
}

async function urlOfPage(
  { database, service }: PagesUnderTest,
  shape: Shape,
  after: number,
): Promise<string> {
  const { filters } = shape;
  const bookmarks = createPageBookmarks({ database, getInstallationKey: createInstallationKeys(database) });
  const query = new URLSearchParams({ limit: String(limit) });
  if (after > 0)
    query.set('nextPageID', await bookmarks.write(benchProject, { filters, afterAccountID: after, limit }));
  for (const [name, value] of Object.entries({
    externalAccountStatuses: filters.statuses,
    providerCategories: filters.providerCategories,
    providerNames: filters.providerNames,
    providerIDs: filters.providerIDs,
  }))
    if (value !== undefined) query.set(name, value.join(','));
  return `${service.url}/api/v1/administration/projects/${benchProject}/externalAccounts?${query.toString()}`;
}

/** 100 accounts with their participants and scopes, as they lie in the tables. */
function plainRows(after: number): Pick<PageStatement, 'text' | 'values'> {
  return {
    text: `select a.account_id, a.participant_id, participant_identifier, a.provider_id, a.status, a.last_success_at,
                  a.connected_at, a.provider_user_id, scopes
             from (select * from external_accounts where project_id = $1 and account_id > $2
                    order by account_id limit 100) a
             join participants p on p.project_id = a.project_id and p.participant_id = a.participant_id
             left join scope_periods s on s.account_id = a.account_id and s.ended_at is null`,
    values: [benchProject, Math.max(0, after)],
  };
}

async function measureHttp(url: string, token: string, seconds: number) {
  const words = ['-t1', `-c${connections}`, '--latency', '-H', `Authorization: Bearer ${token}`];
  if (!hasProgram('wrk')) return measureWithAutocannon(url, token, seconds);
  const warm = await run('wrk', [...words, '-d2s', url]);
  const running = run('wrk', [...words, `-d${seconds}s`, url]);
  let clientMs = 0;
  const reading = setInterval(() => {
    clientMs = Math.max(clientMs, processorMs(running.child.pid!));
  }, 50);
  const { stdout } = await running.finally(() => clearInterval(reading));
  if (/Non-2xx/.test(stdout)) throw new Error(`Not every answer was a 200:\n${stdout}`);
  const requestsOf = (text: string) => Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  return {
    // Both runs: what the service spent is read before the first.
    requests: requestsOf(warm.stdout) + requestsOf(stdout),
    clientMs: clientMs * (1 + requestsOf(warm.stdout) / Math.max(1, requestsOf(stdout))),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50: /^\s+50%\s+(\S+)/m.exec(stdout)?.[1] ?? '?',
    p99: /^\s+99%\s+(\S+)/m.exec(stdout)?.[1] ?? '?',
  };
}

/** Where wrk is missing: a slower client that takes more of the second core from the service. */
async function measureWithAutocannon(url: string, token: string, seconds: number) {
  const { default: autocannon } = await import('autocannon');
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    headers: { authorization: `Bearer ${token}` },
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were not a 200`);
  return {
    requests: result.requests.total,
    clientMs: undefined,
    perSecond: result.requests.average,
    p50: `${result.latency.p50}ms`,
    p99: `${result.latency.p99}ms`,
  };
}

async function measurePgbench(
  databaseUrl: string,
  { text, values }: Pick<PageStatement, 'text' | 'values'>,
  seconds: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-pgbench-'));
  const file = join(folder, 'page.sql');
  const script = values.reduceRight<string>(
    (statement, _value, index) => statement.replaceAll(`$${index + 1}`, `:p${index + 1}`),
    text,
  );
  await writeFile(file, `${script.replaceAll('\n', ' ')};\n`);
  const definitions = values.flatMap((value, index) => ['-D', `p${index + 1}=${literal(value)}`]);
  const words = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '2', '-f', file, ...definitions];
  await run('pgbench', [...words, '-T', '2', databaseUrl]);
  const { stdout } = await run('pgbench', [...words, '-T', String(seconds), databaseUrl]);
  await rm(folder, { recursive: true });
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

function literal(value: unknown): string {
  return Array.isArray(value) ? `{${value.map((item) => `"${String(item)}"`).join(',')}}` : String(value);
}
