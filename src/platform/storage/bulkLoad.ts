import { raw, sql, type Transaction } from './database.ts';

/**
 * Fills tables without their indexes and keys, and puts every one of them back, validated over all rows, before
 * it returns: sorting an index once costs a fifth of adding rows to it one by one, and a foreign key checked by
 * one join a tenth of a look-up per row.
 *
 * Nobody ever sees the tables without them: they, and tables that refer to them, are locked exclusively to the end
 * of the transaction, readers wait, and a failure restores everything with the rest of the transaction. So only
 * for tables that nobody misses meanwhile, for example nearly empty ones. Foreign keys to other tables than these
 * and those in `referred` stay: taking one away locks the table that it refers to as well. Of two rows with the same key, `work` succeeds and
 * the key's return fails, with the same constraint name as always.
 *
 * @returns undefined, with nothing done, when `suits` says no under the lock, when somebody else is using one of
 *   the tables, or when the role does not own them
 */
export async function bulkLoad<Result>(
  transaction: Transaction,
  tables: readonly string[],
  suits: () => Promise<boolean>,
  work: () => Promise<Result>,
  referred: readonly string[] = [],
): Promise<{ readonly result: Result } | undefined> {
  const put = await takeAway(transaction, tables, referred, suits);
  if (put === undefined) return undefined;
  const result = await work();
  for (const statement of put) await transaction.query(raw(statement));
  return { result };
}

/** Drops the indexes and keys and gives the statements that make them again, in order. */
async function takeAway(
  transaction: Transaction,
  tables: readonly string[],
  referred: readonly string[],
  suits: () => Promise<boolean>,
): Promise<string[] | undefined> {
  await transaction.query(sql`savepoint bulk_load`);
  try {
    const referring = await transaction.query<{ name: string }>(sql`
      select distinct conrelid::regclass::text as name from pg_constraint
       where contype = 'f' and confrelid = any (${tables}::regclass[]) and conrelid <> all (${tables}::regclass[])`);
    const locked = [...tables, ...referred, ...referring.map(({ name }) => name)].join(', ');
    await transaction.query(raw(`lock table ${locked} in access exclusive mode nowait`));
    if (!(await suits())) {
      await transaction.query(sql`rollback to savepoint bulk_load`);
      return undefined;
    }
    const pieces = await transaction.query<{ take: string; put: string }>(removable(tables, referred));
    for (const { take } of pieces) await transaction.query(raw(take));
    await transaction.query(sql`release savepoint bulk_load`);
    return pieces.reverse().map(({ put }) => put);
  } catch (error) {
    if (!notNow.has((error as { code?: string }).code ?? '')) throw error;
    await transaction.query(sql`rollback to savepoint bulk_load`);
    return undefined;
  }
}

/** lock_not_available, insufficient_privilege (PostgreSQL appendix A). */
const notNow = new Set(['55P03', '42501']);

/** Foreign keys from and to the tables, then plain indexes, then keys: what stands on another goes before it. */
function removable(tables: readonly string[], referred: readonly string[]) {
  return sql`
    select take, put from (
      select case when contype = 'f' then 1 else 3 end as place, conname as name,
             format('alter table %s drop constraint %I', conrelid::regclass, conname) as take,
             format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as put
        from pg_constraint
       where contype = 'f' and confrelid = any (${tables}::regclass[])
          or contype = 'f' and confrelid = any (${referred}::regclass[]) and conrelid = any (${tables}::regclass[])
          or contype in ('p', 'u') and conrelid = any (${tables}::regclass[])
      union all
      select 2, indexrelid::regclass::text, format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
        from pg_index
       where indrelid = any (${tables}::regclass[])
         and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
    ) pieces order by place, name`;
}
