import { ensureDatabase, type PostgresConnection } from './clients.ts';
import type { Cluster } from './cluster.ts';
import type { GuardedProcess } from './guardedProcess.ts';
import { ensureCluster } from './initialise.ts';
import { startPostmaster, stopPostmaster } from './postmaster.ts';
import { createSocketDirectory, removeSocketDirectory, type SocketDirectory, socketPort } from './sockets.ts';

/** One run of the server: what has to be ended and removed after it. */
export interface ServerRun {
  readonly cluster: Cluster;
  readonly sockets: SocketDirectory;
  readonly server: GuardedProcess;
}

/**
 * Brings the server up, with its database, creating the cluster first where there is none.
 *
 * The socket directory is announced before anything listens there, so that it can be
 * found and removed if we are killed in between. A start that fails leaves nothing behind.
 */
export async function startRun(
  cluster: Cluster,
  announce: (state: 'starting' | 'ready', sockets: SocketDirectory) => Promise<void>,
): Promise<ServerRun> {
  const run: Partial<ServerRun> & Pick<ServerRun, 'cluster'> = { cluster };
  try {
    await ensureCluster(cluster);
    const sockets = await createSocketDirectory(cluster.user);
    Object.assign(run, { sockets });
    await announce('starting', sockets);
    const server = await startPostmaster(cluster, sockets);
    Object.assign(run, { server });
    await ensureDatabase(connectionTo(sockets.path));
    await announce('ready', sockets);
    return { cluster, sockets, server };
  } catch (error) {
    await endRun(run);
    throw error;
  }
}

/** Stops the server, if it got that far, and removes whatever was made for this run alone. */
export async function endRun({
  cluster,
  sockets,
  server,
}: Partial<ServerRun> & Pick<ServerRun, 'cluster'>): Promise<void> {
  try {
    if (server !== undefined) {
      await stopPostmaster(server, cluster);
    }
  } finally {
    await removeSocketDirectory(sockets?.path, cluster.user);
    await cluster.binaries.discard();
    await cluster.log.close();
  }
}

/** How the service reaches the server that listens in this directory. */
export function connectionTo(socketDirectory: string): PostgresConnection {
  return { host: socketDirectory, port: socketPort, user: 'tributary', database: 'tributary' };
}
