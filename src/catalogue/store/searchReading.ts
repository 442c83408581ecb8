import { raw, sql, type Database, type PreparedStatement } from '../../platform/storage/database.ts';
import { providerColumns, type ProviderFacts } from '../offerFacts.ts';
import type { SearchEntry } from '../search/searchIndex.ts';

const version: PreparedStatement = {
  name: 'catalogue-version',
  text: 'select version::text from catalogue_version',
};

/** What stands for the present state of the catalogue. */
export async function readCatalogueVersion(database: Database): Promise<string> {
  const [row] = (await database.prepared(version, [])) as [string][];
  return row?.[0] ?? '';
}

/** So many that the process does something else in between: taking in a thousand takes some milliseconds. */
const batchSize = 2_000;

/** Hands over everything that can be found, in the order of lists. */
export async function readSearchEntries(
  database: Database,
  take: (entry: SearchEntry<ProviderFacts>) => void,
): Promise<void> {
  let after = { sortName: '', providerID: 0 };
  for (;;) {
    const rows = await database.query<ProviderFacts & { sort_name: string; words: string[] }>(sql`
      select ${raw(providerColumns)}, found.sort_name, found.words
        from provider_search found join providers p using (provider_id)
       where (found.sort_name, found.provider_id) > (${after.sortName}, ${after.providerID})
       order by found.sort_name, found.provider_id
       limit ${batchSize}`);
    for (const { sort_name: sortName, words, ...provider } of rows) {
      take({ provider, words });
      after = { sortName, providerID: provider.id };
    }
    if (rows.length < batchSize) return;
  }
}

const similarWords: PreparedStatement = {
  name: 'similar-words',
  text: `select word from search_words
          where word % $1 and word <> $1 and similarity(word, $1) >= $2
          order by similarity(word, $1) desc, word limit 30`,
};

/** A wrong, missing or added letter in a word of five still leaves as much. */
const likenessMin = 0.4;

/**
 * Other words of the catalogue that have many trigrams in common with the given one, the most alike first. Words
 * that directories have misspelt are among them, which is why the given one is never enough.
 */
export async function findSimilarWords(database: Database, word: string): Promise<string[]> {
  const rows = (await database.prepared(similarWords, [word, likenessMin])) as [string][];
  return rows.map(([candidate]) => candidate);
}
