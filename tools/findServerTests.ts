import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTests } from './findTests.ts';

/** How a test comes to the PostgreSQL of the run, which `test/harness/globalSetup.ts` provides. */
const asksForServer = /\binject\('server'\)/;
const mark = /^\/\/ On one PostgreSQL: (\S.*)$/m;

export interface ServerTests {
  /** Repeated on every PostgreSQL that is supported. */
  readonly everywhere: readonly string[];
  /** Marked with the reason why one PostgreSQL is enough. */
  readonly onOne: ReadonlyMap<string, string>;
}

/**
 * All test files that use the run's PostgreSQL. Each is repeated on every one that is supported, unless a line in it
 * says why not: `// On one PostgreSQL: the browser is what it is about`.
 */
export function findServerTests(root: string): ServerTests {
  const everywhere: string[] = [];
  const onOne = new Map<string, string>();
  for (const file of findTests(root, asksForServer)) {
    const reason = mark.exec(readFileSync(join(root, file), 'utf8'))?.[1];
    if (reason === undefined) everywhere.push(file);
    else onOne.set(file, reason);
  }
  return { everywhere, onOne };
}
