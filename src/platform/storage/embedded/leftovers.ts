import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from './cluster.ts';
import { type ClusterUser, runAs } from './clusterUser.ts';
import { guardName } from './guardedProcess.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

type Surroundings = Pick<Cluster, 'user' | 'clock'>;

const pollMs = 50;
/** How long a server gets to finish its checkpoint, and then to drop everything. */
const fastShutdownMs = 30_000;
const immediateShutdownMs = 10_000;
/** Processes whose server was killed notice it themselves, unless they are busy. */
const orphansOwnExitMs = 300;
const giveUpMs = 60_000;

/**
 * Ends whatever an earlier owner left working in this cluster, and waits until it is gone.
 *
 * Call it only with the data directory's lock held: then whatever is found here has lost
 * its owner. A server is asked to shut down before it is told to; processes whose server
 * was killed under them are never asked politely, since a lone checkpointer would take
 * that for the order to write the final checkpoint. The lock file of a dead server is
 * removed only after nothing was found, since its number may by now be a stranger's
 * (in a container the numbers are always the same few) and would stop the next start.
 *
 * Returns whether there was an unclean end, so that the next start has to recover. On systems
 * without /proc nothing is done or removed, and PostgreSQL's own checks decide.
 */
export async function clearLeftovers(cluster: Cluster): Promise<boolean> {
  const { directory, clock } = cluster;
  if (process.platform !== 'linux') {
    return false;
  }
  const begunAt = clock.now();
  for (
    let found = await findProcessesIn(directory, cluster);
    found.length > 0;
    found = await findProcessesIn(directory, cluster)
  ) {
    const elapsed = clock.now() - begunAt;
    if (elapsed > giveUpMs) {
      throw new OperatorTrouble(
        `Processes of an earlier PostgreSQL still work in ${directory} and cannot be ended: ${found.join(', ')}.`,
      );
    }
    cluster.onProgress('waiting for an earlier database process to end');
    const server = (await readServerStatus(directory))?.pid;
    if (server !== undefined && found.includes(server)) {
      await endServer(server, found, elapsed, cluster.user);
    } else if (elapsed > orphansOwnExitMs) {
      const name = elapsed > orphansOwnExitMs + immediateShutdownMs ? 'KILL' : 'QUIT';
      await signal(cluster.user, name, found);
    }
    await clock.sleep(pollMs);
  }
  const lockFile = path.join(directory, 'postmaster.pid');
  const isUnclean = (await readFile(lockFile).catch(() => undefined)) !== undefined;
  await rm(lockFile, { force: true });
  return isUnclean;
}

/** Kills the programs that work in a directory whose content is about to be thrown away. */
export async function killProcessesIn(directory: string, surroundings: Surroundings): Promise<void> {
  const begunAt = surroundings.clock.now();
  for (;;) {
    const found = await findProcessesIn(directory, surroundings);
    if (found.length === 0) {
      return;
    }
    if (surroundings.clock.now() - begunAt > giveUpMs) {
      throw new OperatorTrouble(
        `Processes still work in ${directory} and cannot be ended: ${found.join(', ')}.`,
      );
    }
    await signal(surroundings.user, 'KILL', found);
    await surroundings.clock.sleep(pollMs);
  }
}

/** What the server of a cluster says about itself in `postmaster.pid`, believable only if that process is known to be it. */
export async function readServerStatus(
  directory: string,
): Promise<{ pid: number; isReady: boolean } | undefined> {
  const lines = (await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined;
}

async function endServer(
  server: number,
  everyone: readonly number[],
  elapsedMs: number,
  user: ClusterUser,
): Promise<void> {
  if (elapsedMs < fastShutdownMs) {
    await signal(user, 'INT', [server]);
  } else if (elapsedMs < fastShutdownMs + immediateShutdownMs) {
    await signal(user, 'QUIT', [server]);
  } else {
    await signal(user, 'KILL', everyone);
  }
}

/** As the cluster's user: root in a container may lack the right, and no stranger's process can be hit. */
async function signal(
  user: ClusterUser,
  name: 'INT' | 'QUIT' | 'KILL',
  pids: readonly number[],
): Promise<void> {
  await runAs(user, ['/bin/sh', '-c', 'kill -s "$@"', 'sh', name, ...pids.map(String)]);
}

/**
 * The living programs of PostgreSQL's whose working directory this is.
 *
 * Asked as the cluster's user, because root in a container may not look into the
 * processes of others. The dead that nobody has collected are not found: they have no
 * directory any more.
 */
async function findProcessesIn(directory: string, { user }: Surroundings): Promise<number[]> {
  const script = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef . ] && echo "${p#/proc/}"; done; :';
  const { stdout } = await runAs(user, ['/bin/sh', '-c', script], { cwd: directory });
  if (stdout === '') {
    // The shell that asked stands there too: seeing nobody means seeing nothing, and proves nothing.
    throw new OperatorTrouble(
      'The processes of this machine cannot be seen: PostgreSQL needs /proc to be mounted.',
    );
  }
  const found: number[] = [];
  for (const pid of stdout.split('\n').filter(Boolean)) {
    if (await isOurs(pid)) {
      found.push(Number(pid));
    }
  }
  return found;
}

/** Shells and editors of people who stand in the directory are not; a guard that is about to become the server is. */
async function isOurs(pid: string): Promise<boolean> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  if (name === 'postgres' || name === 'initdb') {
    return true;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const session = status.slice(status.lastIndexOf(')')).split(' ')[4];
  // The guard leads its session, unlike the watcher that it leaves behind.
  return command.includes(`\0${guardName}\0`) && session === pid;
}
