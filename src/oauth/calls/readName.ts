/**
 * A name that a provider gives, as text: a number only where nothing of it was lost. Undefined for what is none, for
 * what is longer, and for what a database cannot keep.
 */
export function readName(value: unknown, lengthMax: number): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value !== '' && value.length <= lengthMax && isStorable(value)
    ? value
    : undefined;
}

/** PostgreSQL keeps neither a NUL nor half a character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
