import { chown, lstat, mkdir, open, readdir, readFile, rename, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { type Cluster, findDataPath } from './cluster.ts';
import { runAs } from './clusterUser.ts';
import { describeFailedProgram } from './failedProgram.ts';
import { startGuarded } from './guardedProcess.ts';
import { killProcessesIn } from './leftovers.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** Nobody connects as the superuser, which is why the service's role is an ordinary one; it may create databases. */
const firstStatements = `CREATE ROLE tributary LOGIN CREATEDB;
GRANT pg_monitor, pg_checkpoint TO tributary;
CREATE DATABASE tributary OWNER tributary;
`;

/**
 * Makes sure that the data directory holds a cluster that these binaries can open.
 *
 * A new one is made under another name and renamed when it is complete and on disk: a
 * cluster either exists whole or not at all, however the process making it dies.
 * A cluster of another version is refused before anything in it is touched.
 */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  const stats = await lstat(cluster.directory).catch(() => undefined);
  if (stats !== undefined && (!stats.isDirectory() || (await readdir(cluster.directory)).length > 0)) {
    await requireSameVersion(cluster);
    return;
  }
  cluster.onProgress('initialising');
  const making = `${cluster.directory}.initialising`;
  await removeUnfinished(cluster, making);
  await mkdir(making, { mode: 0o700 });
  await chown(making, cluster.user.uid, cluster.user.gid);
  await createCluster(cluster, making);
  await rename(making, cluster.directory);
  await sync(cluster.dataDirectory);
}

async function requireSameVersion({ directory, binaries }: Cluster): Promise<void> {
  const version = await readFile(path.join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const found = /^\d+/.exec(version ?? '')?.[0];
  if (found === undefined) {
    throw new OperatorTrouble(
      `${directory} is not a PostgreSQL cluster, and is not empty either: move it away or use another data directory.`,
    );
  }
  if (found !== String(binaries.major)) {
    throw new OperatorTrouble(
      `The database in ${directory} is of PostgreSQL ${found}, and this installation runs PostgreSQL ${binaries.major}. ` +
        'Nothing was changed. Dump it with the installation that made it and load the dump into a new data directory, ' +
        `or name the programs of PostgreSQL ${found} in TRIBUTARY_POSTGRES_DIR.`,
    );
  }
}

async function removeUnfinished(cluster: Cluster, making: string): Promise<void> {
  if ((await lstat(making).catch(() => undefined)) === undefined) {
    return;
  }
  await killProcessesIn(making, cluster);
  // As the user who may have written there: a link planted inside must not lead root elsewhere.
  const emptied = await runAs(cluster.user, ['/bin/sh', '-c', 'rm -rf -- ./* ./.[!.]*'], { cwd: making });
  if (emptied.exitCode !== 0) {
    throw new OperatorTrouble(
      `The leftovers of an interrupted initialisation cannot be removed, please do: ${making}`,
    );
  }
  await rmdir(making);
}

async function createCluster(cluster: Cluster, making: string): Promise<void> {
  const { binaries, user, log, clock, settings } = cluster;
  const dataPath = await findDataPath(user, making);
  const logged = await log.size();
  const initdb = startGuarded({
    file: binaries.initdb,
    args: [
      ...['-D', dataPath, '--username=postgres', '--encoding=UTF8', '--locale=C'],
      ...chooseLocale(binaries.major),
      ...['--data-checksums', '--no-instructions'],
      // Ours replace these at every start; without them, nobody gets in.
      ...['--auth-local=reject', '--auth-host=reject'],
      ...(settings['fsync'] === 'off' ? ['--no-sync'] : []),
    ],
    directory: making,
    user,
    log,
    clock,
  });
  const { isSuccess, how } = await initdb.ended;
  if (!isSuccess) {
    throw describeFailedProgram({
      failure: `PostgreSQL could not initialise ${cluster.directory} (initdb: ${how}):`,
      directory: cluster.directory,
      printed: await log.tail(logged),
    });
  }
  const single = [binaries.postgres, '--single', '-D', dataPath, '-c', 'exit_on_error=on'] as const;
  const durability = settings['fsync'] === undefined ? [] : ['-c', `fsync=${settings['fsync']}`];
  // Reads its statements from us, and so ends when we do.
  const first = await runAs(user, [...single, ...durability, 'postgres'], {
    cwd: making,
    input: firstStatements,
  });
  if (first.exitCode !== 0) {
    throw describeFailedProgram({
      failure: `PostgreSQL could not prepare ${cluster.directory} (exit code ${first.exitCode}):`,
      directory: cluster.directory,
      printed: first.stderr.slice(-2000),
    });
  }
}

/** Code point order like C, and yet upper, lower and patterns know more letters than ASCII's. */
function chooseLocale(major: number): readonly string[] {
  return major >= 17
    ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : // The system's C library knows the same for types of characters; glibc has this locale without a package.
      ['--lc-ctype=C.UTF-8'];
}

/** Brings a renaming to disk, which belongs to the directory and not to what was renamed. */
async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
