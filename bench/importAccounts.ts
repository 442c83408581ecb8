import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { importAccounts } from '../src/accounts/importAccounts.ts';
import type { ImportedAccount } from '../src/accounts/importedAccount.ts';
import { readAccountFile } from '../src/accounts/readAccountFile.ts';
import { dataScopesColumns } from '../src/contract/exportedRow.ts';
import { generateStudy } from '../src/main/sample/generateStudy.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { raw, sql } from '../src/platform/storage/database.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { createProject } from '../src/projects/projects.ts';
import { describeMachine, printTable, type Row } from './machine.ts';
import { createDatabase, open, startServer, type BenchServer } from './server.ts';

const projectID = '5e0c1d7a-0000-4000-8000-000000000002';
const databaseName = 'tributary_bench_import';

interface Measured {
  readonly outcome: string;
  readonly seconds: number;
  readonly phases: Readonly<Record<string, number>>;
  /** Resident memory of the importing process before it read anything, and at its peak. */
  readonly idleMiB: number;
  readonly peakMiB: number;
}

/**
 * Imports a believable study of `rows` accounts from a CSV file: into an empty register, and, as a second
 * project, beside it. Each in a process of its own, so that the memory is the import's.
 */
export async function measureImport(server: BenchServer, rows = 1_000_000, alone = false): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-import-'));
  const database = await createDatabase(server, databaseName);
  try {
    const file = join(directory, 'DataScopes.csv');
    await pipeline(Readable.from(renderFile(rows, alone)), createWriteStream(file));
    const { size } = await stat(file);
    const url = server.urlOf(databaseName);
    const first = await importInChild(url, file, projectID);
    const [people] = await database.query<{ n: number }>(
      sql`select count(*)::integer as n from participants`,
    );
    const second = await importInChild(url, file, projectID.replace(/2$/, '3'));
    const what = `${rows.toLocaleString('en')} accounts of ${people!.n.toLocaleString('en')} participants, ${Math.round(size / 2 ** 20)} MiB CSV`;
    return [
      { what: `${what}, empty register`, ...describe(first), aim: '< 60 s' },
      {
        what: 'the same as a second project',
        ...describe(second),
        note: `${describe(second).note}; ids mapped`,
      },
    ];
  } finally {
    await database.close();
    const admin = open(server.urlOf('postgres'));
    await admin.query(raw(`drop database if exists ${databaseName} with (force)`));
    await admin.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function describe({ outcome, seconds, phases, idleMiB, peakMiB }: Measured) {
  const parts = Object.entries(phases).map(([phase, took]) => `${phase} ${took.toFixed(1)} s`);
  return {
    figure: `${outcome} in ${seconds.toFixed(1)} s`,
    note: `${parts.join(', ')}; memory ${idleMiB} MiB idle, ${peakMiB} MiB peak`,
  };
}

function* renderFile(rows: number, alone: boolean): Generator<string> {
  let chunk = `${dataScopesColumns.join(',')}\n`;
  for (const account of generateStudy({ projectID, seed: 'bench', accounts: rows })) {
    chunk += renderLine(alone ? { ...account, ...someoneElse(account.line) } : account);
    if (chunk.length < 256 * 1024) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function someoneElse(line: number) {
  const digest = createHash('md5').update(String(line)).digest('hex');
  const participantID = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { participantID, participantIdentifier: `ALONE-${line}` };
}

const statuses = { unauthorized: 'Unauthorized', error: 'Error', fetchComplete: 'FetchComplete' };

function renderLine(account: ImportedAccount): string {
  const { status, dataScopes, providerName } = account;
  const scopes = dataScopes?.join(providerName === 'Garmin' ? ', ' : ' ') ?? '';
  return `${[
    account.line + 1000,
    account.participantID,
    account.participantIdentifier,
    status === null ? '' : statuses[status],
    account.lastFetchAt?.slice(0, 19),
    account.providerID,
    quote(providerName),
    account.providerCategory,
    account.connectedAt.slice(0, 19),
    account.providerUserID,
    quote(scopes),
  ].join(',')}\n`;
}

function quote(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function importInChild(url: string, file: string, project: string): Promise<Measured> {
  const child = spawn('node', [import.meta.filename, '--import', file, '--project', project], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TRIBUTARY_BENCH_DATABASE_URL: url },
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Measured);
      else reject(new Error(`The importing process ended with ${code}`));
    });
  });
}

async function importHere(url: string, file: string, project: string): Promise<Measured> {
  const database = open(url);
  await database.transaction((transaction) =>
    createProject(transaction, { projectID: project, name: project, actor: 'bench', now: systemClock.now() }),
  );
  const idle = process.memoryUsage.rss();
  const began = performance.now();
  const starts = new Map<string, number>();
  const { accounts, badLines, sha256 } = readAccountFile(createReadStream(file));
  const result = await importAccounts(database, {
    projectID: project,
    rows: accounts,
    badLines,
    clock: systemClock,
    random: systemRandom,
    actor: 'bench',
    source: { name: 'bench', sha256 },
    onProgress: ({ phase }) => {
      if (!starts.has(phase)) starts.set(phase, performance.now());
    },
  });
  const ended = performance.now();
  await database.close();
  const ends = [...starts.values().drop(1), ended];
  // The first report comes after the first rows.
  const phases = [...starts].map(([phase, at], index) => [
    phase,
    (ends[index]! - (index === 0 ? began : at)) / 1000,
  ]);
  return {
    outcome: result.outcome,
    seconds: (ended - began) / 1000,
    phases: Object.fromEntries(phases) as Record<string, number>,
    idleMiB: Math.round(idle / 2 ** 20),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      alone: { type: 'boolean', default: false },
      import: { type: 'string' },
      project: { type: 'string', default: projectID },
    },
  });
  if (values.import !== undefined)
    console.log(
      JSON.stringify(
        await importHere(process.env.TRIBUTARY_BENCH_DATABASE_URL!, values.import, values.project),
      ),
    );
  else {
    const server = await startServer();
    try {
      console.log(describeMachine(server.version));
      printTable('Import', await measureImport(server, Number(values.rows), values.alone));
    } finally {
      await server.stop();
    }
  }
}
