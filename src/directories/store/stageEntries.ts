import { arrayLiteral, copyChunks, copyText } from '../../platform/storage/copyText.ts';
import { raw, sql, type Transaction } from '../../platform/storage/database.ts';
import type { DirectoryEntry } from '../reading/defineDirectory.ts';
import { spellState } from '../reading/usStates.ts';
import { searchWords, sortName } from '../../catalogue/searchText.ts';
import type { Recogniser } from './createRecogniser.ts';

/** Entries of one transaction; no index, since nearly every statement reads all of it. */
const stagingTable = raw(`
  create temporary table staged_entries (
    ordinal integer not null,
    source_key text not null,
    name text not null,
    sort_name text collate "C" not null,
    category provider_category not null,
    endpoint text not null,
    -- As the first of the directories spells it; null: as endpoint.
    published_url text,
    fhir_version text,
    aliases text[] not null,
    words text[] not null,
    city text,
    state text,
    postal_code text,
    managing_organization text,
    definition text,
    is_fallback boolean not null,
    successor_key text,
    directories text[] not null,
    endpoint_id integer,
    -- The provider it is; null until there is one.
    provider_id integer,
    is_new boolean not null default false
  ) on commit drop`);

const copyStatement = `copy staged_entries
  (ordinal, source_key, name, sort_name, category, endpoint, published_url, fhir_version, aliases, words, city, state,
   postal_code, managing_organization, definition, is_fallback, successor_key, directories) from stdin`;

/**
 * Makes the temporary table `staged_entries` of entries, each with the words by which it is found and the
 * definition by which it is connected. Gone at the end of the transaction.
 */
export async function stageEntries(
  transaction: Transaction,
  entries: readonly DirectoryEntry[],
  { recognise }: Recogniser,
): Promise<void> {
  await transaction.query(stagingTable);
  let ordinal = 0;
  const renderLine = (entry: DirectoryEntry) => {
    const [address] = entry.addresses;
    const { definition, isFallback } = recognise(entry);
    const values = [
      ...[ordinal++, entry.sourceKey, entry.name, sortName(entry.name), entry.category, entry.endpoint],
      ...[entry.published === entry.endpoint ? null : entry.published],
      ...[entry.fhirVersion, arrayLiteral(entry.aliases), arrayLiteral(wordsOf(entry))],
      ...[address?.city ?? null, address?.state ?? null, postalCodeOf(entry), entry.managingOrganization],
      ...[definition, String(isFallback), entry.successorKey, arrayLiteral(entry.directories)],
    ];
    return `${values.map(copyText).join('\t')}\n`;
  };
  await transaction.copyIn(copyStatement, copyChunks(entries, renderLine));
  await transaction.query(sql`analyze staged_entries`);
}

/** The place that is shown is the first one; a postal code of another place is better than none. */
function postalCodeOf({ addresses }: DirectoryEntry): string | null {
  return addresses.map(({ postalCode }) => postalCode).find((code) => code !== null) ?? null;
}

function wordsOf(entry: DirectoryEntry): string[] {
  const { name, aliases, keywords, addresses, managingOrganization } = entry;
  const places = addresses.flatMap(({ city, state, postalCode }) => [
    city ?? '',
    ...(state === null ? [] : spellState(state)),
    postalCode ?? '',
  ]);
  return searchWords(name, ...aliases, ...keywords, ...places, managingOrganization ?? '');
}
