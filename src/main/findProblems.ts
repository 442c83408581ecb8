import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../platform/errors/defineProblem.ts';

const source = join(import.meta.dirname, '..');

/** Every declared problem: all exports of every `errors.ts`, by code. */
export async function findProblems(): Promise<Problem[]> {
  const files = (await readdir(source, { recursive: true })).filter((file) =>
    /(^|[\\/])errors\.(ts|js)$/.test(file),
  );
  const modules = await Promise.all(
    files.map(async (file) => import(pathToFileURL(join(source, file)).href) as Promise<object>),
  );
  return modules
    .flatMap((module) => Object.values(module) as Problem[])
    .sort((left, right) => (left.code < right.code ? -1 : 1));
}
