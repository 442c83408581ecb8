import { DomainError } from '../../platform/errors/domainError.ts';
import { printable } from '../../platform/http/parseQuery.ts';
import { directoryUnreadable } from '../errors.ts';
import { describeAddress } from '../reading/describeAddress.ts';

/** An item of a directory's list. What its members hold is anybody's guess. */
export interface LanternEntry {
  readonly URL?: unknown;
  readonly OrganizationName?: unknown;
  readonly OrganizationZipCode?: unknown;
}

/**
 * The items of a parsed directory.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file, when it is not an object with a list of objects
 *   named `Endpoints`
 */
export function requireEntries(fileName: string, content: unknown): readonly LanternEntry[] {
  const entries = (content as { Endpoints?: unknown } | null | undefined)?.Endpoints;
  if (!Array.isArray(entries))
    throw new DomainError(
      directoryUnreadable,
      `${printable(fileName)}: expected an object with a list named "Endpoints", as the Lantern project publishes them.`,
    );
  const wrong = entries.findIndex(
    (entry) => typeof entry !== 'object' || entry === null || Array.isArray(entry),
  );
  if (wrong !== -1)
    throw new DomainError(
      directoryUnreadable,
      `${printable(fileName)}: item ${wrong + 1} of "Endpoints" is not an object.`,
    );
  return entries as LanternEntry[];
}

/** Some publishers write numbers as numbers; anything else that is not text counts as absent. */
export function textOrNumberOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** File, number and words of an entry for a report, without what an address may hold of secrets. */
export function describePlace(fileName: string, index: number, entry: LanternEntry): string {
  const shown = describeAddress(textOrNumberOf(entry.URL));
  return `${printable(fileName)}, entry ${index + 1}: ${shown} (${printable(textOrNumberOf(entry.OrganizationName)) || 'no name'})`;
}

/** A ZIP or ZIP+4 code, or null. Four digits are not completed: of those seen, some had lost the first and some the last. */
export function parsePostalCode(text: string): string | null {
  const match = /^(\d{5})(?:-?(\d{4}))?$/.exec(text.trim());
  if (match?.[1] === undefined) return null;
  return match[2] === undefined ? match[1] : `${match[1]}-${match[2]}`;
}
