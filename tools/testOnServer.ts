import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findServerTests } from './findServerTests.ts';

/**
 * `npm run test:server -- URL [part of a file name …]`: the tests that are to pass on every PostgreSQL, or the files
 * named, on the server (15 to 18) at URL instead of the embedded one. The role must be allowed to create databases.
 */
const [url, ...named] = process.argv.slice(2);
if (url === undefined || !/^postgres(ql)?:\/\//.test(url)) {
  console.error('Usage: npm run test:server -- postgresql://USER@HOST/DATABASE [part of a test file name …]');
  process.exit(2);
}
const files = named.length > 0 ? named : findServerTests(join(import.meta.dirname, '..')).everywhere;
const { status } = spawnSync('vitest', ['run', ...files], {
  stdio: 'inherit',
  env: { ...process.env, TRIBUTARY_TEST_DATABASE_URL: url },
});
process.exitCode = status ?? 1;
