import { spawnSync } from 'node:child_process';
import { testsOf } from './mutation/testsOf.ts';

/**
 * `npm run mutate -- FILE …`: breaks each file in every way that Stryker knows, one break at a time, runs the tests that
 * concern the file, and prints the breaks that none of them noticed, and the share that was. Without a file, all of
 * `mutation/testsOf.ts`, which takes hours.
 *
 * One file at a time: a break is judged by the tests of its own file alone, so that what holds by chance, far away, does
 * not count as tested.
 */
const named = process.argv.slice(2);
const unknown = named.filter((file) => !(file in testsOf));
if (unknown.length > 0) {
  console.error(
    `Not in tools/mutation/testsOf.ts, where the tests that concern a file are named: ${unknown.join(', ')}`,
  );
  process.exit(2);
}
let failed = false;
for (const file of named.length > 0 ? named : Object.keys(testsOf)) {
  console.log(`\n== ${file}`);
  const { status } = spawnSync('stryker', ['run', '--mutate', file], {
    stdio: 'inherit',
    env: { ...process.env, TRIBUTARY_MUTATION_TESTS: testsOf[file]!.join(',') },
  });
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
