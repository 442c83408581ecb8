import { record } from '../audit/record.ts';
import { fillIn } from '../definitions/callVariables.ts';
import { empty, sql, type Database, type Transaction } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import { lockCatalogue } from './lockCatalogue.ts';
import { sortName, searchWords } from './searchText.ts';
import { bumpVersion, storeSearchEntries } from './searchEntries.ts';

type SingleDefinition = NamedDefinition & { readonly kind: 'provider' };

/**
 * Makes a provider of every definition that is one, and brings those that exist up to their definition: name,
 * words to find it by, endpoint, successor, separator.
 *
 * Runs whenever a process starts. Nothing is written, and nobody waited for, when nothing has changed. A provider
 * whose definition is gone stays: accounts refer to it. The number is the platform's where the definition has
 * one, else the next of the sequence, and never changes.
 */
export async function storeDefinitions(
  database: Database,
  definitions: ReadonlyMap<string, NamedDefinition>,
  clock: Clock,
): Promise<void> {
  const wanted = [...definitions.values()].filter(
    (definition): definition is SingleDefinition => definition.kind === 'provider',
  );
  const rows = wanted.map(rowOf);
  if ((await findChanges(database, rows)).length === 0) return;
  await database.transaction(async (transaction) => {
    await lockCatalogue(transaction);
    // Looked at again under the lock: several processes start at once.
    const changed = await findChanges(transaction, rows);
    if (changed.length === 0) return;
    for (const row of changed) await storeRow(transaction, row);
    for (const row of rows) await linkSuccessor(transaction, row);
    await storeSearchEntries(
      transaction,
      sql`select provider_id, category, sort_name, words
            from jsonb_to_recordset(${JSON.stringify(rows.map(searchOf))}::jsonb)
                   as entry (slug text, sort_name text, words text[])
            join providers on source = 'built-in' and source_key = slug`,
    );
    await bumpVersion(transaction);
    await record(transaction, {
      actor: 'service',
      action: 'providers.defined',
      details: { changed: changed.map(({ slug }) => slug).join(' ') },
      occurredAt: clock.now(),
    });
  }, 'bulk');
}

interface DefinedRow {
  readonly slug: string;
  readonly id: number | null;
  readonly name: string;
  readonly category: string;
  readonly aliases: readonly string[];
  readonly scopeSeparator: string;
  readonly endpoint: string | null;
  readonly fhirVersion: string | null;
  readonly successor: string | null;
}

function rowOf(definition: SingleDefinition): DefinedRow {
  const { delivery, lifecycle, regions } = definition;
  const fhir = delivery?.by === 'fhir' || delivery?.by === 'pull' ? delivery.fhir : undefined;
  const region = regions?.values[regions.default] ?? {};
  return {
    slug: definition.slug,
    id: definition.id ?? null,
    name: definition.name,
    category: definition.category,
    aliases: definition.keywords ?? [],
    scopeSeparator: definition.exportSeparator ?? ' ',
    endpoint: definition.fhirBase === undefined ? null : fillIn(definition.fhirBase, region),
    fhirVersion: fhir?.versions[0] ?? null,
    successor: (lifecycle?.state === 'retired' ? lifecycle.successor : definition.successor) ?? null,
  };
}

function searchOf({ slug, name, aliases }: DefinedRow) {
  return { slug, sort_name: sortName(name), words: searchWords(name, ...aliases) };
}

/** Those of the rows that the database does not have exactly so. */
async function findChanges(
  database: Pick<Transaction, 'query'>,
  rows: readonly DefinedRow[],
): Promise<DefinedRow[]> {
  const same = await database.query<{ slug: string }>(sql`
    select wanted.slug
      from jsonb_to_recordset(${JSON.stringify(rows.map((row) => ({ ...row, ...searchOf(row) })))}::jsonb)
             as wanted (slug text, name text, category provider_category, aliases text[], "scopeSeparator" text,
                        endpoint text, successor text, sort_name text, words text[])
      join providers p on p.source = 'built-in' and p.source_key = wanted.slug
      left join endpoints e using (endpoint_id)
      left join providers s on s.provider_id = p.successor_id
      join provider_search found on found.provider_id = p.provider_id
     where p.definition = wanted.slug and p.name = wanted.name and p.aliases = wanted.aliases
       and p.scope_separator = wanted."scopeSeparator"
       and e.base_url is not distinct from wanted.endpoint
       and s.source_key is not distinct from wanted.successor
       and found.sort_name = wanted.sort_name and found.words = array(select distinct word collate "C" from unnest(wanted.words) word order by 1)`);
  const unchanged = new Set(same.map(({ slug }) => slug));
  return rows.filter(({ slug }) => !unchanged.has(slug));
}

async function storeRow(transaction: Transaction, row: DefinedRow): Promise<void> {
  const { slug, id, name, category, aliases, scopeSeparator, endpoint, fhirVersion } = row;
  if (endpoint !== null)
    await transaction.query(
      sql`insert into endpoints (base_url, fhir_version) values (${endpoint}, ${fhirVersion}) on conflict do nothing`,
    );
  await transaction.query(sql`
    insert into providers (${id === null ? empty : sql`provider_id,`} name, category, aliases, scope_separator,
                           endpoint_id, definition, source, source_key)
    values (${id === null ? empty : sql`${id},`} ${name}, ${category}, ${aliases}::text[], ${scopeSeparator},
            (select endpoint_id from endpoints where base_url = ${endpoint}), ${slug}, 'built-in', ${slug})
    on conflict (source, source_key) do update
       set name = excluded.name, aliases = excluded.aliases, scope_separator = excluded.scope_separator,
           endpoint_id = excluded.endpoint_id, definition = excluded.definition`);
}

async function linkSuccessor(transaction: Transaction, { slug, successor }: DefinedRow): Promise<void> {
  await transaction.query(sql`
    update providers p
       set successor_id = (select s.provider_id from providers s where s.source = 'built-in' and s.source_key = ${successor})
     where p.source = 'built-in' and p.source_key = ${slug}`);
}
