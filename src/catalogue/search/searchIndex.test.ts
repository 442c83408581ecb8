import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import { SearchIndexBuilder, type SearchIndex } from './searchIndex.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '京'), minLength: 1, maxLength: 4 });
const entries = fc.array(
  fc.record({
    category: fc.constantFrom(...providerCategories),
    words: fc.uniqueArray(word, { maxLength: 5 }),
  }),
  { maxLength: 40 },
);
const group = fc.record({ prefix: word, words: fc.array(word, { maxLength: 2 }) }, { requiredKeys: [] });

interface Numbered {
  readonly id: number;
  readonly category: ProviderCategory;
}

function indexOf(
  all: readonly { readonly category: ProviderCategory; readonly words: readonly string[] }[],
): SearchIndex<Numbered> {
  const builder = new SearchIndexBuilder<Numbered>();
  for (const [at, { category, words }] of all.entries())
    builder.add({ provider: { id: 1000 + at, category }, words });
  return builder.build();
}

describe('the search index', () => {
  it('finds exactly what looking at every provider finds, in order', () => {
    fc.assert(
      fc.property(
        entries,
        fc.array(group, { maxLength: 3 }),
        fc.subarray([...providerCategories]),
        (all, groups, categories) => {
          const index = indexOf(all);
          const wanted = all.flatMap((entry, at) =>
            categories.includes(entry.category) &&
            groups.every(({ prefix, words = [] }) =>
              entry.words.some(
                (has) => (prefix !== undefined && has.startsWith(prefix)) || words.includes(has),
              ),
            )
              ? [1000 + at]
              : [],
          );
          const found = [...index.find(groups, categories)].map((position) => index.providerAt(position).id);
          expect(found).toEqual(wanted);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is empty before anything was added', () => {
    expect([...indexOf([]).find([{ prefix: 'a' }], providerCategories)]).toEqual([]);
    expect([...indexOf([]).find([], providerCategories)]).toEqual([]);
  });
});
