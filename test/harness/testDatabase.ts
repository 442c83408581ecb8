import { randomBytes } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import {
  openDatabase,
  raw,
  type Database,
  type DatabaseTarget,
} from '../../src/platform/storage/database.ts';
import { dropDatabase } from './dropDatabase.ts';
import { withDatabase } from './globalSetup.ts';

const open: { database: Database; name: string }[] = [];
// Here and not in a file that is set up before every test: those without a database need not load one. Hooks end in
// the reverse order, so that this one, made before the tests' own, comes after them.
afterAll(closeLeftOpen);

export interface TestDatabase {
  readonly database: Database;
  readonly target: DatabaseTarget;
}

/** A fresh migrated database of its own, dropped when the test file ends. */
export async function createTestDatabase(poolSizeMax = 8): Promise<TestDatabase> {
  const server = inject('server');
  // Not by counting: whoever is cut off leaves its database behind, and the same process may begin anew.
  const name = `tributary_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase({ target: server, poolSizeMax: 1, applicationName: 'tests' });
  await cloneTemplate(admin, name);
  await admin.close();
  const target = withDatabase(server, name);
  const database = openDatabase({ target, poolSizeMax, applicationName: 'tests' });
  open.push({ database, name });
  return { database, target };
}

/** The database as a URL, for processes that are configured with one. */
export function urlOf(target: DatabaseTarget): string {
  if ('url' in target) return target.url;
  const { user, database, host, port } = target;
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

/** Two files may clone at the same moment, and PostgreSQL lets only one session read a template: the other waits. */
async function cloneTemplate(admin: Database, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await admin.query(raw(`create database ${name} template ${inject('template')}`));
      return;
    } catch (error) {
      if (attempt === 50 || (error as { code?: string }).code !== '55006') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

/** Closes and drops what the file's tests opened; a pool with a leaked connection fails here. */
async function closeLeftOpen(): Promise<void> {
  if (open.length === 0) return;
  const admin = openDatabase({ target: inject('server'), poolSizeMax: 1, applicationName: 'tests' });
  for (const { database, name } of open.splice(0)) {
    const { total, idle, waiting } = database.load();
    if (total !== idle || waiting > 0)
      throw new Error(`${name}: ${total - idle} connections were not given back`);
    await database.close();
    await dropDatabase(admin, name);
  }
  await admin.close();
}
