import { sql, type Sql, type Transaction } from '../../platform/storage/database.ts';

/**
 * Brings what searches find up to `entries`, a statement that gives (provider_id, category, sort_name, words as
 * text[]) of providers that are new or may have changed; and takes those out that are retired.
 */
export async function storeSearchEntries(transaction: Transaction, entries: Sql): Promise<void> {
  await transaction.query(sql`
    with changed as (
      insert into provider_search (provider_id, category, sort_name, words)
      select provider_id, category, sort_name,
             array(select distinct word collate "C" from unnest(words) word order by 1)
        from (${entries}) entry
      on conflict (provider_id) do update set sort_name = excluded.sort_name, words = excluded.words
       where (provider_search.sort_name, provider_search.words) is distinct from (excluded.sort_name, excluded.words)
      returning words)
    insert into search_words (word)
    select distinct word from changed, unnest(words) word
    on conflict do nothing`);
  await transaction.query(sql`
    delete from provider_search using providers
     where providers.provider_id = provider_search.provider_id and providers.retired_at is not null`);
}

/** Tells all processes that searches may find something else now. */
export async function bumpVersion(transaction: Transaction): Promise<void> {
  await transaction.query(sql`update catalogue_version set version = version + 1`);
}
