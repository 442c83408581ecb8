import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findTests } from './findTests.ts';

/** `npm run test:long [-- part of a file name …]`: every test that `npm test` runs in short, or those named, in full. */
const named = process.argv.slice(2);
const files =
  named.length > 0 ? named : findTests(join(import.meta.dirname, '..'), /\bTRIBUTARY_TEST_LONG\b/);
const { status } = spawnSync('vitest', ['run', ...files], {
  stdio: 'inherit',
  env: { ...process.env, TRIBUTARY_TEST_LONG: '1' },
});
process.exitCode = status ?? 1;
