import process from 'node:process';

/** How `npm run mutate` (tools/mutate.ts) breaks the code; which files and tests, it says itself. */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A break that never ends is noticed by its time; the machine may be busy.
  timeoutMS: 20_000,
  tempDirName: 'var/mutation',
  ignorePatterns: ['/bench/results', '/var', '/coverage', '/dist'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: process.env.TRIBUTARY_MUTATION_REPORT ?? 'var/mutation-report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
};
