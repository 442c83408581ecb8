const nameLengthMax = 300;

/** Together with an endpoint of 1,000 characters this stays below what an index of PostgreSQL takes (2,704 bytes). */
export const identifierLengthMax = 200;

/**
 * An organisation's name without what is not part of it: control and invisible characters, runs of white space,
 * a quotation mark that was never closed, anything after 300 characters.
 *
 * Nothing is guessed: character references such as `&amp;` stay as they are, since no directory has been seen to
 * use them. Cleaning a cleaned name changes nothing.
 */
export function cleanName(text: string): string {
  const visible = text
    .toWellFormed()
    .replace(/\p{Cf}/gu, '')
    .normalize('NFC');
  const spaced = visible.replace(/[\p{Cc}\p{Z}\s]+/gu, ' ').trim();
  const short = cutText(spaced, nameLengthMax);
  const unclosed = short.split('"').length % 2 === 0;
  return (unclosed ? short.replace(/^"|"$/, '') : short).trim();
}

/** The form in which two spellings of a name are the same name. */
export function compareForm(cleanedName: string): string {
  return cleanedName.toLowerCase();
}

/** The first so many characters; half a surrogate pair is never left. */
export function cutText(text: string, lengthMax: number): string {
  return text.length > lengthMax ? Array.from(text).slice(0, lengthMax).join('') : text;
}
