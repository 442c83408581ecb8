import type { Readable } from 'node:stream';
import { BadLines } from '../platform/intake/badLines.ts';
import { InputBroken, readText } from '../platform/intake/readText.ts';
import { readCsvAccounts } from './import/csvAccounts.ts';
import { readJsonAccounts } from './import/jsonAccounts.ts';
import type { ImportedAccount } from './importedAccount.ts';

/** An export file on its way in. */
export interface AccountFile {
  /** To be read once. Ends early where the file cannot be read any further; `badLines` then says where and why. */
  readonly accounts: AsyncIterable<ImportedAccount>;
  /** Complete when `accounts` has ended. */
  readonly badLines: BadLines;
  /** SHA-256 of the file's bytes, hex, once `accounts` has ended. */
  readonly sha256: () => string;
}

/**
 * Reads a Data Scopes or External Accounts export: CSV or JSON, plain or gzip, told apart by what is in it.
 *
 * Memory stays bounded whatever the file holds. Mistakes do not end the reading but go to `badLines`; only
 * failures of the stream itself (a disk, a connection) are thrown.
 */
export function readAccountFile(source: Readable): AccountFile {
  const badLines = new BadLines();
  const { text, sha256 } = readText(source);
  return { accounts: readAccounts(text, badLines), badLines, sha256 };
}

async function* readAccounts(
  text: AsyncIterable<string>,
  badLines: BadLines,
): AsyncGenerator<ImportedAccount> {
  try {
    const [first, whole] = await peekFirst(text);
    const json = first === '{' || first === '[';
    badLines.unit = json ? 'record' : 'line';
    const batches = json ? readJsonAccounts(whole, badLines) : readCsvAccounts(whole, badLines);
    // Not `yield*`, which in an asynchronous generator awaits every account once more.
    for await (const batch of batches) for (const account of batch) yield account;
  } catch (error) {
    if (!(error instanceof InputBroken)) throw error;
    badLines.add(error.line ?? 1, null, `${error.message}; the rest of the file was not read`);
  }
}

const whiteSpaceMax = 1024 * 1024;

/** The first character that is not white space, and the text from its start. */
async function peekFirst(text: AsyncIterable<string>): Promise<[string | undefined, AsyncIterable<string>]> {
  const pieces = text[Symbol.asyncIterator]();
  let skipped = '';
  let next = await pieces.next();
  // White space is kept for the line numbers, but not without end.
  while (next.done !== true && next.value.trimStart() === '') {
    skipped += next.value;
    if (skipped.length > whiteSpaceMax) {
      await pieces.return?.();
      throw new InputBroken('the file begins with nothing but white space');
    }
    next = await pieces.next();
  }
  const current = next;
  async function* whole(): AsyncGenerator<string> {
    try {
      if (skipped !== '') yield skipped;
      if (current.done === true) return;
      yield current.value;
      yield* { [Symbol.asyncIterator]: () => pieces };
    } finally {
      // Whoever stops early must not leave the file open.
      await pieces.return?.();
    }
  }
  return [current.done === true ? undefined : current.value.trimStart()[0], whole()];
}
