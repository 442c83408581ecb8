import { omitUndefined } from '../platform/members/omitUndefined.ts';
import { openDatabase, type Database } from '../platform/storage/database.ts';
import type { DatabaseState } from '../platform/storage/databaseUnavailable.ts';
import { commandDeadlines, servingDeadlines } from '../platform/storage/deadlines.ts';
import {
  DataDirectoryInUse,
  findRunningPostgres,
  startEmbeddedPostgres,
  type OwnedPostgres,
  type PostgresConnection,
} from '../platform/storage/embeddedPostgres.ts';
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

const joinAttempts = 5;

interface OpenOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Named to a second owner of the data directory: `tributary serve`. */
  readonly purpose: string;
  /**
   * `owner` starts the embedded PostgreSQL, waits for a command that has it, and is refused when another owner has
   * it; `guest` joins the one that runs and starts one only when none does.
   */
  readonly as: 'owner' | 'guest';
  readonly onProgress?: (message: string) => void;
  /** Called when the database goes and when it is back. */
  readonly onDatabaseState?: (state: DatabaseState) => void;
}

/**
 * Opens the installation's database.
 *
 * @throws {DataDirectoryInUse} as owner, when another process owns the embedded instance and stays
 */
export async function openInstallation(options: OpenOptions): Promise<Installation> {
  const { config, purpose } = options;
  const connect = (target: Parameters<typeof openDatabase>[0]['target']) =>
    openDatabase(
      omitUndefined({
        target,
        poolSizeMax: config.TRIBUTARY_DATABASE_POOL_SIZE,
        namesStatements: config.TRIBUTARY_DATABASE_STATEMENTS === 'named',
        applicationName: purpose,
        deadlines: options.as === 'owner' ? servingDeadlines : commandDeadlines,
        onState: options.onDatabaseState,
      }),
    );
  const never = new Promise<string>(() => undefined);

  if (config.TRIBUTARY_DATABASE_URL !== undefined) {
    const database = connect({ url: config.TRIBUTARY_DATABASE_URL.reveal() });
    return { database, lost: never, close: (patienceMs) => database.close(patienceMs) };
  }
  const found = options.as === 'guest' ? await joinOrStart(options) : { owned: await start(options) };
  if (found.owned === undefined) {
    const database = connect(found.running);
    return { database, lost: never, close: (patienceMs) => database.close(patienceMs) };
  }
  const { owned } = found;
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

type Found =
  { readonly owned: OwnedPostgres } | { readonly owned: undefined; readonly running: PostgresConnection };

/** Joins the one that runs, or starts one; another process may become the owner in between, and is joined then. */
async function joinOrStart(options: OpenOptions): Promise<Found> {
  const directory = options.config.TRIBUTARY_DATA_DIR;
  for (let attempt = 1; ; attempt++) {
    const running = await findRunningPostgres(directory);
    if (running !== undefined) return { owned: undefined, running };
    try {
      return { owned: await start(options) };
    } catch (error) {
      if (!(error instanceof DataDirectoryInUse) || attempt === joinAttempts) throw error;
    }
  }
}

function start(options: OpenOptions): Promise<OwnedPostgres> {
  return startEmbeddedPostgres(
    omitUndefined({
      dataDirectory: options.config.TRIBUTARY_DATA_DIR,
      programsDirectory: options.config.TRIBUTARY_POSTGRES_DIR,
      purpose: options.purpose,
      isPassing: options.as === 'guest',
      clock: options.clock,
      onProgress: options.onProgress,
    }),
  );
}
