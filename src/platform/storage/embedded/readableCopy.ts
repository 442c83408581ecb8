import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, cp, lstat, lutimes, mkdtemp, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../time/clock.ts';
import { canEnter, type ClusterUser } from './clusterUser.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';
import type { LibraryLink } from './linkLibraries.ts';

/** A copy of PostgreSQL's files that the cluster's user can read and only this process's user can change. */
export interface ReadableCopy {
  readonly directory: string;
  /** Makes the files look used, since systems remove what lies untouched in temporary directories for days. */
  readonly refresh: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

interface Entry {
  readonly path: string;
  readonly stats: Stats;
  /** Everything that tells the original from a damaged copy; file sizes suffice, since copies appear by renaming. */
  readonly line: string;
}

/** What is copied, and the links that belong in it and could not be made there. */
interface Original {
  readonly native: string;
  readonly missing: readonly LibraryLink[];
}

/**
 * Copies the binaries (60 MB) to where the cluster's user can run them, once per machine and content.
 *
 * Needed when the checkout lies below a directory only root may enter: PostgreSQL resolves
 * its own path to find its files, so no descriptor passed to it can stand in for one. Needed
 * too when links are missing in it and this process may not write there.
 * An earlier copy is used only if it is complete, root's, and closed to other writers. A
 * name that somebody else occupies is left alone, and the copy gets a name of its own.
 */
export async function copyReadably(
  { native, missing }: Original,
  user: ClusterUser,
  clock: Clock,
): Promise<ReadableCopy> {
  const there = (await describeTree(native)).map(({ line }) => line);
  const wanted = joinLines([...there, ...missing.map(({ name, target }) => `${name} -> ${target}`)]);
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const parent = await findTemporaryDirectory(user);
  const shared = path.join(parent, `tributary-postgresql-${digest}`);
  const lasting = {
    directory: shared,
    refresh: () => touch(shared, clock),
    discard: () => Promise.resolve(),
  };
  if (await isIntact(shared, wanted)) {
    await touch(shared, clock);
    return lasting;
  }
  const fresh = await mkdtemp(`${shared}-`);
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
  for (const { name, target } of missing) await symlink(target, path.join(fresh, name));
  await openToReaders(fresh);
  if (await isOurs(shared)) {
    // Damaged, or else it would have been used.
    await rm(shared, { recursive: true, force: true });
  }
  try {
    await rename(fresh, shared);
    return lasting;
  } catch {
    return {
      directory: fresh,
      refresh: () => touch(fresh, clock),
      discard: () => rm(fresh, { recursive: true, force: true }),
    };
  }
}

/** A directory for short-lived things which the cluster's user reaches too. */
export async function findTemporaryDirectory(
  user: ClusterUser,
  acceptable: (directory: string) => boolean = () => true,
): Promise<string> {
  const candidates = [...new Set([os.tmpdir(), '/tmp'])];
  for (const candidate of candidates) {
    if (acceptable(candidate) && (await canEnter(user, candidate))) {
      return candidate;
    }
  }
  throw new OperatorTrouble(
    `No temporary directory suits PostgreSQL: it needs one with a short path that the user ${user.name} may enter (tried ${candidates.join(', ')}).`,
  );
}

async function describeTree(root: string, below = '.'): Promise<Entry[]> {
  const target = path.join(root, below);
  const stats = await lstat(target);
  if (stats.isDirectory()) {
    const names = (await readdir(target)).sort();
    const inside: Entry[] = [];
    for (const name of names) {
      inside.push(...(await describeTree(root, path.join(below, name))));
    }
    return [{ path: target, stats, line: `${below} directory` }, ...inside];
  }
  const content = stats.isSymbolicLink()
    ? `-> ${await readlink(target)}`
    : `${stats.size} ${isExecutable(stats)}`;
  return [{ path: target, stats, line: `${below} ${content}` }];
}

async function isIntact(directory: string, wanted: string): Promise<boolean> {
  if (!(await isOurs(directory))) {
    return false;
  }
  const entries = await describeTree(directory);
  return (
    entries.every(({ stats }) => isRootsAlone(stats)) && joinLines(entries.map(({ line }) => line)) === wanted
  );
}

function joinLines(lines: readonly string[]): string {
  return [...lines].sort().join('\n');
}

async function isOurs(directory: string): Promise<boolean> {
  const stats = await lstat(directory).catch(() => undefined);
  return stats?.isDirectory() === true && isRootsAlone(stats);
}

function isRootsAlone(stats: Stats): boolean {
  return stats.uid === process.geteuid?.() && (stats.isSymbolicLink() || (stats.mode & 0o022) === 0);
}

function isExecutable(stats: Stats): boolean {
  return (stats.mode & 0o100) !== 0;
}

/** An installation made with a strict umask is readable by its owner alone, and the copy would be too. */
async function openToReaders(root: string): Promise<void> {
  for (const { path: target, stats } of await describeTree(root)) {
    if (!stats.isSymbolicLink()) {
      await chmod(target, stats.isDirectory() || isExecutable(stats) ? 0o755 : 0o644);
    }
  }
}

async function touch(root: string, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  for (const { path: target } of await describeTree(root)) {
    await lutimes(target, now, now);
  }
}
