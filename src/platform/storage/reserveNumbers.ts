import { raw, sql, type Transaction } from './database.ts';

/** A table whose numbers come from a sequence unless they are given. */
export interface NumberedTable {
  readonly table: string;
  readonly sequence: string;
}

/**
 * Moves a sequence past `highest`, so that numbers up to it can be stored by hand and `nextval` can never give
 * one of them to somebody else.
 *
 * Inserts that drew their number before are waited for and seen by the statements that follow; those that come
 * after draw higher ones. The lock on the table is held for that moment only: rolling back to a savepoint lets
 * it go, and sequences do not take part in that. Call it before writing anything that another transaction could
 * wait for. A transaction that fails later leaves a gap in the numbers and nothing else.
 */
export async function reserveNumbers(
  transaction: Transaction,
  numbered: NumberedTable,
  highest: number,
): Promise<void> {
  const { table, sequence } = numbered;
  await transaction.query(sql`savepoint reserve_numbers`);
  await transaction.query(raw(`lock table ${table} in share row exclusive mode`));
  await transaction.query(sql`
    select setval(${sequence}::regclass, ${highest})
      from ${raw(sequence)} where ${highest}::bigint > case when is_called then last_value else last_value - 1 end`);
  await transaction.query(sql`rollback to savepoint reserve_numbers`);
  await transaction.query(sql`release savepoint reserve_numbers`);
}
