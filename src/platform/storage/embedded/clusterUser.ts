import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** Who runs postgres and owns its files, and who may speak to it. */
export interface ClusterUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** The user of this process: the only one the socket admits. */
  readonly serviceName: string;
  /** What a spawn needs to become the cluster's user; empty when we are that user already. */
  readonly spawnAs: { readonly uid?: number; readonly gid?: number };
}

/** How a command ended that ran as the cluster's user. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything a child of ours gets to see of the environment; LC_ALL keeps postgres' words the ones we can read. */
export const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' } as const;

/**
 * The user that works in this cluster.
 *
 * An ordinary user runs postgres as themselves. Root cannot (postgres refuses), so the
 * owner of an existing cluster keeps it, and a new one goes to `tributary` where that
 * user exists, else to `nobody`.
 */
export async function chooseClusterUser(clusterDirectory: string): Promise<ClusterUser> {
  const owner = (await stat(clusterDirectory).catch(() => undefined))?.uid;
  const serviceUid = process.geteuid?.();
  if (serviceUid === undefined) {
    throw new OperatorTrouble(
      'The embedded PostgreSQL runs on Linux and macOS only: name a PostgreSQL server in TRIBUTARY_DATABASE_URL.',
    );
  }
  const serviceName = findOwnName(serviceUid);
  if (serviceUid !== 0) {
    if (owner !== undefined && owner !== serviceUid) {
      throw new OperatorTrouble(
        `The database in ${clusterDirectory} belongs to the user with id ${owner}, and this process runs as ${serviceName}: ` +
          'start it as that user or as root, or use another data directory.',
      );
    }
    return { name: serviceName, uid: serviceUid, gid: process.getegid?.() ?? 0, serviceName, spawnAs: {} };
  }
  const { name, uid, gid } = await chooseUnprivileged(clusterDirectory, owner);
  return { name, uid, gid, serviceName, spawnAs: { uid, gid } };
}

function findOwnName(uid: number): string {
  try {
    return os.userInfo().username;
  } catch {
    throw new OperatorTrouble(
      `The user id ${uid} of this process has no entry in /etc/passwd, which PostgreSQL needs: ` +
        'add one, run as another user, or name a PostgreSQL server in TRIBUTARY_DATABASE_URL.',
    );
  }
}

async function chooseUnprivileged(clusterDirectory: string, owner: number | undefined) {
  const users = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(
      ({ name, uid, gid }) => name !== '' && Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0,
    );
  const chosen =
    owner === undefined
      ? (users.find(({ name }) => name === 'tributary') ?? users.find(({ name }) => name === 'nobody'))
      : users.find(({ uid }) => uid === owner);
  if (chosen !== undefined) {
    return chosen;
  }
  throw new OperatorTrouble(
    owner === undefined
      ? 'PostgreSQL does not run as root, and /etc/passwd names neither "tributary" nor "nobody" to run it as: add the user tributary.'
      : `The database in ${clusterDirectory} belongs to the user id ${owner}, which cannot run PostgreSQL ` +
          '(it is root, or /etc/passwd does not know it): give the directory and everything in it to the user who ran it before.',
  );
}

/**
 * What a short command printed when run with the rights of the cluster's user.
 *
 * Whatever happens inside directories which that user may write is done through here:
 * links planted there then lead no further than the user could have gone anyway.
 * Rejects only when the command could not be started at all.
 */
export function runAs(
  user: ClusterUser,
  command: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<CommandOutcome> {
  const [file, ...rest] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      rest,
      { cwd: options.cwd ?? '/', env: childEnvironment, maxBuffer: 16 * 1024 * 1024, ...user.spawnAs },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code === 'string') {
          reject(Object.assign(new Error(error.message), { code: error.code }));
          return;
        }
        resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      },
    );
    // A command that ends without reading its input closes the pipe under us.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Whether the cluster's user gets as far as this directory: asked of the kernel, which alone knows every rule. */
export async function canEnter(user: ClusterUser, directory: string): Promise<boolean> {
  const answer = await runAs(user, ['/bin/sh', '-c', 'cd -- "$1"', 'sh', directory]);
  return answer.exitCode === 0;
}
