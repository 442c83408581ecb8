import { OperatorTrouble } from '../errors/operatorTrouble.ts';
import { omitUndefined } from '../members/omitUndefined.ts';
import { existsSync } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../time/clock.ts';
import { isAnswering, type PostgresConnection, waitForOtherClients } from './embedded/clients.ts';
import type { Cluster } from './embedded/cluster.ts';
import { chooseClusterUser, type ClusterUser } from './embedded/clusterUser.ts';
import { DataDirectoryInUse } from './embedded/dataDirectoryInUse.ts';
import { acquireOwnerLock, isOwnerLockHeld, type OwnerLock } from './embedded/ownerLock.ts';
import {
  isOwnerAlive,
  type OwnerRecord,
  readOwnerRecord,
  removeOwnerRecord,
  writeOwnerRecord,
} from './embedded/ownerRecord.ts';
import { type BinariesPlace, preparePostgresBinaries } from './embedded/postgresBinaries.ts';
import { connectionTo, endRun, type ServerRun, startRun } from './embedded/run.ts';
import { openServerLog } from './embedded/serverLog.ts';
import { removeSocketDirectory, type SocketDirectory, socketPort } from './embedded/sockets.ts';

export type { PostgresConnection } from './embedded/clients.ts';
export { DataDirectoryInUse } from './embedded/dataDirectoryInUse.ts';

interface EmbeddedPostgresOptions extends BinariesPlace {
  /** For example ./var; the cluster lives in `<dataDirectory>/postgres`. */
  readonly dataDirectory: string;
  /** Who we are, for the message that a second owner gets: "tributary serve". */
  readonly purpose: string;
  /** True for a command that is soon over: a second owner then waits for us instead of being refused. */
  readonly isPassing?: boolean;
  readonly clock: Clock;
  /** Extra settings of PostgreSQL's (tests pass `fsync: 'off'`); everything is durable unless given. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Gets safe, human words of progress: "initialising", "recovering", … */
  readonly onProgress?: (message: string) => void;
}

/** A running PostgreSQL that belongs to this process. */
export interface OwnedPostgres {
  readonly connection: PostgresConnection;
  /** Resolves with a reason if postgres dies although nobody stopped it; `stop` is still to be called then. */
  readonly unexpectedExit: Promise<string>;
  /**
   * Shuts postgres down and gives the data directory free; calling it again changes nothing.
   *
   * When asked to, it first waits for other clients to leave, for at most a minute or until
   * it is called again without that wish.
   */
  readonly stop: (options?: { waitForOtherClients?: boolean }) => Promise<void>;
}

const upkeepIntervalMs = 60 * 60 * 1000;
/** An owner that stops lets other commands finish for a minute, and PostgreSQL writes everything. */
const passingPatienceMs = 90_000;
const unknownPatienceMs = 5_000;
const findPatienceMs = 60_000;
const findPollMs = 50;

/**
 * A PostgreSQL of our own, ready for connections, which ends when this process does.
 *
 * The data directory has one owner at a time, for as long as that process lives. One that is
 * soon over, or just stopping, is waited for, for at most a minute and a half. What a
 * killed owner left running is ended before anything else. The cluster is created on
 * first use. It listens on a private socket and nowhere else, admits this process's own
 * operating-system user as the role `tributary`, and never runs as root. That role owns
 * the database and may create others, but is no superuser.
 *
 * @throws {DataDirectoryInUse}
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<OwnedPostgres> {
  // Root's is open to passing through, so that postgres, which is not root, gets to its part; what lies inside is closed.
  await mkdir(options.dataDirectory, { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 });
  const dataDirectory = await realpath(options.dataDirectory);
  const lock = await waitForLock(options, dataDirectory);
  const release = async () => {
    try {
      await removeOwnerRecord(dataDirectory);
    } finally {
      lock.release();
    }
  };
  try {
    return await startOwned({ ...options, dataDirectory }, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** The lock of the data directory. @throws {DataDirectoryInUse} when it has an owner that stays */
async function waitForLock(
  { clock, onProgress }: EmbeddedPostgresOptions,
  dataDirectory: string,
): Promise<OwnerLock> {
  const beganAt = clock.now();
  let told: number | undefined;
  for (;;) {
    const lock = await acquireOwnerLock(lockPathOf(dataDirectory), clock);
    if (lock !== undefined) return lock;
    const record = await readOwnerRecord(dataDirectory);
    const owner = record !== undefined && isOwnerAlive(record) ? record : undefined;
    // One that has only just taken over from an owner that was killed has not said yet who it is.
    const isUnknown = owner === undefined && clock.now() < beganAt + unknownPatienceMs;
    const isSoonGone = owner?.isPassing === true || owner?.state === 'stopping';
    if (!(isUnknown || isSoonGone) || clock.now() > beganAt + passingPatienceMs)
      throw new DataDirectoryInUse(dataDirectory, owner);
    if (isSoonGone && told !== owner.pid)
      onProgress?.(`waiting for "${owner.purpose}" (process ${owner.pid})`);
    told = owner?.pid;
  }
}

