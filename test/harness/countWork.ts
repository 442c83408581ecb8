import { expect } from 'vitest';
import { sql, type Database } from '../../src/platform/storage/database.ts';

/** What was done, however long it took on a machine that others use as well. */
export interface Work {
  /** Sent to the database in transactions. */
  readonly statements: number;
  /** Read by it from tables, temporary ones among them, in all scans of them. */
  readonly rowsRead: number;
  /** Of this process, garbage collection included; not of the database. */
  readonly cpuMs: number;
}

/** Runs `act` on a database that counts what its transactions do. */
export async function countWork<Result>(
  database: Database,
  act: (counted: Database) => Promise<Result>,
): Promise<{ readonly result: Result; readonly work: Work }> {
  let statements = 0;
  let rowsRead = 0;
  const counted: Database = {
    ...database,
    transaction: (work, kind) =>
      database.transaction(async (transaction) => {
        const readRows = async () => {
          const [row] = await transaction.query<{ rows: number }>(sql`
            select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::float8 as rows
              from pg_stat_xact_user_tables`);
          return row!.rows;
        };
        // What the connection did just before may not have been handed in, and is among the figures then.
        const before = await readRows();
        const result = await work({
          ...transaction,
          query: (statement) => {
            statements++;
            return transaction.query(statement);
          },
          copyIn: (statement, source) => {
            statements++;
            return transaction.copyIn(statement, source);
          },
        });
        rowsRead += (await readRows()) - before;
        return result;
      }, kind),
  };
  const began = process.cpuUsage();
  const result = await act(counted);
  const { user, system } = process.cpuUsage(began);
  return { result, work: { statements, rowsRead, cpuMs: (user + system) / 1000 } };
}

/**
 * What an import of so many entries may do, and be done within ten seconds on two idle cores: a few statements
 * whatever their number, a fixed number of rows read for each, and little of our own computing.
 */
export function expectImportOf(entries: number, { statements, rowsRead, cpuMs }: Work): void {
  expect(statements).toBeLessThan(40);
  expect(rowsRead / entries).toBeLessThan(60);
  expect(cpuMs).toBeLessThan(5_000);
}

/** Until a test of such an import is given up, on a machine that is busy with others. */
export const importTestMs = 180_000;
