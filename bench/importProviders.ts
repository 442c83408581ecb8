import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { importProviders } from '../src/directories/importProviders.ts';
import { loadDefinitions } from '../src/definitions/loadDefinitions.ts';
import { providersFolder } from '../src/main/openCatalogue.ts';
import { createSeededRandom } from '../src/platform/random/seededRandom.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { dropDatabase } from '../test/harness/dropDatabase.ts';
import { describeMachine, printTable, type Row } from './machine.ts';
import { createDatabase, open, startServer, type BenchServer } from './server.ts';

const databaseName = 'tributary_bench_directories';

interface Measured {
  readonly added: number;
  readonly seconds: number;
  readonly idleMiB: number;
  readonly peakMiB: number;
}

/**
 * Imports invented organisations, a fifth of them on one endpoint, into an empty catalogue and once more: from CSV
 * and as SMART brands. Each in a process of its own, so that the memory is the import's.
 */
export async function measureDirectories(server: BenchServer, organisations = 100_000): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-directories-'));
  const rows: Row[] = [];
  try {
    for (const [format, render] of [
      ['csv', renderCsv],
      ['brands', renderBrands],
    ] as const) {
      const database = await createDatabase(server, databaseName);
      await database.close();
      const file = join(directory, `bench.${format}`);
      await pipeline(Readable.from(render(organisations)), createWriteStream(file));
      const size = `${Math.round((await stat(file)).size / 2 ** 20)} MiB ${format}`;
      const url = server.urlOf(databaseName);
      const first = await importInChild(url, format, file);
      const again = await importInChild(url, format, file);
      const what = `${organisations.toLocaleString('en')} organisations, ${size}`;
      rows.push({ what: `${what}, empty catalogue`, ...describe(first), aim: '< 30 s' });
      rows.push({ what: 'the same again', ...describe(again) });
      const admin = open(server.urlOf('postgres'));
      await dropDatabase(admin, databaseName);
      await admin.close();
    }
    return rows;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe({ added, seconds, idleMiB, peakMiB }: Measured) {
  return {
    figure: `${added.toLocaleString('en')} added in ${seconds.toFixed(1)} s`,
    note: `memory ${idleMiB} MiB idle, ${peakMiB} MiB peak`,
  };
}

interface Invented {
  readonly name: string;
  readonly endpoint: string;
  readonly city: string;
  readonly postalCode: string;
}

const firstWords = 'Alder,Birch,Cedar,Dogwood,Elm,Fern,Ginkgo,Hazel,Ivy,Juniper,Lark,Moss,Oak,Pine'.split(
  ',',
);
const secondWords = 'Brook,Creek,Dale,Field,Grove,Hill,Lake,Meadow,Ridge,River,Stone,Valley'.split(',');
const kinds =
  'Clinic,Family Medicine,Hospital,Pediatrics,Medical Group PLLC,Cardiology & Vascular,Urgent Care'.split(
    ',',
  );

function* invent(organisations: number): Generator<Invented> {
  const random = createSeededRandom('directories');
  const pick = (words: readonly string[]) => words[random.below(words.length)] ?? '';
  for (let number = 0; number < organisations; number++) {
    const syllables = Array.from({ length: 3 }, () =>
      pick(['ka', 'lo', 'mi', 'ner', 'son', 'vi', 'zel', 'tas']),
    );
    const surname = syllables.join('');
    yield {
      name: `${pick(firstWords)} ${pick(secondWords)} ${pick(kinds)} of Dr. ${surname} ${number.toString(36)}`,
      endpoint:
        number % 5 === 0
          ? 'https://api.shared.example.org/fhir/r4'
          : `https://fhir.example.org/tenants/${Math.floor(number / 2)}/r4`,
      city: `${pick(firstWords)} ${pick(secondWords)}`,
      postalCode: String(10_000 + (number % 80_000)),
    };
  }
}

export function* renderCsv(organisations: number): Generator<string> {
  yield 'name,endpoint,city,state,postalCode\n';
  for (const { name, endpoint, city, postalCode } of invent(organisations))
    yield `${name},${endpoint},${city},NC,${postalCode}\n`;
}

function* renderBrands(organisations: number): Generator<string> {
  yield '{"resourceType":"Bundle","type":"collection","entry":[\n';
  let number = 0;
  for (const { name, endpoint, city, postalCode } of invent(organisations)) {
    const organisation = {
      resourceType: 'Organization',
      name,
      identifier: [{ system: 'urn:ietf:rfc:3986', value: `https://o${number}.example.org` }],
      address: [{ city, state: 'NC', postalCode }],
      endpoint: [{ reference: `urn:uuid:e${number}` }],
    };
    const server = { resourceType: 'Endpoint', status: 'active', address: endpoint };
    const comma = number++ === 0 ? '' : ',';
    yield `${comma}${JSON.stringify({ fullUrl: `urn:uuid:o${number}`, resource: organisation })},\n`;
    yield `${JSON.stringify({ fullUrl: `urn:uuid:e${number - 1}`, resource: server })}\n`;
  }
  yield ']}';
}

function importInChild(url: string, format: string, file: string): Promise<Measured> {
  const child = spawn('node', [import.meta.filename, '--format', format, '--import', file], {
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

async function importHere(url: string, format: string, file: string): Promise<Measured> {
  const database = open(url);
  const definitions = await loadDefinitions(providersFolder);
  const idle = process.memoryUsage.rss();
  const began = performance.now();
  const { added } = await importProviders(database, {
    format,
    definitions,
    clock: systemClock,
    actor: 'bench',
    files: [{ name: basename(file), bytes: () => createReadStream(file) }],
  });
  const seconds = (performance.now() - began) / 1000;
  await database.close();
  return {
    added,
    seconds,
    idleMiB: Math.round(idle / 2 ** 20),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      organisations: { type: 'string', default: '100000' },
      format: { type: 'string', default: 'csv' },
      import: { type: 'string' },
    },
  });
  if (values.import !== undefined)
    console.log(
      JSON.stringify(
        await importHere(process.env.TRIBUTARY_BENCH_DATABASE_URL!, values.format, values.import),
      ),
    );
  else {
    const server = await startServer();
    try {
      console.log(describeMachine(server.version));
      printTable('Directories', await measureDirectories(server, Number(values.organisations)));
    } finally {
      await server.stop();
    }
  }
}
