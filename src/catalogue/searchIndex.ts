import { providerCategories, type ProviderCategory } from '../contract/provider.ts';

/** One provider as the index takes it in; providers come in the order in which lists show them. */
export interface SearchEntry {
  readonly providerID: number;
  readonly category: ProviderCategory;
  /** In the form of `searchWords`. */
  readonly words: readonly string[];
}

/**
 * All providers by the beginnings of their words, in memory.
 *
 * A search costs what it finds: some hundred thousand comparisons for a single letter, a handful for a name. The
 * database needs some 30 ms to count what a single letter finds among 100,000 (`docs/decisions/0011-search.md`).
 */
export class SearchIndex {
  readonly #providerIDs: number[] = [];
  /** Number of the category in `providerCategories`. */
  readonly #categories: number[] = [];
  readonly #postings = new Map<string, number[]>();
  /** All words in order; made by {@link seal}. */
  #words: readonly string[] = [];

  /** Adds the next provider of the list. */
  add(entry: SearchEntry): void {
    const position = this.#providerIDs.length;
    this.#providerIDs.push(entry.providerID);
    this.#categories.push(providerCategories.indexOf(entry.category));
    for (const word of entry.words) {
      const postings = this.#postings.get(word);
      if (postings === undefined) this.#postings.set(word, [position]);
      else postings.push(position);
    }
  }

  /** Ends the taking in. */
  seal(): this {
    this.#words = [...this.#postings.keys()].sort();
    return this;
  }

  get size(): number {
    return this.#providerIDs.length;
  }

  providerAt(position: number): number {
    const providerID = this.#providerIDs[position];
    if (providerID === undefined) throw new Error(`There is no position ${position}`);
    return providerID;
  }

  hasWord(word: string): boolean {
    return this.#postings.has(word);
  }

  /**
   * The providers that have, for each of the given groups, a word that is one of the group's or begins with it,
   * and are of one of the categories, as ascending positions. No groups: all of the categories.
   */
  find(groups: readonly SearchGroup[], categories: readonly ProviderCategory[]): Uint32Array {
    const isWanted = providerCategories.map((category) => categories.includes(category));
    const ofCategories = (positions: Uint32Array) =>
      isWanted.every(Boolean)
        ? positions
        : positions.filter((position) => isWanted[this.#categories[position] ?? 0] === true);
    if (groups.length === 0) return ofCategories(this.#everything());
    const lists = groups
      .map((group) => [...this.#postingsOf(group)])
      // The rarest first: later ones are only compared with what is left.
      .sort((left, right) => countAll(left) - countAll(right));
    let left = uniteLists(lists[0] ?? [], this.size);
    for (const list of lists.slice(1)) left = this.#keepListed(left, list);
    return ofCategories(left);
  }

  #everything(): Uint32Array {
    return Uint32Array.from({ length: this.size }, (_, position) => position);
  }

  /** Those of the positions that are in one of the lists. */
  #keepListed(positions: Uint32Array, lists: readonly (readonly number[])[]): Uint32Array {
    if (positions.length === 0) return positions;
    const listed = new Uint8Array(this.size);
    for (const list of lists) for (const position of list) listed[position] = 1;
    return positions.filter((position) => listed[position] === 1);
  }

  /** How many providers have a word that begins so, counted once for each of their words that do. */
  countBeginnings(prefix: string, enough: number): number {
    let count = 0;
    for (const postings of this.#postingsOf({ prefix })) {
      count += postings.length;
      if (count >= enough) break;
    }
    return count;
  }

  *#postingsOf({ prefix, words = [] }: SearchGroup): Generator<readonly number[]> {
    if (prefix !== undefined)
      for (let at = this.#firstNotBefore(prefix); at < this.#words.length; at++) {
        const word = this.#words[at] ?? '';
        if (!word.startsWith(prefix)) break;
        yield this.#postings.get(word) ?? [];
      }
    for (const word of words) yield this.#postings.get(word) ?? [];
  }

  #firstNotBefore(prefix: string): number {
    let [low, high] = [0, this.#words.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#words[middle] ?? '') < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What one typed word may stand for. */
export interface SearchGroup {
  readonly prefix?: string;
  readonly words?: readonly string[];
}

function countAll(lists: readonly (readonly number[])[]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}

/** Every position of the lists once, ascending. */
function uniteLists(lists: readonly (readonly number[])[], size: number): Uint32Array {
  const [only] = lists;
  if (only === undefined) return new Uint32Array();
  if (lists.length === 1) return Uint32Array.from(only);
  // Sorting what is little is cheaper than looking at every provider, and the other way round.
  if (countAll(lists) * 16 < size) return Uint32Array.from(new Set(lists.flat())).sort();
  const listed = new Uint8Array(size);
  for (const list of lists) for (const position of list) listed[position] = 1;
  const united = new Uint32Array(size);
  let count = 0;
  for (let position = 0; position < size; position++) if (listed[position] === 1) united[count++] = position;
  return united.subarray(0, count);
}
