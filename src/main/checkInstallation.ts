import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { refuseWrongKeys } from '../keys/judgeKeys.ts';
import { openKeySource, type KeySource } from '../keys/keySource.ts';
import type { Random } from '../platform/random/random.ts';
import { sql, type Database } from '../platform/storage/database.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import { findEmbeddedVersion } from '../platform/storage/embeddedPostgres.ts';
import { isSchemaCurrent, readMigrations } from '../platform/storage/migrate.ts';
import { judgeVersion, readServerVersion, type PostgresVersion } from '../platform/storage/serverVersion.ts';
import type { Clock } from '../platform/time/clock.ts';
import { migrationsFolder } from './compose.ts';
import type { Config } from './config.ts';
import { readKeySettings } from './keys/readKeySettings.ts';
import { openInstallation } from './openInstallation.ts';

interface CheckOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a start would find, each in a sentence. */
export interface CheckedInstallation {
  readonly keys: string;
  readonly database: string;
  readonly postgres: PostgresVersion;
}

/**
 * The first half of a start, without changing anything: the keys are read, the database is asked, and both are held
 * against each other. An embedded database that is there is started for it; one that is not is not made.
 *
 * @throws what `serve` would refuse to start with
 */
export async function checkInstallation(options: CheckOptions): Promise<CheckedInstallation> {
  const { config, random } = options;
  const source = await openKeySource(readKeySettings(config), random);
  const keyIDs = await source.service.keyIDs();
  const keys =
    keyIDs.length === 0
      ? `${source.name} is made at the first start.`
      : `${source.name} has ${keyIDs.join(', ')}.`;
  return { keys, ...(await checkDatabase(options, source)) };
}

async function checkDatabase(
  { config, clock }: CheckOptions,
  source: KeySource,
): Promise<Omit<CheckedInstallation, 'keys'>> {
  const dataDirectory = resolve(config.TRIBUTARY_DATA_DIR);
  const isEmbedded = config.TRIBUTARY_DATABASE_URL === undefined;
  if (isEmbedded && !existsSync(join(dataDirectory, 'postgres'))) {
    await access(findExisting(dataDirectory), constants.W_OK);
    const { TRIBUTARY_POSTGRES_DIR: programsDirectory } = config;
    const postgres = judgeVersion(
      await findEmbeddedVersion(dataDirectory, omitUndefined({ programsDirectory })),
    );
    const database = `The embedded PostgreSQL ${postgres.version} is made in ${dataDirectory} at the first start.`;
    return { postgres, database };
  }
  const purpose = 'tributary check-config';
  const installation = await openInstallation({ config, clock, purpose, as: 'guest' });
  try {
    const postgres = await readServerVersion(installation.database);
    const found = await describeDatabase(installation.database);
    await refuseWrongKeys(installation.database, source);
    const database = `${isEmbedded ? 'The embedded PostgreSQL' : 'PostgreSQL'} ${postgres.version} ${found}`;
    return { postgres, database };
  } finally {
    await installation.close();
  }
}

async function describeDatabase(database: Database): Promise<string> {
  const [row] = await database.query<{ empty: boolean }>(
    sql`select to_regclass('schema_migrations') is null as empty`,
  );
  const isCurrent = await isSchemaCurrent(database, await readMigrations(migrationsFolder));
  if (isCurrent) return 'answers, and has the schema of this release.';
  return row?.empty === true
    ? 'answers; the database is empty, and is set up at the first start.'
    : 'answers; the next start brings its schema up to this release.';
}

function findExisting(path: string): string {
  return existsSync(path) ? path : findExisting(dirname(path));
}
