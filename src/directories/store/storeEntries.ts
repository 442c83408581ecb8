import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { DirectoryEntry } from '../reading/defineDirectory.ts';
import { countRows } from './countRows.ts';
import type { Recogniser } from './createRecogniser.ts';
import { lockCatalogue } from '../../catalogue/lockCatalogue.ts';
import { matchEntries } from './matchEntries.ts';
import { bumpVersion, isFindable, storeSearchEntries } from '../../catalogue/searchEntries.ts';
import { refuseEmptyDirectories } from './refuseEmptyDirectories.ts';
import { stageEntries } from './stageEntries.ts';
import { storeListings } from './storeListings.ts';
import { storePublishedUrls } from './storePublishedUrls.ts';

/** What became of entries: each is counted once as added, changed, returned or unchanged. */
export interface StoredEntries {
  /** Seen for the first time. */
  readonly added: number;
  /** Another name, place, successor or definition than before, or other words by which it is found. */
  readonly changed: number;
  /** Known, as they were before. */
  readonly unchanged: number;
  /** Retired before, and listed again. */
  readonly returned: number;
  /** Providers that no directory lists any more. */
  readonly retired: number;
  /** Entries by the definition that connects them, most first; null for those that this release cannot connect. */
  readonly byDefinition: readonly { readonly definition: string | null; readonly entries: number }[];
}

interface EntriesToStore {
  /** Becomes the source of new providers. */
  readonly format: string;
  /** All directories that the entries are the whole of, those without any entry included. */
  readonly directories: readonly string[];
  readonly entries: readonly DirectoryEntry[];
  readonly recogniser: Recogniser;
  /** Whether a directory may list nothing any more. */
  readonly allowEmpty: boolean;
  readonly now: number;
}

/**
 * Makes providers of entries, in a few statements however many there are, and brings listings and search up to them.
 *
 * @throws {DomainError} `directory-empty`
 */
export async function storeEntries(transaction: Transaction, given: EntriesToStore): Promise<StoredEntries> {
  const { format, entries, recogniser } = given;
  await lockCatalogue(transaction);
  if (!given.allowEmpty) await refuseEmptyDirectories(transaction, given.directories, entries);
  await stageEntries(transaction, entries, recogniser);
  const corrected = await matchEntries(transaction, format);
  const added = await addProviders(transaction, format);
  const { changed, returned } = await changeProviders(transaction, recogniser.slugs);
  const { rows, retired } = await storeListings(transaction, given);
  await storePublishedUrls(transaction);
  if (corrected + added + changed + returned + rows > 0) {
    await storeFindable(transaction);
    await bumpVersion(transaction);
  }
  const unchanged = entries.length - added - changed - returned;
  return { added, changed, unchanged, returned, retired, byDefinition: await countDefinitions(transaction) };
}

function addProviders(transaction: Transaction, format: string): Promise<number> {
  return countRows(
    transaction,
    sql`insert into providers (provider_id, name, category, successor_id, endpoint_id, definition, aliases, city,
                               state, postal_code, managing_organization, source, source_key)
        select s.provider_id, s.name, s.category, r.provider_id, s.endpoint_id, s.definition, s.aliases, s.city,
               s.state, s.postal_code, s.managing_organization, ${format}, s.source_key
          from staged_entries s left join staged_entries r on r.source_key = s.successor_key
         where s.is_new
        returning 1`,
  );
}

/**
 * Brings known providers up to their entries. What an entry does not say is kept, and so is the category, because
 * every account carries its provider's. A definition that knows the vendor does not give way to one that takes
 * everybody: another directory may have told more.
 */
async function changeProviders(
  transaction: Transaction,
  slugs: readonly string[],
): Promise<{ changed: number; returned: number }> {
  const [counted] = await transaction.query<{ changed: number; returned: number }>(sql`
    with wanted as (
      select p.provider_id, p.retired_at is not null as returned, s.name,
             exists (select from directory_listings l
                      where l.provider_id = s.provider_id and l.directory = any (s.directories)
                        and l.words <> s.words) as found_otherwise,
             case when s.aliases = '{}' then p.aliases else s.aliases end as aliases,
             coalesce(s.city, p.city) as city,
             coalesce(s.state, p.state) as state,
             coalesce(s.postal_code, p.postal_code) as postal_code,
             coalesce(s.managing_organization, p.managing_organization) as managing_organization,
             coalesce(r.provider_id, p.successor_id) as successor_id,
             case when s.definition is null or (s.is_fallback and p.definition = any (${slugs}::text[]))
                  then p.definition else s.definition end as definition
        from staged_entries s
        join providers p using (provider_id)
        left join staged_entries r on r.source_key = s.successor_key
       where not s.is_new),
    written as (
      update providers p
         set name = w.name, aliases = w.aliases, city = w.city, state = w.state, postal_code = w.postal_code,
             managing_organization = w.managing_organization, successor_id = w.successor_id,
             definition = w.definition, retired_at = null
        from wanted w
       where p.provider_id = w.provider_id
         and (w.returned or w.found_otherwise
           or (p.name, p.aliases, p.city, p.state, p.postal_code, p.managing_organization, p.successor_id, p.definition)
              is distinct from
              (w.name, w.aliases, w.city, w.state, w.postal_code, w.managing_organization, w.successor_id, w.definition))
      returning w.returned)
    select count(*) filter (where not returned)::integer as changed, count(*) filter (where returned)::integer as returned
      from written`);
  return counted ?? { changed: 0, returned: 0 };
}

/** The words of all directories that list a provider; its place in lists is that of the name it has now. */
function storeFindable(transaction: Transaction): Promise<void> {
  return storeSearchEntries(
    transaction,
    sql`select p.provider_id, p.category, coalesce(s.sort_name, found.sort_name) as sort_name, listed.words
          from (select provider_id from staged_entries union select provider_id from relisted) touched
          join providers p using (provider_id)
          left join staged_entries s using (provider_id)
          left join provider_search found using (provider_id)
         cross join lateral (
                 select coalesce(array_agg(word), '{}') as words
                   from directory_listings l, unnest(l.words) word where l.provider_id = p.provider_id) listed
         where ${isFindable}
           and coalesce(s.sort_name, found.sort_name) is not null`,
  );
}

function countDefinitions(transaction: Transaction): Promise<StoredEntries['byDefinition'][number][]> {
  return transaction.query(sql`
    select definition, count(*)::integer as entries
      from (select p.definition from staged_entries join providers p using (provider_id)) connected
     group by definition order by entries desc, definition`);
}
