import { sql, type Transaction } from '../../platform/storage/database.ts';

/**
 * Keeps how directories spell the addresses of the staged entries' endpoints.
 *
 * Of several directories the first one has the word, and keeps it for as long as it lists the endpoint: it may correct
 * itself, and no other directory can make the spelling flip with every import. Who comes next keeps the spelling that
 * is there if it has that too. Within one directory the spelling that is there stays while any entry has it, else the
 * first entry decides. Call it when the listings are stored.
 */
export async function storePublishedUrls(transaction: Transaction): Promise<void> {
  // An entry of several directories is spelt as the first of them does; the others say nothing by it.
  await transaction.query(sql`
    with said as (
      select distinct on (endpoint_id, s.directories[1])
             endpoint_id, s.directories[1] as directory, s.published_url, s.ordinal, is_known
        from staged_entries s join endpoints e using (endpoint_id)
       cross join lateral (
               select e.published_by is not null
                      and s.published_url is not distinct from e.published_url as is_known) compared
       order by endpoint_id, s.directories[1], is_known desc, s.ordinal),
    chosen as (
      select distinct on (endpoint_id) endpoint_id, directory, said.published_url
        from said join endpoints e using (endpoint_id)
       where e.published_by is null or directory = e.published_by
          or not exists (select from directory_listings l join providers p using (provider_id)
                          where l.directory = e.published_by and p.endpoint_id = e.endpoint_id)
       order by endpoint_id, directory is distinct from e.published_by, is_known desc, ordinal)
    update endpoints e set published_url = chosen.published_url, published_by = directory
      from chosen
     where e.endpoint_id = chosen.endpoint_id
       and (e.published_url, e.published_by) is distinct from (chosen.published_url, directory)`);
}
