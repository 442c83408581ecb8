import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, expect } from 'vitest';
import { DomainError } from '../../src/platform/errors/domainError.ts';
import { createLogger, type Logger } from '../../src/platform/log/logger.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { findCanaries, type Sighting } from './canaries.ts';
import { canaries, plantCanary } from './plantCanary.ts';

/** What services of this test file wrote where others read, since it was last held against the canaries. */
let written: Sighting[] = [];

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
  return findCanaries(sightings, canaries());
}

/** A logger whose every line is watched, and all lines so far. */
export function createWatchedLog(): { readonly log: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const log = createLogger('debug', {
    write: (line: string) => {
      lines.push(line);
      written.push({ place: 'the log', text: line });
    },
  });
  return { log, lines };
}

/** Watches what this server answers from now on that is an error or a page; what an answer is for may be in others. */
export function watchAnswers(app: FastifyInstance): void {
  const inject = app.inject.bind(app) as (...given: unknown[]) => PromiseLike<LightMyRequestResponse>;
  const watched = async (...given: unknown[]) => {
    const answer = await inject(...given);
    const { statusCode, headers, payload } = answer;
    if (statusCode >= 400 || String(headers['content-type']).startsWith('text/html'))
      written.push({ place: `an answer ${statusCode}`, text: payload });
    return answer;
  };
  app.inject = watched as unknown as typeof app.inject;
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
