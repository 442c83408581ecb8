import type { Catalogue } from '../definitions/catalogue.ts';
import { storeDefinitions } from '../catalogue/storeDefinitions.ts';
import type { Database } from '../platform/storage/database.ts';
import { migrate, readMigrations } from '../platform/storage/migrate.ts';
import type { Clock } from '../platform/time/clock.ts';
import { migrationsFolder } from './compose.ts';

/** Brings a database to this release: its schema, and the providers that this release defines. */
export async function prepareDatabase(
  database: Database,
  { definitions }: Pick<Catalogue, 'definitions'>,
  clock: Clock,
): Promise<string[]> {
  const applied = await migrate(database, await readMigrations(migrationsFolder));
  await storeDefinitions(database, definitions, clock);
  return applied;
}
