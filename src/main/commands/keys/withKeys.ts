import { openKeySource, type KeySource } from '../../../keys/keySource.ts';
import type { Database } from '../../../platform/storage/database.ts';
import type { CommandLine } from '../../commandLine.ts';
import { readKeySettings } from '../../keys/readKeySettings.ts';

/**
 * Runs `work` with the keys that are configured and the database. Keys are looked at before the database is touched.
 *
 * @throws {KeyTrouble} when there are none, or anything is wrong with them
 */
export async function withKeys<Result>(
  line: CommandLine,
  purpose: string,
  work: (parts: { readonly database: Database; readonly source: KeySource }) => Promise<Result>,
): Promise<Result> {
  const source = await openKeySource(readKeySettings(line.config), line.random);
  return line.withDatabase(purpose, (database) => work({ database, source }));
}
