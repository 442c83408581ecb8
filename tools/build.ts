import { spawnSync } from 'node:child_process';
import { cp, glob, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * `npm run build [-- FOLDER]`: what a release runs, in `dist/` or in that folder, which is made anew. What browsers get
 * goes there as it is.
 */
const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, 'dist');
await rm(folder, { recursive: true, force: true });
const programs = [
  ['-p', 'tsconfig.browser.json'],
  ['-p', 'tsconfig.build.json', '--outDir', folder],
];
for (const words of programs) {
  const { status } = spawnSync('tsc', words, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
for await (const asset of glob('**/assets/*', { cwd: join(root, 'src') }))
  await cp(join(root, 'src', asset), join(folder, asset));
