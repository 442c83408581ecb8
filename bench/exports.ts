import { spawn } from 'node:child_process';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { definition } from '../src/exports/definitions/dataScopes.ts';
import { format as csv } from '../src/exports/formats/csv.ts';
import { format as ndjson } from '../src/exports/formats/ndjson.ts';
import { benchProject } from './fillDatabase.ts';
import { hasProgram, type Row } from './machine.ts';
import type { BenchService } from './server.ts';

interface Transfer {
  readonly seconds: number;
  readonly firstByteMs: number;
  readonly bytes: number;
}

/** The export over HTTP beside psql copying the same SELECT to nowhere, each twice, the better one counted. */
export async function measureExports(databaseUrl: string, service: BenchService): Promise<Row[]> {
  const rows: Row[] = [];
  for (const format of [csv, ndjson]) {
    const url = `${service.url}/api/v1/administration/projects/${benchProject}/exports/data-scopes?format=${format.name}`;
    const statement = format.copyStatement(definition, benchProject);
    const idle = await service.memory();
    await service.resetPeak();
    const ours = best([await download(url, service.token), await download(url, service.token)]);
    const { peak } = await service.memory();
    const theirs = hasProgram('psql')
      ? best([await copyWithPsql(databaseUrl, statement), await copyWithPsql(databaseUrl, statement)])
      : undefined;
    rows.push({
      what: `export ${format.name}, ${(ours.bytes / 2 ** 20).toFixed(0)} MiB`,
      figure: `${ours.seconds.toFixed(2)} s`,
      limit: theirs === undefined ? 'psql is missing' : `${theirs.seconds.toFixed(2)} s psql COPY`,
      ...(theirs === undefined ? {} : { ratio: (theirs.seconds / ours.seconds).toFixed(2) }),
      aim: '0.90',
      note: `first byte ${ours.firstByteMs.toFixed(0)} ms${theirs === undefined ? '' : ` (psql ${theirs.firstByteMs.toFixed(0)})`}, memory +${((peak - idle.now) / 2 ** 20).toFixed(0)} MiB above ${(idle.now / 2 ** 20).toFixed(0)} idle (aim < 120)`,
    });
  }
  return rows;
}

function best(transfers: readonly Transfer[]): Transfer {
  return transfers.reduce((left, right) => (right.seconds < left.seconds ? right : left));
}

async function download(url: string, token: string): Promise<Transfer> {
  const began = performance.now();
  const request = get(url, { headers: { authorization: `Bearer ${token}` }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return drain(response, began);
}

async function copyWithPsql(databaseUrl: string, statement: string): Promise<Transfer> {
  const began = performance.now();
  const child = spawn('psql', [databaseUrl, '-q', '-c', 'set timezone = utc', '-c', statement], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return drain(child.stdout, began);
}

async function drain(stream: NodeJS.ReadableStream, began: number): Promise<Transfer> {
  let firstByteMs = 0;
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes === 0) firstByteMs = performance.now() - began;
    bytes += (chunk as Buffer).length;
  }
  return { seconds: (performance.now() - began) / 1000, firstByteMs, bytes };
}
