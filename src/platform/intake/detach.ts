/**
 * The same text without what it was cut from: a slice keeps the whole piece of the file alive, so that a thousand
 * short values that are kept would keep the file.
 */
export function detach(text: string): string {
  return Buffer.from(text).toString();
}
