import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importProviders } from '../src/directories/importProviders.ts';
import { loadDefinitions } from '../src/definitions/loadDefinitions.ts';
import { situationOf } from '../src/catalogue/offerProviders.ts';
import { searchWords } from '../src/catalogue/searchText.ts';
import { providersFolder } from '../src/main/openCatalogue.ts';
import { requestParticipantToken } from '../src/main/requestToken.ts';
import { createSeededRandom } from '../src/platform/random/seededRandom.ts';
import { sql, type Database } from '../src/platform/storage/database.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { fillDatabase, benchProject } from './fillDatabase.ts';
import { renderCsv } from './importProviders.ts';
import { hasProgram, type Row } from './machine.ts';
import { startService, type BenchService } from './server.ts';

const run = promisify(execFile);
const path = '/api/v1/delegated/externalaccountproviders';
const pageSize = 45;
const typed = 4_000;

/**
 * Searches over HTTP among 100,000 organisations, as people type them, the most expensive ones, and deep pages;
 * beside pgbench running what the database is asked for in each of them.
 */
export async function measureSearches(
  database: Database,
  databaseUrl: string,
  seconds: number,
  organisations = 100_000,
): Promise<Row[]> {
  if (!hasProgram('wrk')) return [{ what: 'searches', figure: 'wrk is missing' }];
  await fillDatabase(database, 1_000);
  await importProviders(database, {
    format: 'csv',
    files: [{ name: 'bench.csv', bytes: Buffer.from([...renderCsv(organisations)].join('')) }],
    definitions: await loadDefinitions(providersFolder),
    clock: systemClock,
    actor: 'bench',
  });
  await database.query(sql`analyze`);
  const service = await startService(databaseUrl, database);
  const directory = await mkdtemp(join(tmpdir(), 'tributary-searches-'));
  try {
    const token = await participantToken(database, service);
    const names = await database.query<{ name: string; city: string; postal_code: string }>(
      sql`select name, city, postal_code from providers where city is not null order by md5(provider_id::text) limit ${typed}`,
    );
    const idle = (await service.memory()).now;
    const began = performance.now();
    await fetch(`${service.url}${path}?search=x`, { headers: { authorization: `Bearer ${token}` } });
    const loaded = performance.now() - began;
    const measure = (searches: readonly string[], connections: number) =>
      measureHttp({ directory, service, token, seconds, connections }, searches);
    const people = asPeopleType(names);
    const bound = hasProgram('pgbench')
      ? await measurePgbench(database, databaseUrl, directory, seconds)
      : undefined;
    const rows: Row[] = [];
    const add = async (what: string, searches: readonly string[], connections: number, aim?: string) => {
      const { perSecond, p50, p99 } = await measure(searches, connections);
      rows.push({
        what,
        figure: `${perSecond.toFixed(0)}/s, p50 ${p50} p99 ${p99}`,
        ...(bound === undefined
          ? { limit: 'pgbench is missing' }
          : { limit: `${bound.toFixed(0)}/s pgbench`, ratio: (perSecond / bound).toFixed(2) }),
        ...(aim === undefined ? {} : { aim }),
      });
    };
    await add('as people type, 8 at once', people, 8, '≥ 500/s');
    await add('as people type, 2 at once', people, 2, 'p99 < 20 ms');
    await add(
      'single letters, 2 at once',
      'a b c d e f g h i j k l m n o p r s t v'.split(' '),
      2,
      'p99 < 20 ms',
    );
    await add(
      'every second word misspelt, 2 at once',
      names.map(({ name }) => misspell(name)),
      2,
      'p99 < 20 ms',
    );
    await add('first page of a frequent word', ['clinic'], 2);
    await add('rows 955 to 1,000 of the same', ['clinic&pageNumber=21'], 2, 'as the first');
    const grown = Math.round(((await service.memory()).now - idle) / 2 ** 20);
    rows.push({
      what: 'first search, right after the start',
      figure: `${loaded.toFixed(0)} ms`,
      note: `memory ${Math.round(idle / 2 ** 20)} MiB at the start, ${grown} MiB more at the end`,
    });
    return rows;
  } finally {
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function participantToken(database: Database, service: BenchService): Promise<string> {
  const [person] = await database.query<{ participant_id: string }>(
    sql`select participant_id from participants where project_id = ${benchProject} limit 1`,
  );
  return requestParticipantToken({
    serviceToken: service.token,
    participantID: person!.participant_id,
    url: service.url,
  });
}

/** Beginnings of names, a pause every three letters; now and then a city, a postal code or a slip of the pen. */
function asPeopleType(names: readonly { name: string; city: string; postal_code: string }[]): string[] {
  const random = createSeededRandom('searches');
  return names.map(({ name, city, postal_code: postalCode }) => {
    const words = searchWords(name).filter((word) => word.length > 2);
    const start = random.below(Math.max(1, words.length - 1));
    const text = words.slice(start, start + 2).join(' ');
    const kind = random.below(20);
    if (kind === 0) return postalCode;
    if (kind === 1) return city;
    if (kind === 2) return misspell(text);
    return text.slice(0, 3 * (1 + random.below(Math.ceil(text.length / 3))));
  });
}

/** Leaves out the third letter of the longest word. */
function misspell(text: string): string {
  const longest = searchWords(text).toSorted((left, right) => right.length - left.length)[0] ?? text;
  return longest.slice(0, 2) + longest.slice(3);
}

interface HttpMeasurement {
  readonly directory: string;
  readonly service: BenchService;
  readonly token: string;
  readonly seconds: number;
  readonly connections: number;
}

async function measureHttp(options: HttpMeasurement, searches: readonly string[]) {
  const { directory, service, token, seconds, connections } = options;
  const script = join(directory, 'searches.lua');
  const list = searches.map((search) => {
    const [text = '', more = ''] = search.split('&');
    return JSON.stringify(
      `${path}?pageSize=${pageSize}&search=${encodeURIComponent(text)}${more && `&${more}`}`,
    );
  });
  await writeFile(
    script,
    `local paths = {${list.join(',')}}\nlocal at = 0\nrequest = function() at = at + 1; return wrk.format("GET", paths[at % #paths + 1]) end\n`,
  );
  const words = [
    '-t1',
    `-c${connections}`,
    '--latency',
    '-s',
    script,
    '-H',
    `Authorization: Bearer ${token}`,
  ];
  await run('wrk', [...words, '-d2s', service.url]);
  const { stdout } = await run('wrk', [...words, `-d${seconds}s`, service.url]);
  if (/Non-2xx/.test(stdout)) throw new Error(`Not every answer was a 200:\n${stdout}`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50: /^\s+50%\s+(\S+)/m.exec(stdout)?.[1] ?? '?',
    p99: /^\s+99%\s+(\S+)/m.exec(stdout)?.[1] ?? '?',
  };
}

/** What a search asks the database for: what the study has chosen and the participant has connected. */
async function measurePgbench(
  database: Database,
  databaseUrl: string,
  directory: string,
  seconds: number,
): Promise<number> {
  const [person] = await database.query<{ participant_id: string }>(
    sql`select participant_id from participants where project_id = ${benchProject} limit 1`,
  );
  const file = join(directory, 'situation.sql');
  const script = situationOf.text.replaceAll(/\$([12])/g, ':p$1').replaceAll('\n', ' ');
  await writeFile(file, `${script};\n`);
  const definitions = ['-D', `p1=${benchProject}`, '-D', `p2=${person!.participant_id}`];
  const words = ['-n', '-M', 'prepared', '-c', '8', '-j', '2', '-f', file, ...definitions];
  await run('pgbench', [...words, '-T', '2', databaseUrl]);
  const { stdout } = await run('pgbench', [...words, '-T', String(seconds), databaseUrl]);
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}
