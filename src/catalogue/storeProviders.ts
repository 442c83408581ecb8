import { sql, type Transaction } from '../platform/storage/database.ts';
import { reserveNumbers } from '../platform/storage/reserveNumbers.ts';

/** Numbers above this are never kept: the sequence needs room for those that are still to come. */
export const keptNumberMax = 2_000_000_000;

/**
 * Makes the temporary table `wanted_providers` for the caller to fill: each (`wanted_id`, `name`, `category`)
 * once, `wanted_id` 0 where none is wanted, under a `number` of the caller's, with the separator of its scopes and
 * the place in the file where it is first named. {@link matchProviders} and {@link storeProviders} fill the rest.
 * Gone at the end of the transaction.
 */
export async function createWantedProviders(transaction: Transaction): Promise<void> {
  await transaction.query(sql`
    create temporary table wanted_providers (
      number integer primary key,
      wanted_id integer not null,
      name text not null,
      category provider_category not null,
      scope_separator text not null,
      first_line integer not null,
      -- The provider it is; null until there is one.
      provider_id integer,
      created boolean not null default false,
      -- Number of the row that names the same provider with its number.
      same_as integer,
      unique (wanted_id, name, category)
    ) on commit drop`);
}

/**
 * Finds those of `wanted_providers` that the catalogue has already; nothing is stored.
 *
 * A provider with the wanted number, name and category is the one. Where the number is taken by another, or too
 * high to keep, an existing provider of the same name and category is taken that no other row has, so that two
 * providers of a file never become one. A row without a number is the row of the same name and category that
 * has one, else the existing provider with the lowest number.
 */
export async function matchProviders(transaction: Transaction): Promise<void> {
  await transaction.query(sql`
    update wanted_providers wanted set provider_id = p.provider_id
      from providers p
     where p.provider_id = wanted.wanted_id and p.name = wanted.name and p.category = wanted.category`);
  await transaction.query(sql`
    with unplaced as (
      select number, name, category,
             row_number() over (partition by name, category order by wanted_id) as place
        from wanted_providers wanted
       where provider_id is null and wanted_id <> 0
         and (wanted_id > ${keptNumberMax}
           or exists (select from providers p where p.provider_id = wanted.wanted_id)
           or exists (select from wanted_providers other
                       where other.wanted_id = wanted.wanted_id and other.first_line < wanted.first_line))),
    unclaimed as (
      select p.provider_id, p.name, p.category,
             row_number() over (partition by p.name, p.category order by p.provider_id) as place
        from providers p
       where (p.name, p.category) in (select name, category from unplaced)
         and not exists (select from wanted_providers claimed where claimed.provider_id = p.provider_id))
    update wanted_providers wanted set provider_id = unclaimed.provider_id
      from unplaced join unclaimed using (name, category, place)
     where wanted.number = unplaced.number`);
  await transaction.query(sql`
    update wanted_providers wanted set same_as = numbered.number
      from (select distinct on (name, category) number, name, category
              from wanted_providers where wanted_id <> 0 order by name, category, wanted_id) numbered
     where wanted.wanted_id = 0 and wanted.name = numbered.name and wanted.category = numbered.category`);
  await transaction.query(sql`
    update wanted_providers wanted set provider_id = existing.provider_id
      from (select distinct on (name, category) provider_id, name, category
              from providers order by name, category, provider_id) existing
     where wanted.wanted_id = 0 and same_as is null
       and wanted.name = existing.name and wanted.category = existing.category`);
}

/** Makes the numbers that will be kept safe from everybody else; before anything is written. */
export async function reserveProviderNumbers(transaction: Transaction): Promise<void> {
  const [row] = await transaction.query<{ highest: number | null }>(sql`
    select max(wanted_id) as highest from wanted_providers where provider_id is null and wanted_id <= ${keptNumberMax}`);
  // The sequence starts above the numbers of the makers of devices; lower ones cannot collide with it.
  if ((row?.highest ?? 0) >= sequenceStart)
    await reserveNumbers(transaction, providerNumbers, row?.highest ?? 0);
}

const providerNumbers = { table: 'providers', sequence: 'provider_numbers' };
const sequenceStart = 100_000;

/**
 * Makes providers of the rest of `wanted_providers`: under the wanted number where it is free (of two that want
 * the same one, the first in the file gets it), else under a new one. Every row then has its `provider_id`.
 *
 * Call {@link matchProviders} and {@link reserveProviderNumbers} before.
 */
export async function storeProviders(transaction: Transaction): Promise<{ created: number; found: number }> {
  await transaction.query(sql`
    update wanted_providers wanted set provider_id = wanted_id, created = true
      from (select distinct on (wanted_id) number
              from wanted_providers
             where provider_id is null and same_as is null and wanted_id between 1 and ${keptNumberMax}
               and not exists (select from providers p where p.provider_id = wanted_id)
             order by wanted_id, first_line) first_of_number
     where wanted.number = first_of_number.number`);
  await numberTheRest(transaction);
  await transaction.query(sql`
    insert into providers (provider_id, name, category, scope_separator, source)
    select provider_id, name, category, scope_separator, 'import' from wanted_providers where created`);
  await transaction.query(sql`
    update wanted_providers wanted set provider_id = numbered.provider_id
      from wanted_providers numbered where wanted.same_as = numbered.number`);
  const [row] = await transaction.query<{ created: number; found: number }>(sql`
    select count(*) filter (where created)::integer as created, count(*) filter (where not created)::integer as found
      from wanted_providers where same_as is null`);
  return row ?? { created: 0, found: 0 };
}

/** Draws from the sequence until no number is one that somebody brought in by hand. */
async function numberTheRest(transaction: Transaction): Promise<void> {
  let taken: number;
  do {
    await transaction.query(sql`
      update wanted_providers wanted set provider_id = drawn.provider_id, created = true
        from (select number, nextval('provider_numbers')::integer as provider_id
                from (select number from wanted_providers
                       where provider_id is null and same_as is null order by first_line) unnumbered) drawn
       where wanted.number = drawn.number`);
    const cleared = await transaction.query<{ cleared: number }>(sql`
      with cleared as (
        update wanted_providers wanted set provider_id = null, created = false
         where created and exists (select from providers p where p.provider_id = wanted.provider_id)
        returning 1)
      select count(*)::integer as cleared from cleared`);
    taken = cleared[0]?.cleared ?? 0;
  } while (taken > 0);
}
