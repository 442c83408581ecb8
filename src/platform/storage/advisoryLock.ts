import { sql, type Sql, type Transaction } from './database.ts';

/**
 * A lock that all processes on one database share (PostgreSQL, "Advisory Locks"). Its numbers are the same in every
 * release that may run beside this one, and no other lock's.
 */
export interface AdvisoryLock {
  /** The same for locks that belong together. */
  readonly space: number;
  /** Left out for a lock of many subjects, each of which is locked by itself. */
  readonly part: number | undefined;
}

/** Declares a lock. Each is declared once, where what it guards is. */
export function defineLock(space: number, part?: number): AdvisoryLock {
  return Object.freeze({ space, part });
}

/**
 * Waits until nobody else holds the lock; it is given back when the transaction ends, so that a pooler may stand in
 * between. Of a lock of many subjects `subject` is locked: text, or an expression of it. Two subjects may wait for each
 * other without need, once in four thousand million.
 */
export async function takeLock(
  transaction: Transaction,
  { space, part }: AdvisoryLock,
  subject?: string | Sql,
): Promise<void> {
  const second = part === undefined ? sql`hashtext(${subject ?? ''})` : sql`${part}`;
  await transaction.query(sql`select pg_advisory_xact_lock(${space}, ${second})`);
}
