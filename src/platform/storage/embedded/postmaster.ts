import type { Cluster } from './cluster.ts';
import { findDataPath } from './cluster.ts';
import { describeFailedProgram } from './failedProgram.ts';
import { type GuardedProcess, startGuarded } from './guardedProcess.ts';
import { clearLeftovers, readServerStatus } from './leftovers.ts';
import { type SocketDirectory, socketPort } from './sockets.ts';

const readyPollMs = 10;
const retryMs = 200;
const retriesMs = 30_000;
const shutdownMs = { fast: 60_000, immediate: 10_000, kill: 10_000 };

const defaults: Readonly<Record<string, string>> = {
  // Durable unless asked otherwise: stated here, so that no file in the cluster can say less.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '192MB',
  max_wal_size: '2GB',
  // Our statements are short: compiling them costs more than it saves.
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  // Rows and statements are people's data, and the log is not the place for them.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/**
 * Starts the server of a cluster and waits until it accepts connections, recovery included.
 *
 * Whatever still works in the cluster is ended first. If PostgreSQL nevertheless finds
 * its lock file or shared memory in use, the whole is repeated for a bounded time: a
 * process that was only just being started may have slipped past.
 */
export async function startPostmaster(cluster: Cluster, sockets: SocketDirectory): Promise<GuardedProcess> {
  const { clock, log } = cluster;
  const giveUpAt = clock.now() + retriesMs;
  for (;;) {
    const isUnclean = await clearLeftovers(cluster);
    cluster.onProgress(isUnclean ? 'recovering' : 'starting');
    const logged = await log.size();
    const server = await spawnServer(cluster, sockets);
    if (await becomesReady(server, cluster)) {
      return server;
    }
    const tail = await log.tail(logged);
    const isInUse =
      /lock file "postmaster\.pid" (already exists|is empty)|pre-existing shared memory block/.test(tail);
    if (!isInUse || clock.now() > giveUpAt) {
      throw describeFailedProgram({
        failure: `PostgreSQL did not start (${(await server.ended).how}). The end of ${log.path}:`,
        directory: cluster.directory,
        printed: tail,
      });
    }
    await clock.sleep(retryMs);
  }
}

/**
 * Shuts the server down the gentlest way that works: connections ended and everything
 * written; then at once, to be recovered at the next start; then killed. Nothing of it
 * works in the cluster afterwards.
 */
export async function stopPostmaster(server: GuardedProcess, cluster: Cluster): Promise<void> {
  const steps = [
    ['SIGINT', shutdownMs.fast],
    ['SIGQUIT', shutdownMs.immediate],
    ['SIGKILL', shutdownMs.kill],
  ] as const;
  for (const [name, patienceMs] of steps) {
    if (server.hasEnded()) {
      break;
    }
    server.signal(name);
    await server.endsWithin(patienceMs);
  }
  await clearLeftovers(cluster);
}

async function spawnServer(cluster: Cluster, sockets: SocketDirectory): Promise<GuardedProcess> {
  const { binaries, directory, user, log, clock } = cluster;
  const settings = {
    ...defaults,
    ...cluster.settings,
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: sockets.path,
    hba_file: sockets.hbaFile,
    ident_file: sockets.identFile,
    log_destination: 'stderr',
    logging_collector: 'off',
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', await findDataPath(user, directory), ...given];
  return startGuarded({ file: binaries.postgres, args, directory, user, log, clock });
}

/** Watches the server's own status line, which costs it nothing and does not fill its log with refused callers. */
async function becomesReady(server: GuardedProcess, { directory, clock }: Cluster): Promise<boolean> {
  while (!server.hasEnded()) {
    const status = await readServerStatus(directory);
    if (status?.pid === server.pid && status?.isReady === true) {
      return true;
    }
    await clock.sleep(readyPollMs);
  }
  return false;
}
