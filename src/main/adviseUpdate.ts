import type { PostgresVersion } from '../platform/storage/serverVersion.ts';
import type { Config } from './config.ts';

/** What to do about a PostgreSQL that lacks a minor release which is out; undefined when it lacks none we know. */
export function adviseUpdate(
  { TRIBUTARY_DATABASE_URL: url, TRIBUTARY_POSTGRES_DIR: programs }: Config,
  { version, newer }: PostgresVersion,
): string | undefined {
  if (newer === undefined) return undefined;
  if (url !== undefined) return `update the server that TRIBUTARY_DATABASE_URL names to ${newer}`;
  if (programs !== undefined) return `update the packages that ${programs} belongs to, to ${newer}`;
  const [major] = version.split('.');
  return `for a study that goes on, install PostgreSQL ${major} from your distribution or from postgresql.org and name the folder of its programs in TRIBUTARY_POSTGRES_DIR`;
}
