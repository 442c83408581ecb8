import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase, raw, type DatabaseTarget } from '../../src/platform/storage/database.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { prepareDatabase } from '../../src/main/prepareDatabase.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server that may be filled with databases, and the migrated one that each is cloned from. */
    server: DatabaseTarget;
    template: string;
  }
}

/**
 * One PostgreSQL for the whole run: the embedded one, or the server named by `TRIBUTARY_TEST_DATABASE_URL`
 * (its role must be allowed to create databases). One migrated template; every test file clones it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TRIBUTARY_TEST_DATABASE_URL;
  const server =
    url === undefined ? await startScratchServer() : { target: { url }, stop: () => Promise.resolve() };
  const template = `tributary_template_${process.pid}`;
  const admin = openDatabase({ target: server.target, poolSizeMax: 1, applicationName: 'tests' });
  await admin.query(raw(`drop database if exists ${template} with (force)`));
  await admin.query(raw(`create database ${template}`));
  const database = openDatabase({
    target: withDatabase(server.target, template),
    poolSizeMax: 1,
    applicationName: 'tests',
  });
  await prepareDatabase(database, await openCatalogue({}), systemClock);
  await database.close();
  project.provide('server', server.target);
  project.provide('template', template);
  return async () => {
    await admin.query(raw(`drop database if exists ${template} with (force)`));
    await admin.close();
    await server.stop();
  };
}

async function startScratchServer() {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-tests-'));
  const { startEmbeddedPostgres } = await import('../../src/platform/storage/embeddedPostgres.ts');
  const owned = await startEmbeddedPostgres({
    dataDirectory: directory,
    purpose: 'the test suite',
    clock: systemClock,
    // The tests that are about durability start clusters of their own, with it on.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '100' },
  });
  return {
    target: owned.connection,
    stop: async () => {
      await owned.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The same server, another database in it. */
export function withDatabase(target: DatabaseTarget, database: string): DatabaseTarget {
  if (!('url' in target)) return { ...target, database };
  const url = new URL(target.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}
