import { sql, type Transaction } from '../platform/storage/database.ts';

/**
 * Makes the transaction the only one that changes providers until it ends; readers and foreign keys are not held
 * up. Two that met the same new organisation would otherwise both number it.
 */
export async function lockCatalogue(transaction: Transaction): Promise<void> {
  // In line with the imports of accounts, which number providers as well and take this lock too.
  await transaction.query(sql`select pg_advisory_xact_lock(7421001, 2)`);
  await transaction.query(sql`lock table providers in share row exclusive mode`);
}
