import { printable } from '../http/parseQuery.ts';
import { detach } from './detach.ts';

/** One mistake of a file: where it is, in which column, and what is wrong there. */
export interface BadLine {
  /** Line of a CSV file, ordinal of a JSON record; see {@link BadLines.unit}. */
  readonly line: number;
  /** Null when the mistake is not in one column. */
  readonly column: string | null;
  readonly reason: string;
}

/** How many mistakes are kept in full; the rest is only counted. */
export const badLinesKept = 1000;

/**
 * The mistakes of one file, in bounded memory: the first thousand in full, all of them counted.
 *
 * A line with two mistakes is named twice. Reasons go to people and logs: never quote an identifier in one.
 */
export class BadLines {
  /** What the numbers count: set by whoever found out which kind of file it is. */
  unit: 'line' | 'record' = 'line';
  #count = 0;
  readonly #kept: BadLine[] = [];

  add(line: number, column: string | null, reason: string): void {
    this.#count++;
    if (this.#kept.length >= badLinesKept) return;
    this.#kept.push({ line, column: column === null ? null : detach(column), reason: detach(reason) });
  }

  /** Counts mistakes that somebody else found and did not list. */
  addUnlisted(count: number): void {
    this.#count += count;
  }

  get count(): number {
    return this.#count;
  }

  /** Those that were kept, in the order of the file. */
  list(): BadLine[] {
    return this.#kept.toSorted((left, right) => left.line - right.line);
  }
}

/** A few characters of a value that identifies nobody, safe to print in a reason. */
export function excerpt(value: string): string {
  return `"${printable(value.slice(0, 40))}${value.length > 40 ? '…' : ''}"`;
}
