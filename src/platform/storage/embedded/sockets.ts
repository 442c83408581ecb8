import { chmod, chown, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ClusterUser, runAs } from './clusterUser.ts';
import { findTemporaryDirectory } from './readableCopy.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** PostgreSQL names its socket after a port, which means nothing more here. */
export const socketPort = 5432;
/** The name of PostgreSQL's socket in its directory, which follows from the port. */
export const socketFile = `.s.PGSQL.${socketPort}`;
/** The kernel's limit for a socket's path, less the final zero. */
const socketPathMaxBytes = 107;

/** The private directory that holds the socket of one run, and the rules for who may use it. */
export interface SocketDirectory {
  readonly path: string;
  readonly hbaFile: string;
  readonly identFile: string;
}

/**
 * Makes a fresh socket directory that only the cluster's user (and root) can enter.
 *
 * The kernel tells PostgreSQL who is calling, and only the service's own user is let in,
 * as the role tributary. The rules lie here and not in the cluster, and are written
 * before the directory changes hands: root never writes where another user could have
 * planted a link.
 */
export async function createSocketDirectory(user: ClusterUser): Promise<SocketDirectory> {
  const fits = (parent: string) =>
    Buffer.byteLength(path.join(parent, 'tributary-XXXXXX', socketFile)) <= socketPathMaxBytes;
  const parent = await findTemporaryDirectory(user, fits);
  const directory = await mkdtemp(path.join(parent, 'tributary-'));
  const sockets = {
    path: directory,
    hbaFile: path.join(directory, 'pg_hba.conf'),
    identFile: path.join(directory, 'pg_ident.conf'),
  };
  if (/["/\s]/.test(user.serviceName)) {
    throw new OperatorTrouble(
      'The name of the user this process runs as has characters that PostgreSQL cannot match.',
    );
  }
  await writeFile(sockets.hbaFile, 'local all all peer map=tributary\n', { mode: 0o600 });
  await writeFile(sockets.identFile, `tributary "${user.serviceName}" tributary\n`, { mode: 0o600 });
  await chown(sockets.hbaFile, user.uid, user.gid);
  await chown(sockets.identFile, user.uid, user.gid);
  await chmod(directory, 0o700);
  await chown(directory, user.uid, user.gid);
  return sockets;
}

/** Removes a socket directory of ours, also one that a killed owner recorded; anything else stays. */
export async function removeSocketDirectory(directory: string | undefined, user: ClusterUser): Promise<void> {
  if (directory === undefined || !/^tributary-[A-Za-z0-9]{6}$/.test(path.basename(directory))) {
    return;
  }
  if (user.spawnAs.uid === undefined) {
    await rm(directory, { recursive: true, force: true });
  } else {
    await runAs(user, ['/bin/rm', '-rf', '--', directory]);
    // Where that user may not write beside it, the empty directory is left to us.
    await rmdir(directory).catch(() => undefined);
  }
}
