import type { ChildProcess } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, expect } from 'vitest';
import { DomainError } from '../../src/platform/errors/domainError.ts';
import { createLogger, type Logger } from '../../src/platform/log/logger.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { findCanaries, type Sighting } from './canaries.ts';
import { canaries, plantCanary } from './plantCanary.ts';

/** What services of this test file wrote where others read, since it was last held against the canaries. */
let written: Sighting[] = [];
/** Longer than any secret. */
const keptOfProcess = 4_096;
/** Standard error of every process that this test file has started, put together: a chunk may end within a secret. */
const told: { readonly place: string; text: string }[] = [];

// A test may learn of a secret after it was written down, so they are held against each other at the end of each.
// Processes that a test starts, and benchmarks, have no tests.
if ('__vitest_worker__' in globalThis) {
  afterEach(() => expect(takeLeaks()).toEqual([]));
  afterAll(() => expect(takeLeaks()).toEqual([]));
}

/** Names the canaries in what was written since the last call, and where each is; empties that. */
export function takeLeaks(): readonly string[] {
  const sightings = written;
  written = [];
  const found = findCanaries([...sightings, ...told], canaries());
  // A secret that is only half told yet is found by its whole next time; one that was found is not found again.
  for (const all of told) all.text = found.length > 0 ? '' : all.text.slice(-keptOfProcess);
  return found;
}

/** A logger whose every line is watched and added to `lines`. */
export function createWatchedLog(lines: string[] = []): {
  readonly log: Logger;
  readonly lines: readonly string[];
} {
  const log = createLogger('debug', {
    write: (line: string) => {
      lines.push(line);
      written.push({ place: 'the log', text: line });
    },
  });
  return { log, lines };
}

/** Watches what this process writes to standard error: its log, and its last words. Results are for whoever asked. */
export function watchProcess(child: ChildProcess): void {
  const all = { place: 'standard error of a process', text: '' };
  told.push(all);
  child.stderr?.on('data', (chunk: Buffer) => (all.text += chunk.toString('latin1')));
}

/**
 * Watches what this server answers from now on, on a port or without one, that is an error or a page; what an answer is
 * for may be in others.
 */
export function watchAnswers(app: FastifyInstance): void {
  app.server.prependListener('request', (_request, response: ServerResponse) => watchResponse(response));
  const inject = app.inject.bind(app) as (...given: unknown[]) => PromiseLike<LightMyRequestResponse>;
  const watched = async (...given: unknown[]) => {
    const answer = await inject(...given);
    const { statusCode, headers, payload } = answer;
    if (isWatched(statusCode, headers['content-type']))
      written.push({ place: `an answer ${statusCode}`, text: payload });
    return answer;
  };
  app.inject = watched as unknown as typeof app.inject;
}

function isWatched(statusCode: number, contentType: unknown): boolean {
  return statusCode >= 400 || String(contentType).startsWith('text/html');
}

/** Keeps what is written to a socket; it is looked at when it is whole, as its status is known only then. */
function watchResponse(response: ServerResponse): void {
  const chunks: Buffer[] = [];
  for (const method of ['write', 'end'] as const) {
    const write = response[method].bind(response) as (...given: unknown[]) => unknown;
    const kept = (...given: unknown[]) => {
      const [chunk] = given;
      if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
      else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      return write(...given);
    };
    response[method] = kept as never;
  }
  response.once('close', () => {
    const { statusCode } = response;
    if (isWatched(statusCode, response.getHeader('content-type')))
      written.push({ place: `an answer ${statusCode} on a port`, text: Buffer.concat(chunks).toString() });
  });
}

/** The same database, where what is said about a failure is a canary: PostgreSQL quotes rows. */
export function watchDatabase(database: Database): Database {
  const plant = (error: unknown) => {
    // What a capability refuses within its transaction is meant for the caller.
    if (error instanceof Error && !(error instanceof DomainError)) {
      plantCanary('database error', error.message);
      const { detail } = error as { detail?: unknown };
      if (typeof detail === 'string') plantCanary('database detail', detail);
    }
    throw error;
  };
  return {
    ...database,
    query: <Row extends object>(...given: Parameters<Database['query']>) =>
      database.query<Row>(...given).catch(plant),
    prepared: (...given) => database.prepared(...given).catch(plant),
    transaction: (work) => database.transaction(work).catch(plant),
    copyOut: (statement) => database.copyOut(statement).catch(plant),
  };
}
