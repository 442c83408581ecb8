import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AccountFilters } from '../src/accounts/accountFilters.ts';
import { createPageBookmarks } from '../src/accounts/pageBookmarks.ts';
import { createInstallationKeys } from '../src/platform/storage/installationKey.ts';
import { pageStatement } from '../src/accounts/paging/pageStatement.ts';
import type { Database } from '../src/platform/storage/database.ts';
import { benchProject, listedProviders } from './fillDatabase.ts';
import { hasProgram, type Row } from './machine.ts';
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
  { name: 'three provider names', filters: { providerNames: listedProviders }, at: 0 },
];

/** Requests a second of pages of 100 over HTTP beside pgbench running the same statement with the same values. */
export async function measurePages(
  database: Database,
  databaseUrl: string,
  service: BenchService,
  accounts: number,
  seconds: number,
): Promise<{ rows: Row[]; perSecond: Map<string, number> }> {
  const rows: Row[] = [];
  const perSecond = new Map<string, number>();
  const getInstallationKey = createInstallationKeys(database);
  const bookmarks = createPageBookmarks({ database, getInstallationKey });
  for (const shape of shapes) {
    // The last full page: its 100 accounts are the last ones.
    const after = shape.at === 1 ? accounts - limit : Math.floor(accounts * shape.at);
    const query = new URLSearchParams({ limit: String(limit) });
    if (after > 0)
      query.set(
        'nextPageID',
        await bookmarks.write(benchProject, { filters: shape.filters, afterAccountID: after, limit }),
      );
    else if (shape.filters.statuses !== undefined || shape.filters.providerNames !== undefined)
      for (const [name, value] of Object.entries({
        externalAccountStatuses: shape.filters.statuses,
        providerCategories: shape.filters.providerCategories,
        providerNames: shape.filters.providerNames,
      }))
        if (value !== undefined) query.set(name, value.join(','));
    const url = `${service.url}/api/v1/administration/projects/${benchProject}/externalAccounts?${query.toString()}`;
    const http = await measureHttp(url, service.token, seconds);
    const bound = hasProgram('pgbench')
      ? await measurePgbench(databaseUrl, shape.filters, after, seconds)
      : undefined;
    perSecond.set(shape.name, http.perSecond);
    rows.push({
      what: `${shape.name} of ${accounts.toLocaleString('en')}`,
      figure: `${http.perSecond.toFixed(0)}/s, p50 ${http.p50} p99 ${http.p99}`,
      limit: bound === undefined ? 'pgbench is missing' : `${bound.toFixed(0)}/s pgbench`,
      ...(bound === undefined ? {} : { ratio: (http.perSecond / bound).toFixed(2) }),
      aim: '0.70',
    });
  }
  return { rows, perSecond };
}

async function measureHttp(url: string, token: string, seconds: number) {
  const words = ['-t1', `-c${connections}`, '--latency', '-H', `Authorization: Bearer ${token}`];
  if (!hasProgram('wrk')) return measureWithAutocannon(url, token, seconds);
  await run('wrk', [...words, '-d2s', url]);
  const { stdout } = await run('wrk', [...words, `-d${seconds}s`, url]);
  if (/Non-2xx/.test(stdout)) throw new Error(`Not every answer was a 200:\n${stdout}`);
  return {
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
    perSecond: result.requests.average,
    p50: `${result.latency.p50}ms`,
    p99: `${result.latency.p99}ms`,
  };
}

async function measurePgbench(
  databaseUrl: string,
  filters: AccountFilters,
  after: number,
  seconds: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-pgbench-'));
  const file = join(folder, 'page.sql');
  const { text, values } = pageStatement(benchProject, filters, after, limit);
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
