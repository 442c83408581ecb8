import { record } from '../audit/record.ts';
import { defineLock, takeLock } from '../platform/storage/advisoryLock.ts';
import { sql, type Queryable, type Transaction } from '../platform/storage/database.ts';

/** What the database knows of a key. */
export interface SealingKey {
  readonly keyID: string;
  readonly canary: Buffer;
  readonly active: boolean;
  readonly createdAt: Date;
  /** When it became the active key; null while it is only known. */
  readonly activatedAt: Date | null;
  /** When nothing was sealed with it any more; null until then. */
  readonly retiredAt: Date | null;
}

/** Who does something with keys, and when. */
export interface KeyAct {
  readonly actor: string;
  readonly now: number;
}

const keyLock = defineLock(7_421_001, 3);

/** Makes the transaction the only one that adds, activates, retires or removes keys until it ends. */
export async function lockKeys(transaction: Transaction): Promise<void> {
  await takeLock(transaction, keyLock);
}

/** All keys of the database, oldest first; none when the schema does not have them yet. */
export async function readSealingKeys(database: Queryable): Promise<SealingKey[]> {
  const [table] = await database.query<{ present: boolean }>(
    sql`select to_regclass('sealing_keys') is not null as present`,
  );
  if (table?.present !== true) return [];
  return database.query<SealingKey>(sql`
    select key_id as "keyID", canary, active, created_at as "createdAt", activated_at as "activatedAt",
           retired_at as "retiredAt"
      from sealing_keys order by created_at, key_id`);
}

/** Sealed with in the past or now, and not yet retired: whoever serves must have it. */
export function isNeeded(key: SealingKey): boolean {
  return key.activatedAt !== null && key.retiredAt === null;
}

/**
 * Enters a key that nothing is sealed with yet; the canary tells later whether a key of this name is the same one.
 */
export async function addSealingKey(
  transaction: Transaction,
  { keyID, canary }: Pick<SealingKey, 'keyID' | 'canary'>,
  { actor, now }: KeyAct,
): Promise<void> {
  await transaction.query(sql`
    insert into sealing_keys (key_id, canary, created_at) values (${keyID}, ${canary}, ${new Date(now)})`);
  await recordKeyAct(transaction, 'added', keyID, { actor, now });
}

/** Makes a key the one that is sealed with, instead of the one before. */
export async function activateSealingKey(
  transaction: Transaction,
  keyID: string,
  { actor, now }: KeyAct,
): Promise<void> {
  await transaction.query(sql`update sealing_keys set active = false where active`);
  await transaction.query(sql`
    update sealing_keys set active = true, activated_at = ${new Date(now)} where key_id = ${keyID}`);
  await recordKeyAct(transaction, 'activated', keyID, { actor, now });
}

/** The audit row of what was done with a key. */
export async function recordKeyAct(
  transaction: Transaction,
  what: 'added' | 'activated' | 'retired' | 'removed' | 'abandoned',
  keyID: string,
  { actor, now }: KeyAct,
): Promise<void> {
  await record(transaction, {
    actor,
    action: `sealing-key.${what}`,
    details: { keyID },
    occurredAt: now,
  });
}
