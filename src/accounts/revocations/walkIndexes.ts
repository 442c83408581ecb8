import { empty, sql, type Transaction } from '../../platform/storage/database.ts';

/**
 * For the rest of the transaction the planner reads what indexes are for by them, whatever it believes of the tables: a
 * queue is empty when it is looked at and holds 50,000 a minute later.
 *
 * A `forgettable` transaction does not wait for the disk at its commit: others see it at once, and only a crash of the
 * database itself may undo it.
 */
export async function walkIndexes(
  transaction: Transaction,
  { forgettable = false }: { readonly forgettable?: boolean } = {},
): Promise<void> {
  await transaction.query(sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
           set_config('enable_sort', 'off', true)
           ${forgettable ? sql`, set_config('synchronous_commit', 'off', true)` : empty}`);
}
