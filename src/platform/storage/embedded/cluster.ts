import type { Clock } from '../../time/clock.ts';
import { canEnter, type ClusterUser } from './clusterUser.ts';
import type { PostgresBinaries } from './postgresBinaries.ts';
import type { ServerLog } from './serverLog.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** One PostgreSQL cluster on disk and everything needed to work on it. */
export interface Cluster {
  readonly dataDirectory: string;
  /** `<dataDirectory>/postgres`. */
  readonly directory: string;
  readonly user: ClusterUser;
  readonly binaries: PostgresBinaries;
  readonly log: ServerLog;
  readonly clock: Clock;
  readonly settings: Readonly<Record<string, string>>;
  readonly onProgress: (message: string) => void;
}

/**
 * The path by which a program started inside `directory` should name it.
 *
 * Below a directory that only root may enter the cluster's user cannot walk the real
 * path; the program's own working directory, which root chose for it, it can.
 */
export async function findDataPath(user: ClusterUser, directory: string): Promise<string> {
  if (user.spawnAs.uid === undefined || (await canEnter(user, directory))) {
    return directory;
  }
  if (process.platform !== 'linux') {
    throw new OperatorTrouble(
      `The user ${user.name}, as whom PostgreSQL runs, may not enter ${directory}: ` +
        'use a data directory it can reach, or do not run as root.',
    );
  }
  return '/proc/self/cwd';
}
