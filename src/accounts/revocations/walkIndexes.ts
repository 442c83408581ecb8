import { empty, sql, type Transaction } from '../../platform/storage/database.ts';

/**
 * For the rest of the transaction the planner reads what indexes are for by them, whatever it believes of the tables: a
 * queue is empty when it is looked at and holds 50,000 a minute later.
 *
 * Before PostgreSQL 18 a way that is switched off costs so much in the planner's eyes that each statement would be compiled
 * (`jit`) first, which takes longer than all else together.
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
           set_config('enable_sort', 'off', true), set_config('jit', 'off', true)
           ${forgettable ? sql`, set_config('synchronous_commit', 'off', true)` : empty}`);
}
