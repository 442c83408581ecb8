import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the project lies. */
export const root = join(import.meta.dirname, '../..');

/** The files that match the patterns, by their paths from the root, in order. */
export async function findFiles(...patterns: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: root })) paths.push(path);
  return paths.sort();
}

/** The text of a file, by its path from the root. */
export function readText(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}
