import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchWords, sortName } from './searchText.ts';

describe('search words', () => {
  it.each([
    ['Mayo Clinic – Rochester', ['mayo', 'clinic', 'rochester']],
    ['SAINT-ÉTIENNE’S Hôpital', ['saint', 'etiennes', 'hopital']],
    ["St. Mary's & Joseph’s", ['st', 'marys', 'josephs']],
    ['Łódź Børneklinik Straße', ['lodz', 'borneklinik', 'strasse']],
    ['Ｆｕｌｌ ｗｉｄｔｈ ﬁne', ['full', 'width', 'fine']],
    ['55902-1234', ['55902', '1234']],
    ['東京 病院', ['東京', '病院']],
    ['a a A á', ['a']],
    ['  –·–  ', []],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('are those of several texts, each once', () => {
    expect(searchWords('North Clinic', 'Clinic of the North')).toEqual(['north', 'clinic', 'of', 'the']);
  });

  it('of any text can be searched for again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const words = searchWords(text);
        expect(searchWords(words.join(' '))).toEqual(words);
        for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}]{1,60}$/u);
      }),
    );
  });

  it('stay few, however long the text', () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `word${index}`).join(' ');
    expect(searchWords(text)).toHaveLength(200);
    expect(searchWords('x'.repeat(100_000))).toEqual(['x'.repeat(60)]);
  });
});

describe('the order of names', () => {
  it('takes no notice of case, accents and signs, and puts names that begin with a digit last', () => {
    const names = ['24 Hour Care', 'zebra', 'École', 'alpha', '"Beta" Clinic', '1st Choice', 'Éclat', '#'];
    const sorted = names.toSorted((left, right) => (sortName(left) < sortName(right) ? -1 : 1));
    expect(sorted).toEqual([
      'alpha',
      '"Beta" Clinic',
      'Éclat',
      'École',
      'zebra',
      '#',
      '1st Choice',
      '24 Hour Care',
    ]);
  });
});
