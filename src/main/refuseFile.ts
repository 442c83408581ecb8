import type { BadLine } from '../platform/intake/badLines.ts';
import { CommandFailed, type CommandLine } from './commandLine.ts';

/** Mistakes that are printed; `--json` has up to a thousand. */
const printedMax = 20;

interface RefusedFile {
  readonly unit?: 'line' | 'record';
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
}

/** Names the mistakes of a file on standard error, unless they went out as JSON, and fails. */
export function refuseFile(line: CommandLine, file: RefusedFile, json: boolean): never {
  if (!json) {
    const shown = file.badLines.slice(0, printedMax);
    for (const { line: number, column, reason } of shown)
      line.remark(`${file.unit ?? 'line'} ${number}${column === null ? '' : `, ${column}`}: ${reason}`);
    if (file.badLineCount > shown.length)
      line.remark(`and ${file.badLineCount - shown.length} more; --json lists up to a thousand.`);
  }
  throw new CommandFailed('Nothing was imported. Correct the file and import it again.');
}
