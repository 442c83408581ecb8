const passedOver = new Set(['the', 'of', 'and']);

/**
 * One or two capital letters or digits that stand for a name: those of its first two words, `the`, `of` and `and`
 * not counted. A letter that cannot be drawn goes without its accent; where that does not help, the second one
 * is left out, and without a first one there are none.
 */
export function initialsOf(name: string, canDraw: (character: string) => boolean): string {
  const words = name.normalize('NFKC').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’]*/gu) ?? [];
  const significant = words.filter((word) => !passedOver.has(word.toLowerCase()));
  const [first, second] = (significant.length > 0 ? significant : words).map((word) =>
    initialOf(word, canDraw),
  );
  return first === undefined ? '' : first + (second ?? '');
}

function initialOf(word: string, canDraw: (character: string) => boolean): string | undefined {
  const capital = firstOf(firstOf(word).toUpperCase());
  return [capital, firstOf(capital.normalize('NFD'))].find(canDraw);
}

/** The first code point. */
function firstOf(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
