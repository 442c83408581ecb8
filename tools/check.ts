import { spawnSync } from 'node:child_process';

/**
 * `npm run check`: everything that can be known without a database, each step's time beside it. All steps run,
 * so that one run shows everything that is wrong.
 */
const steps: readonly (readonly [name: string, command: string, ...words: string[]])[] = [
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['types', 'tsc', '-p', '.'],
  ['types of browser scripts', 'tsc', '-p', 'tsconfig.browser.json'],
  ['lint', 'eslint', '--max-warnings', '0', '.'],
  ['boundaries', 'depcruise', '--config', 'tools/boundaries.js', '--output-type', 'err', 'src'],
  ['generated files', 'node', 'tools/generate.ts', '--check'],
  ['unit tests', 'vitest', 'run', '--config', 'vitest.unit.config.ts', '--reporter', 'dot'],
];

let failed = false;
for (const [name, command, ...words] of steps) {
  const began = performance.now();
  const { status } = spawnSync(command, words, { stdio: 'inherit' });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
