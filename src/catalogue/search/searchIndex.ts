import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';

/** One provider as the index takes it in; providers come in the order in which lists show them. */
export interface SearchEntry<Provider> {
  readonly provider: Provider;
  /** In the form of `searchWords`. */
  readonly words: readonly string[];
}

/** What one typed word may stand for. */
export interface SearchGroup {
  readonly prefix?: string;
  readonly words?: readonly string[];
}

/** Takes in providers, one after the other, and makes an index of them. */
export class SearchIndexBuilder<Provider extends Categorised> {
  readonly #providers: Provider[] = [];
  readonly #positions = new Map<string, number[]>();

  /** Adds the next provider of the list. */
  add({ provider, words }: SearchEntry<Provider>): void {
    const position = this.#providers.length;
    this.#providers.push(provider);
    for (const word of words) {
      const positions = this.#positions.get(word);
      if (positions === undefined) this.#positions.set(word, [position]);
      else positions.push(position);
    }
  }

  build(): SearchIndex<Provider> {
    const words = [...this.#positions.keys()].sort();
    const ends = new Uint32Array(words.length);
    let end = 0;
    for (const [at, word] of words.entries()) ends[at] = end += this.#positions.get(word)?.length ?? 0;
    const positions = new Uint32Array(end);
    for (const [at, word] of words.entries())
      positions.set(this.#positions.get(word) ?? [], at === 0 ? 0 : ends[at - 1]);
    return new SearchIndex({
      words,
      ends,
      positions,
      providers: this.#providers,
      categories: Uint8Array.from(this.#providers, ({ category }) => providerCategories.indexOf(category)),
    });
  }
}

interface Categorised {
  readonly category: ProviderCategory;
}

interface SearchTables<Provider> {
  /** Every word once, in order. */
  readonly words: readonly string[];
  /** Positions of the providers that have the first word, then the second, and so on; each part ascending. */
  readonly positions: Uint32Array;
  /** Where in `positions` each word's part ends. */
  readonly ends: Uint32Array;
  /** By position in the list. */
  readonly providers: readonly Provider[];
  /** Number in `providerCategories`, by position in the list. */
  readonly categories: Uint8Array;
}

/**
 * All providers by the beginnings of their words, in memory.
 *
 * The words that begin alike lie side by side, and so do their providers: a beginning is one stretch of numbers,
 * however many words it stands for. A search costs what it finds: some ten thousand numbers for a single letter, a
 * handful for a name (`docs/decisions/0012-provider-search.md`).
 */
export class SearchIndex<Provider> {
  readonly #tables: SearchTables<Provider>;

  constructor(tables: SearchTables<Provider>) {
    this.#tables = tables;
  }

  get size(): number {
    return this.#tables.providers.length;
  }

  providerAt(position: number): Provider {
    const provider = this.#tables.providers[position];
    if (provider === undefined) throw new Error(`There is no position ${position}`);
    return provider;
  }

  /** How many providers have exactly this word. */
  countWord(word: string): number {
    return this.#stretch(this.#firstNotBefore(word), word).length;
  }

  /** How many providers have a word that begins so, counted once for each of their words that do. */
  countBeginnings(prefix: string): number {
    return this.#beginnings(prefix).length;
  }

  /**
   * The providers that have, for each of the given groups, a word that is one of the group's or begins with its
   * prefix, and are of one of the categories, as ascending positions. No groups: all of the categories.
   */
  find(groups: readonly SearchGroup[], categories: readonly ProviderCategory[]): Uint32Array {
    const stretches = groups
      .map((group) => this.#stretchesOf(group))
      // The rarest first: later ones are only compared with what is left.
      .sort((left, right) => countAll(left) - countAll(right));
    let found =
      stretches[0] === undefined
        ? Uint32Array.from(this.#tables.providers.keys())
        : unite(stretches[0], this.size);
    for (const others of stretches.slice(1)) found = intersect(found, others, this.size);
    const isWanted = providerCategories.map((category) => categories.includes(category));
    if (isWanted.every(Boolean)) return found;
    return found.filter((position) => isWanted[this.#tables.categories[position] ?? 0] === true);
  }

  #stretchesOf({ prefix, words = [] }: SearchGroup): Uint32Array[] {
    const stretches = words.map((word) => this.#stretch(this.#firstNotBefore(word), word));
    return prefix === undefined ? stretches : [this.#beginnings(prefix), ...stretches];
  }

  #beginnings(prefix: string): Uint32Array {
    // No word has a character after this one, which is none.
    return this.#between(this.#firstNotBefore(prefix), this.#firstNotBefore(`${prefix}\uffff`));
  }

  #stretch(at: number, word: string): Uint32Array {
    return this.#tables.words[at] === word ? this.#between(at, at + 1) : new Uint32Array();
  }

  #between(first: number, next: number): Uint32Array {
    const endOf = (at: number) => (at < 0 ? 0 : (this.#tables.ends[at] ?? 0));
    return this.#tables.positions.subarray(endOf(first - 1), endOf(next - 1));
  }

  #firstNotBefore(text: string): number {
    const { words } = this.#tables;
    let [low, high] = [0, words.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((words[middle] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function countAll(stretches: readonly Uint32Array[]): number {
  return stretches.reduce((sum, stretch) => sum + stretch.length, 0);
}

/** Every position of the stretches once, ascending. */
function unite(stretches: readonly Uint32Array[], size: number): Uint32Array {
  const count = countAll(stretches);
  // Sorting what is little is cheaper than looking at every provider, and the other way round.
  if (count * 16 < size) {
    const all = new Set<number>();
    for (const stretch of stretches) for (const position of stretch) all.add(position);
    return Uint32Array.from(all).sort();
  }
  const marked = mark(stretches, size);
  const united = new Uint32Array(Math.min(count, size));
  let length = 0;
  for (let position = 0; position < size; position++) if (marked[position] === 1) united[length++] = position;
  return united.subarray(0, length);
}

/** Those of the positions that are in one of the stretches. */
function intersect(positions: Uint32Array, stretches: readonly Uint32Array[], size: number): Uint32Array {
  if (positions.length === 0) return positions;
  const marked = mark(stretches, size);
  return positions.filter((position) => marked[position] === 1);
}

function mark(stretches: readonly Uint32Array[], size: number): Uint8Array {
  const marked = new Uint8Array(size);
  for (const stretch of stretches) for (const position of stretch) marked[position] = 1;
  return marked;
}
