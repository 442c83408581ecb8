import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { raw, type Database } from '../src/platform/storage/database.ts';

/** What a process has spent on processors so far, all its threads, in milliseconds; 0 once it is gone. */
export function processorMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (sum, thread) =>
        sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
      0,
    );
  } catch {
    return 0;
  }
}

/** That of all connections to a database; undefined where its server is not on this machine. */
export async function readDatabaseMs(database: Database): Promise<ReadonlyMap<number, number> | undefined> {
  const rows = await database.query<{ pid: number }>(
    raw('select pid from pg_stat_activity where datname = current_database()'),
  );
  if (!rows.every(({ pid }) => existsSync(`/proc/${pid}/schedstat`))) return undefined;
  return new Map(rows.map(({ pid }) => [pid, processorMs(pid)]));
}

/** What connections have spent between two readings, those that came in between included. */
export function databaseMsBetween(
  before: ReadonlyMap<number, number> | undefined,
  after: ReadonlyMap<number, number> | undefined,
): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  return [...after].reduce((sum, [pid, spent]) => sum + spent - (before.get(pid) ?? 0), 0);
}
