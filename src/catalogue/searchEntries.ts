import { sql, type Sql, type Transaction } from '../platform/storage/database.ts';

/**
 * Whether participants find a provider `p`. Of the versions of one organisation in directories they find the newest:
 * two lines of the same name would be a riddle. A built-in one with a successor is a name that people know, and
 * says what to connect instead.
 */
export const isFindable = sql`p.retired_at is null and p.definition is not null
  and (p.source = 'built-in' or not exists (
    select from providers newer where newer.provider_id = p.successor_id and newer.retired_at is null))`;

/**
 * Brings what searches find up to `entries`, a statement that gives (provider_id, category, sort_name, words as
 * text[]) of findable providers that are new or may have changed; and takes those out that are not findable.
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
    delete from provider_search using providers p
     where p.provider_id = provider_search.provider_id and not (${isFindable})`);
}

/** Tells all processes that searches may find something else now. */
export async function bumpVersion(transaction: Transaction): Promise<void> {
  await transaction.query(sql`update catalogue_version set version = version + 1`);
}
