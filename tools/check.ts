import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { argv, stdout } from 'node:process';

/**
 * `npm run check`: everything that can be known without a database, each step's time beside it. All steps run, so that
 * one run shows everything that is wrong; two at once, the longest first, because most of them use one core.
 *
 * Format and types remember what has not changed, by content, in `node_modules/.cache`. Lint does not: most of its
 * rules ask for types, which other files change.
 *
 * `--without-tests` leaves out the unit tests, for whoever has just run `npm test`, which has them too.
 */
const cache = 'node_modules/.cache/check';
const cacheOfFormat = ['--cache', '--cache-strategy', 'content', '--cache-location', `${cache}/format`];
const steps: readonly (readonly [name: string, command: string, ...words: string[]])[] = [
  ['lint', 'eslint', '--max-warnings', '0', '.'],
  ['types', 'tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', `${cache}/types.tsbuildinfo`],
  ['format', 'prettier', '--check', '--log-level', 'warn', ...cacheOfFormat, '.'],
  ['types of browser scripts', 'tsc', '-p', 'tsconfig.browser.json'],
  ['boundaries', 'depcruise', '--config', 'tools/boundaries.js', '--output-type', 'err', 'src'],
  ['generated files', 'node', 'tools/generate.ts', '--check'],
  ['unit tests', 'vitest', 'run', '--config', 'vitest.unit.config.ts', '--reporter', 'dot'],
];

const began = performance.now();
const withoutTests = argv.includes('--without-tests');
const waiting = steps.filter(([name]) => !(withoutTests && name === 'unit tests'));
const failed: string[] = [];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, runSteps));
console.log(
  failed.length === 0 ? `Everything is well (${secondsSince(began)} s).` : `FAILED: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** One after another, until none is left. */
async function runSteps(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const [name, command, ...words] = step;
    const stepBegan = performance.now();
    const { code, said } = await run(command, words);
    stdout.write(said);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(stepBegan)} s)`);
    if (code !== 0) failed.push(name);
  }
}

/** What it says is kept until its end, so that two do not talk at once. */
function run(
  command: string,
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const color = stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...color },
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said: Buffer.concat(chunks).toString() }));
  });
}

function secondsSince(moment: number): string {
  return ((performance.now() - moment) / 1000).toFixed(1);
}
