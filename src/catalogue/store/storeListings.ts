import { sql, type Transaction } from '../../platform/storage/database.ts';
import { countRows } from './countRows.ts';

export interface ListingChanges {
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
  const gone = await transaction.query<{ rows: number }>(sql`
    with gone as (
      delete from directory_listings l
       where (directory = any (${directories}::text[])
              and not exists (select from staged_entries s
                               where s.provider_id = l.provider_id and l.directory = any (s.directories)))
          or (directory = ${format} and exists (select from staged_entries s where s.provider_id = l.provider_id))
      returning provider_id),
    kept as (insert into relisted (provider_id) select distinct provider_id from gone)
    select count(*)::integer as rows from gone`);
  const retired = await countRows(
    transaction,
    sql`update providers p set retired_at = ${new Date(now)}
          from relisted
         where p.provider_id = relisted.provider_id and p.retired_at is null and p.source <> 'built-in'
           and not exists (select from directory_listings l where l.provider_id = p.provider_id)
        returning 1`,
  );
  return { rows: written + (gone[0]?.rows ?? 0), retired };
}
