import { sql, type Sql, type Transaction } from '../../platform/storage/database.ts';

/** Runs a statement that ends in `returning 1` and gives how many rows it wrote. */
export async function countRows(transaction: Transaction, statement: Sql): Promise<number> {
  const [row] = await transaction.query<{ rows: number }>(
    sql`with written as (${statement}) select count(*)::integer as rows from written`,
  );
  return row?.rows ?? 0;
}
