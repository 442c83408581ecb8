/** A value larger than this is refused; the longest that were seen, lists of scopes, have 40 KB. */
const valueBytesMax = 64 * 1024;

/** Why a text cannot be stored, or undefined when it can: too large, a NUL, or not well-formed Unicode. */
export function judgeText(text: string): string | undefined {
  // No character needs more than three bytes for each of its UTF-16 units, so most texts need no counting.
  if (text.length * 3 > valueBytesMax && Buffer.byteLength(text) > valueBytesMax)
    return `longer than ${valueBytesMax} bytes`;
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? undefined : 'holds half of a surrogate pair';
}

/** Whether a text has more characters than that, counted as the database does: not halves of surrogate pairs. */
export function isLonger(text: string, charactersMax: number): boolean {
  return text.length > charactersMax && [...text].length > charactersMax;
}
