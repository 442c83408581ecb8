import { defineLock, takeLock } from '../platform/storage/advisoryLock.ts';
import { sql, type Transaction } from '../platform/storage/database.ts';

/** Held by whoever gives out numbers of providers: imports of accounts and of directories, definitions. */
export const numberingLock = defineLock(7_421_001, 2);

/**
 * Makes the transaction the only one that changes providers until it ends; readers and foreign keys are not held
 * up. Two that met the same new organisation would otherwise both number it.
 */
export async function lockCatalogue(transaction: Transaction): Promise<void> {
  // In line with the imports of accounts, which number providers as well.
  await takeLock(transaction, numberingLock);
  await transaction.query(sql`lock table providers in share row exclusive mode`);
}
