import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const imported = /\b(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g;

/**
 * The test files whose text has what is sought, themselves or in what they import, near or far; from the root, in
 * order. So a set of tests is what it is about, and a new test is in it without being entered anywhere.
 */
export function findTests(root: string, sought: RegExp): string[] {
  const texts = new Map<string, string>();
  const read = (file: string) => {
    const text = texts.get(file) ?? readFileSync(file, 'utf8');
    texts.set(file, text);
    return text;
  };
  const has = (file: string) => {
    const seen = new Set([file]);
    // A set is walked with what is added on the way.
    for (const each of seen) {
      const text = read(each);
      if (sought.test(text)) return true;
      for (const [, path] of text.matchAll(imported)) seen.add(resolve(dirname(each), path!));
    }
    return false;
  };
  return ['src', 'test']
    .flatMap((folder) => filesIn(join(root, folder)))
    .filter((file) => file.endsWith('.test.ts') && has(file))
    .map((file) => relative(root, file))
    .sort();
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}
