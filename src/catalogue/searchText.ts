/** Words beyond this many characters are cut: nobody types them, and an index has to hold them. */
const wordLengthMax = 60;
/** Words of one provider beyond this many are left out. */
const wordsMax = 200;

/**
 * The words by which a text is found, in the one form in which search compares: lower case, without accents and
 * signs (`Saint-Étienne's` → `saint`, `etiennes`). Each word once, in order.
 *
 * Letters and digits of every script count. A sign between letters divides words, except an apostrophe, which
 * people leave out when they type.
 */
export function searchWords(...texts: readonly string[]): string[] {
  const words = new Set<string>();
  for (const text of texts)
    for (const word of foldText(text).split(' ')) {
      if (word === '') continue;
      if (words.size === wordsMax) return [...words];
      words.add(cut(word));
    }
  return [...words];
}

/**
 * Where a name stands in a list: its words in order, names that begin with a digit after all others. Compared
 * byte by byte.
 */
export function sortName(name: string): string {
  const folded = foldText(name).trim();
  return `${/^\p{L}/u.test(folded) ? '0' : '1'}${folded.slice(0, 300)}`;
}

function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/[\p{M}'’`´]/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/æ/g, 'ae')
    .replace(/œ/g, 'oe')
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ');
}

function cut(word: string): string {
  return word.length > wordLengthMax ? Array.from(word).slice(0, wordLengthMax).join('') : word;
}
