import { LRUCache } from 'lru-cache';
import { providerCategories, type ProviderCategory } from '../contract/provider.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { ProviderFacts } from './offerFacts.ts';
import { SearchIndexBuilder, type SearchGroup, type SearchIndex } from './search/searchIndex.ts';
import { searchWords } from './searchText.ts';
import { findSimilarWords, readSearchEntries, readCatalogueVersion } from './store/searchReading.ts';

interface ProviderQuery {
  /** As typed; left out for all providers. */
  readonly text?: string;
  /** Only these; all when left out. */
  readonly categories?: readonly ProviderCategory[];
  /** Which of those that match are in the list; all when left out. `isOpen`: nothing closes it for everybody. */
  readonly isListed?: (provider: ProviderFacts, isOpen: boolean) => boolean;
  readonly offset: number;
  readonly limit: number;
}

interface FoundProviders {
  /** Of the part that was asked for, in order. */
  readonly providers: readonly ProviderFacts[];
  /** All that match and are listed. */
  readonly total: number;
}

/** The search for providers of one process, answered from its memory. */
export interface ProviderSearch {
  /**
   * The providers whose words begin with the typed ones, all of which must be found, in the order of their names.
   *
   * Where fewer than a page match, those come after them that match with a slip of the pen. The order depends
   * on the catalogue and the query alone, so that parts of one list fit together. A change of the catalogue shows
   * within 3 s in every process.
   */
  find(query: ProviderQuery): Promise<FoundProviders>;
}

type Index = SearchIndex<ProviderFacts>;

/** How long a process may not notice a change of the catalogue. */
const rememberedForMs = 3_000;
/** Typed words beyond this many narrow nothing down. */
const typedWordsMax = 10;
/** As many matches make guesses unnecessary. */
const enough = 50;
/** A word that so many providers have is hardly a slip of the pen. */
const familiar = 25;
/** A word that so many providers have exactly as it was typed is one, however rare. */
const written = 3;
/** Shorter words have too few letters for one of them to be wrong. */
const guessedLengthMin = 4;

interface KnownCatalogue {
  readonly version: string;
  readonly index: Index;
  /** Of each position, whether nothing closes the provider for everybody: found out once, asked for every match. */
  readonly open: Uint8Array;
  checkedAt: number;
}

/** A search that reads the catalogue into memory when it is first used and whenever it has changed. */
export function createProviderSearch({
  database,
  clock,
  isOpen = () => true,
}: {
  readonly database: Database;
  readonly clock: Clock;
  /** Whether nothing closes a provider for everybody, by what this process knows of it; nothing does when left out. */
  readonly isOpen?: (provider: ProviderFacts) => boolean;
}): ProviderSearch {
  let current: KnownCatalogue | undefined;
  let underWay: Promise<KnownCatalogue> | undefined;
  const similar = new LRUCache<string, readonly string[]>({ max: 5_000 });

  async function read(now: number): Promise<KnownCatalogue> {
    const version = await readCatalogueVersion(database);
    if (current?.version === version) current.checkedAt = now;
    else {
      const builder = new SearchIndexBuilder<ProviderFacts>();
      const open: number[] = [];
      await readSearchEntries(database, (entry) => {
        builder.add(entry);
        open.push(isOpen(entry.provider) ? 1 : 0);
      });
      // What has changed since the version was read shows with the next look at it.
      current = { version, index: builder.build(), open: Uint8Array.from(open), checkedAt: now };
      similar.clear();
    }
    return current;
  }

  function open(): Promise<KnownCatalogue> {
    const now = clock.now();
    const age = current === undefined ? Infinity : now - current.checkedAt;
    if (current !== undefined && age >= 0 && age < rememberedForMs) return Promise.resolve(current);
    underWay ??= read(now).finally(() => (underWay = undefined));
    return underWay;
  }

  async function guess(index: Index, word: string): Promise<SearchGroup> {
    let words = similar.get(word);
    if (words === undefined) {
      words = [...(await findSimilarWords(database, word)), ...swapNeighbours(word)].filter(
        (candidate) => index.countWord(candidate) > 0,
      );
      similar.set(word, words);
    }
    return { prefix: word, words };
  }

  return {
    find: async ({ text, categories = providerCategories, isListed, offset, limit }) => {
      const known = await open();
      const { index } = known;
      const typed = text === undefined ? [] : searchWords(text).slice(0, typedWordsMax);
      if (typed.length === 0 && text !== undefined && text.trim() !== '') return { providers: [], total: 0 };
      const exact = index.find(
        typed.map((word) => ({ prefix: word })),
        categories,
      );
      const doubtful = new Set(typed.filter((word) => isDoubtful(index, word, exact.length === 0)));
      let positions: readonly number[] | Uint32Array = exact;
      if (exact.length < enough && doubtful.size > 0) {
        const groups = await Promise.all(
          typed.map(async (word) => (doubtful.has(word) ? guess(index, word) : { prefix: word })),
        );
        const had = new Set(exact);
        positions = [...exact, ...index.find(groups, categories).filter((position) => !had.has(position))];
      }
      if (isListed !== undefined)
        positions = positions.filter((position) =>
          isListed(index.providerAt(position), known.open[position] === 1),
        );
      const part = positions.slice(offset, offset + limit);
      return {
        providers: Array.from(part, (position) => index.providerAt(position)),
        total: positions.length,
      };
    },
  };
}

/** Whether a typed word may be a slip of the pen: when nothing matches, every word that is long enough may. */
function isDoubtful(index: Index, word: string, nothingMatches: boolean): boolean {
  if (word.length < guessedLengthMin) return false;
  if (!nothingMatches && index.countWord(word) >= written) return false;
  return nothingMatches || index.countBeginnings(word) < familiar;
}

/** The word with each two neighbouring letters exchanged: a slip that leaves too few trigrams the same. */
function swapNeighbours(word: string): string[] {
  const letters = Array.from(word);
  return letters
    .slice(1)
    .map((_, at) =>
      [...letters.slice(0, at), letters[at + 1] ?? '', letters[at] ?? '', ...letters.slice(at + 2)].join(''),
    );
}
