import { DomainError } from '../../platform/errors/domainError.ts';
import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { DirectoryEntry } from '../reading/defineDirectory.ts';
import { directoryEmpty } from '../errors.ts';

/**
 * Refuses directories that have providers and now list nothing that can be used: an interrupted download, the wrong
 * format, an address that moved.
 *
 * @throws {DomainError} `directory-empty`, naming the first one
 */
export async function refuseEmptyDirectories(
  transaction: Transaction,
  directories: readonly string[],
  entries: readonly DirectoryEntry[],
): Promise<void> {
  const filled = new Set(entries.flatMap((entry) => entry.directories));
  const empty = directories.filter((directory) => !filled.has(directory));
  const [first] = await transaction.query<{ directory: string; providers: number }>(sql`
    select directory, count(*)::integer as providers from directory_listings
     where directory = any (${empty}::text[]) group by directory order by directory limit 1`);
  if (first === undefined) return;
  throw new DomainError(
    directoryEmpty,
    `${first.directory}: the files list nothing that can be used, and ${first.providers} providers are known from this directory.`,
  );
}
