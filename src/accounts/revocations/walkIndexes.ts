import { sql, type Transaction } from '../../platform/storage/database.ts';

/**
 * For the rest of the transaction the planner reads what indexes are for by them, whatever it believes of the tables: a
 * queue is empty when it is looked at and holds 50,000 a minute later.
 */
export async function walkIndexes(transaction: Transaction): Promise<void> {
  await transaction.query(sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_sort', 'off', true)`);
}
