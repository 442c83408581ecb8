import { omitUndefined } from '../platform/members/omitUndefined.ts';
import { openDatabase, type Database } from '../platform/storage/database.ts';
import { findRunningPostgres, startEmbeddedPostgres } from '../platform/storage/embeddedPostgres.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Config } from './config.ts';

/** The database of this installation, reached in whatever way the configuration says. */
export interface Installation {
  readonly database: Database;
  /** Resolves with a reason when the embedded PostgreSQL died by itself; never for a server. */
  readonly lost: Promise<string>;
  /** As a service: what is still running in the database after `patienceMs` is cut off. */
  close(patienceMs?: number): Promise<void>;
}

interface OpenOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Named to a second owner of the data directory: `tributary serve`. */
  readonly purpose: string;
  /**
   * `owner` starts the embedded PostgreSQL and is refused when another process has it; `guest` joins the one
   * that runs and starts one only when none does.
   */
  readonly as: 'owner' | 'guest';
  readonly onProgress?: (message: string) => void;
}

/**
 * Opens the installation's database.
 *
 * @throws {DataDirectoryInUse} as owner, when another process owns the embedded instance
 */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { config, purpose } = options;
  const connect = (target: Parameters<typeof openDatabase>[0]['target']) =>
    openDatabase({
      target,
      poolSizeMax: config.TRIBUTARY_DATABASE_POOL_SIZE,
      namesStatements: config.TRIBUTARY_DATABASE_STATEMENTS === 'named',
      applicationName: purpose,
    });
  const never = new Promise<string>(() => undefined);

  if (config.TRIBUTARY_DATABASE_URL !== undefined) {
    const database = connect({ url: config.TRIBUTARY_DATABASE_URL.reveal() });
    return { database, lost: never, close: (patienceMs) => database.close(patienceMs) };
  }
  const dataDirectory = config.TRIBUTARY_DATA_DIR;
  const running = options.as === 'guest' ? await findRunningPostgres(dataDirectory) : undefined;
  if (running !== undefined) {
    const database = connect(running);
    return { database, lost: never, close: (patienceMs) => database.close(patienceMs) };
  }
  const owned = await startEmbeddedPostgres(
    omitUndefined({
      dataDirectory,
      programsDirectory: config.TRIBUTARY_POSTGRES_DIR,
      purpose,
      clock: options.clock,
      onProgress: options.onProgress,
    }),
  );
  const database = connect(owned.connection);
  return {
    database,
    lost: owned.unexpectedExit,
    close: async (patienceMs) => {
      await database.close(patienceMs);
      // A command that started the database may have been joined by another one, which is let finish.
      await owned.stop({ waitForOtherClients: options.as === 'guest' });
    },
  };
}
