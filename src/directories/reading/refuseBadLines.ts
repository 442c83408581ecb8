import type { BadLines } from '../../platform/intake/badLines.ts';
import { directoryProblem } from './readDirectoryFile.ts';

/** Mistakes that a message quotes; more help nobody. */
const quotedMax = 10;

/** @throws {DomainError} `directory-unreadable`, with where and what the first mistakes are, if there are any */
export function refuseBadLines(fileName: string, badLines: BadLines): void {
  if (badLines.count === 0) return;
  const { unit } = badLines;
  const quoted = badLines
    .list()
    .slice(0, quotedMax)
    .map(({ line, column, reason }) => `${unit} ${line}${column === null ? '' : `, ${column}`}: ${reason}`);
  const more = badLines.count - quoted.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  throw directoryProblem(
    fileName,
    `${badLines.count} mistake${badLines.count === 1 ? '' : 's'}. ${quoted.join('; ')}${rest}`,
  );
}
