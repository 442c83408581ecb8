import { sql, type Sql, type Transaction } from '../../platform/storage/database.ts';
import { countRows } from './countRows.ts';

interface ListingChanges {
  /** Rows written or taken away: nothing has changed when there are none. */
  readonly rows: number;
  /** Providers that nothing lists any more. */
  readonly retired: number;
}

/**
 * Makes the listings of `directories` what the staged entries say, and retires providers that lost their last one.
 * Leaves the temporary table `relisted` of providers whose listings changed.
 *
 * Rows that an earlier release stored under the format's bare name are taken over by the directories that list
 * them now.
 */
export async function storeListings(
  transaction: Transaction,
  { format, directories, now }: { format: string; directories: readonly string[]; now: number },
): Promise<ListingChanges> {
  await transaction.query(sql`create temporary table relisted (provider_id integer not null) on commit drop`);
  const written = await countRows(
    transaction,
    sql`insert into directory_listings (directory, provider_id, words)
        select directory, provider_id, words from staged_entries, unnest(directories) directory
        on conflict (directory, provider_id) do update set words = excluded.words
         where directory_listings.words is distinct from excluded.words
        returning 1`,
  );
  const listed = sql`select from staged_entries s where s.provider_id = l.provider_id`;
  const gone = await takeAway(
    transaction,
    sql`directory = any (${directories}::text[]) and not exists (${listed} and l.directory = any (s.directories))`,
  );
  const takenOver = await takeAway(transaction, sql`directory = ${format} and exists (${listed})`);
  const retired = await countRows(
    transaction,
    sql`update providers p set retired_at = ${new Date(now)}
          from relisted
         where p.provider_id = relisted.provider_id and p.retired_at is null and p.source <> 'built-in'
           and not exists (select from directory_listings l where l.provider_id = p.provider_id)
        returning 1`,
  );
  return { rows: written + gone + takenOver, retired };
}

async function takeAway(transaction: Transaction, which: Sql): Promise<number> {
  const [row] = await transaction.query<{ rows: number }>(sql`
    with gone as (delete from directory_listings l where ${which} returning provider_id),
    kept as (insert into relisted (provider_id) select distinct provider_id from gone)
    select count(*)::integer as rows from gone`);
  return row?.rows ?? 0;
}
