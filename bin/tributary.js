#!/usr/bin/env node
/**
 * What npm links as `tributary`. Every Node since 14 can read this file, so that one which is too old for the rest is
 * told so in a sentence, and not by a stack from some package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = engines.node.replace(/^>=/, '');

if (isOlder(process.versions.node, needed)) {
  const brought = findBrought();
  process.stderr.write(
    `error: tributary needs Node ${needed} or newer, and this is ${process.versions.node}: ${
      brought === undefined
        ? 'install a newer one, or reinstall with optional dependencies, which bring Node 24'
        : `run it with the one that came along, ${brought} ${fileURLToPath(import.meta.url)}`
    }.\n`,
  );
  process.exitCode = 1;
} else {
  const { runProcess } = await import('../dist/main/command.js');
  await runProcess();
}

/** @param {string} version @param {string} other */
function isOlder(version, other) {
  const [left, right] = [version, other].map((text) => text.split('.').map(Number));
  const place = right.findIndex((number, index) => number !== (left[index] ?? 0));
  return place !== -1 && (left[place] ?? 0) < right[place];
}

/** The Node of the optional dependency for this machine. */
function findBrought() {
  try {
    const require = createRequire(import.meta.url);
    const path = fileURLToPath(
      new URL(
        'bin/node',
        `file://${require.resolve(`node-${process.platform}-${process.arch}/package.json`)}`,
      ),
    );
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
