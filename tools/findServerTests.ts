import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The mark of a test file that proves nothing more on another PostgreSQL; the reason stands behind it. */
const mark = /^\/\/ On one PostgreSQL: (.+)$/m;
/** How a test comes to the PostgreSQL of the run (`test/harness/globalSetup.ts`). */
const door = /\binject\('server'\)/;
const imported = /\b(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g;

export interface ServerTests {
  /** To be run on every PostgreSQL that is supported. */
  readonly everywhere: readonly string[];
  /** Those whose file says why one is enough, with the reason. */
  readonly onOne: ReadonlyMap<string, string>;
}

/**
 * Which test files are repeated on each PostgreSQL that is supported: all that use the run's database, themselves or
 * by what they import, unless they are marked with the reason why not. A new test is among them without being
 * entered anywhere; what costs too much there has to be marked.
 */
export function findServerTests(root: string): ServerTests {
  const uses = createFinder();
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, 'test', name))
    .sort();
  const everywhere: string[] = [];
  const onOne = new Map<string, string>();
  for (const file of files) {
    if (!uses(file)) continue;
    const name = relative(root, file);
    const reason = mark.exec(readFileSync(file, 'utf8'))?.[1];
    if (reason === undefined) everywhere.push(name);
    else onOne.set(name, reason);
  }
  return { everywhere, onOne };
}

/** Whether a file comes to the database, by all that it imports. */
function createFinder(): (file: string) => boolean {
  const texts = new Map<string, string>();
  const read = (file: string) => {
    const text = texts.get(file) ?? readFileSync(file, 'utf8');
    texts.set(file, text);
    return text;
  };
  return (file) => {
    const seen = new Set([file]);
    // A set is walked with what is added on the way.
    for (const each of seen) {
      const text = read(each);
      if (door.test(text)) return true;
      for (const [, path] of text.matchAll(imported)) seen.add(resolve(dirname(each), path!));
    }
    return false;
  };
}