/**
 * The version of the PostgreSQL that a start would run in this data directory, as it says it: "18.4". Nothing is
 * started; as root a copy of the programs may be made, as a start would.
 *
 * @throws {Error} when it does not run, with what to do
 */
export async function findEmbeddedVersion(dataDirectory: string, place: BinariesPlace): Promise<string> {
  const user = await chooseClusterUser(clusterDirectoryOf(dataDirectory));
  const { version, discard } = await preparePostgresBinaries(user, systemClock, place);
  await discard();
  return version;
}

/**
 * Where the running instance of this data directory listens, or undefined when nobody owns it.
 *
 * An owner that is still starting, or just stopping, is waited for. Never disturbs an
 * owner, nor a start that happens at the same time.
 */
export async function findRunningPostgres(dataDirectory: string): Promise<PostgresConnection | undefined> {
  const giveUpAt = systemClock.now() + findPatienceMs;
  // Never creates the file: whoever only asks leaves nothing behind.
  while (existsSync(lockPathOf(dataDirectory)) && isOwnerLockHeld(lockPathOf(dataDirectory))) {
    const owner = await readOwnerRecord(dataDirectory);
    // A record may be an earlier owner's, which the present one has not replaced yet.
    if (
      owner?.state === 'ready' &&
      owner.socketDirectory !== undefined &&
      isOwnerAlive(owner) &&
      (await isAnswering(owner.socketDirectory))
    ) {
      return connectionTo(owner.socketDirectory);
    }
    if (systemClock.now() > giveUpAt) {
      throw new OperatorTrouble(
        `The owner of the data directory ${dataDirectory} is neither ready nor gone after ${findPatienceMs / 1000} seconds: try again later.`,
      );
    }
    await systemClock.sleep(findPollMs);
  }
  return undefined;
}

/** Starts postgres in a data directory whose lock we hold, and makes it the caller's. */
async function startOwned(
  options: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<OwnedPostgres> {
  const { dataDirectory, clock } = options;
  const user = await chooseClusterUser(clusterDirectoryOf(dataDirectory));
  await removeSocketDirectory((await readOwnerRecord(dataDirectory))?.socketDirectory, user);
  const since = new Date(clock.now()).toISOString();
  const announce: Announce = (state, sockets) =>
    writeOwnerRecord(
      dataDirectory,
      omitUndefined({
        pid: process.pid,
        purpose: options.purpose,
        isPassing: options.isPassing,
        since,
        state,
        socketDirectory: sockets === undefined ? undefined : sockets.path,
        port: sockets === undefined ? undefined : socketPort,
      }),
    );
  await announce('starting');
  const cluster = await openCluster(options, user);
  const run = await startRun(cluster, announce);
  return own(run, announce, release);
}

type Announce = (state: OwnerRecord['state'], sockets?: SocketDirectory) => Promise<void>;

async function openCluster(options: EmbeddedPostgresOptions, user: ClusterUser): Promise<Cluster> {
  const { dataDirectory, clock, settings = {}, onProgress } = options;
  const binaries = await preparePostgresBinaries(user, clock, options);
  const log = await openServerLog(dataDirectory);
  let told: string | undefined;
  const tellOnce = (message: string) => {
    if (message !== told) {
      told = message;
      onProgress?.(message);
    }
  };
  const directory = clusterDirectoryOf(dataDirectory);
  return { dataDirectory, directory, user, binaries, log, clock, settings, onProgress: tellOnce };
}

function own(run: ServerRun, announce: Announce, release: () => Promise<void>): OwnedPostgres {
  const { cluster, sockets, server } = run;
  const connection = connectionTo(sockets.path);
  const hurry = new AbortController();
  let stopping: Promise<void> | undefined;
  const endUpkeep = cluster.clock.every(upkeepIntervalMs, () => {
    // Housekeeping that fails is tried again in an hour, and postgres runs on without it.
    cluster.log.bound().catch(() => undefined);
    cluster.binaries.refresh().catch(() => undefined);
  });
  const stop = async (waits: boolean) => {
    endUpkeep();
    try {
      // A full disk is no reason not to stop.
      await announce('stopping', sockets).catch(() => undefined);
      if (waits) {
        await waitForOtherClients(connection, cluster.clock, hurry.signal);
      }
      await endRun(run);
    } finally {
      await release();
    }
  };
  return {
    connection,
    unexpectedExit: new Promise((resolve) => {
      void server.ended.then(({ how }) => {
        if (stopping === undefined) {
          resolve(`PostgreSQL ended although nobody stopped it (${how}); ${cluster.log.path} may say why.`);
        }
      });
    }),
    stop: ({ waitForOtherClients: waits = false } = {}) => {
      if (!waits) {
        hurry.abort(new Error('asked to stop without waiting'));
      }
      stopping ??= stop(waits);
      return stopping;
    },
  };
}

function clusterDirectoryOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres');
}

function lockPathOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'owner.lock');
}
