import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { foundations, type Foundation } from './mutation/foundations.ts';
import { readScores } from './mutation/readScores.ts';

/**
 * `npm run mutate -- FILE …`: breaks each file in every way that Stryker knows, one break at a time, runs the tests that
 * concern the file, prints the breaks that none of them noticed, and the share that was, and fails when it is lower
 * than recorded. Without a file, all of `mutation/foundations.ts`, which takes hours. What a FILE begins with is enough.
 *
 * `FILE:10-20` breaks these lines alone, and holds no share against them.
 *
 * A break is judged by the tests of its own file alone, so that what holds by chance, far away, does not count as tested.
 */
const report = `var/mutation-report-${process.pid}.json`;
const named = process.argv.slice(2);
const withoutLines = (what: string) => what.replace(/:\d+-\d+$/, '');
const wants = (what: string, file: string) => file.startsWith(withoutLines(what));
const unknown = named.filter((what) => !allFiles().some((file) => wants(what, file)));
if (unknown.length > 0) {
  console.error(
    `Not in tools/mutation/foundations.ts, where the tests that concern a file are named: ${unknown.join(', ')}`,
  );
  process.exit(2);
}
const results = foundations.flatMap(measure);
console.log(results.map(({ line }) => line).join('\n'));
process.exitCode = results.some(({ isLower }) => isLower) ? 1 : 0;

function allFiles(): string[] {
  return foundations.flatMap(({ files }) => Object.keys(files));
}

/** Files with the same tests are measured in one run. */
function measure({ tests, files }: Foundation): { readonly line: string; readonly isLower: boolean }[] {
  const broken = Object.keys(files).flatMap((file) =>
    named.length === 0
      ? [file]
      : named.filter((what) => wants(what, file)).map((what) => what.replace(withoutLines(what), file)),
  );
  if (broken.length === 0) return [];
  rmSync(report, { force: true });
  spawnSync('stryker', ['run', '--mutate', broken.join(',')], {
    stdio: 'inherit',
    env: { ...process.env, TRIBUTARY_MUTATION_TESTS: tests.join(','), TRIBUTARY_MUTATION_REPORT: report },
  });
  const scores = readScores(report);
  if (scores === undefined) return [{ line: `not measured: ${broken.join(', ')}`, isLower: true }];
  return scores.map(({ file, noticed, breaks, share }) => {
    const least = broken.includes(file) ? (files[file] ?? 0) : 0;
    const isLower = share < least;
    const line = `${share.toFixed(1).padStart(5)} % (${noticed} of ${breaks}) ${file}`;
    return { line: isLower ? `${line}: less than ${least} %, as recorded` : line, isLower };
  });
}
