import { Readable } from 'node:stream';
import { DomainError } from '../../platform/errors/domainError.ts';
import { printable } from '../../platform/http/parseQuery.ts';
import { InputBroken, readText } from '../../platform/intake/readText.ts';
import { directoryUnreadable } from '../errors.ts';

type DirectoryBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** A directory as it lies on a disk: its name says who published it. */
export interface DirectoryFile {
  readonly name: string;
  /** The whole file or a stream of it, read once; as a function it is opened when its turn comes. */
  readonly bytes: DirectoryBytes | (() => DirectoryBytes);
}

interface DirectoryLimits {
  /** What the numbers of readers count; only for messages. */
  readonly unit?: 'line' | 'record';
  /** Of the file, and again of what it unpacks to. */
  readonly bytesMax?: number;
}

/** Five times the largest directory known of; more would be held in memory at once. */
export const directoryBytesMax = 256 * 1024 * 1024;

/**
 * Gives a directory's text to `work`: UTF-8 with or without a byte order mark, plain or gzip.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file, when it cannot be read, is larger than 256 MB, or
 *   is not what `work` takes
 */
export async function readDirectoryText<Result>(
  file: DirectoryFile,
  work: (text: AsyncIterable<string>) => Promise<Result>,
  { unit = 'line', bytesMax = directoryBytesMax }: DirectoryLimits = {},
): Promise<Result> {
  try {
    // One chunk ahead, since chunks are counted before they are unpacked.
    const source = Readable.from(limitBytes(file, bytesMax), { highWaterMark: 1 });
    return await work(limitText(file, readText(source).text, bytesMax));
  } catch (error) {
    if (error instanceof InputBroken) {
      const place = error.line === undefined ? '' : ` (${unit} ${error.line})`;
      throw directoryProblem(file.name, `${error.message}${place}`);
    }
    const code = (error as { code?: unknown }).code;
    if (error instanceof DomainError || typeof code !== 'string') throw error;
    throw directoryProblem(file.name, `the file cannot be read (${code})`);
  }
}

/** The parsed JSON of a directory file. @throws {DomainError} `directory-unreadable`, as above, or it is not JSON */
export function readDirectoryFile(file: DirectoryFile, bytesMax?: number): Promise<unknown> {
  const limits = bytesMax === undefined ? {} : { bytesMax };
  return readDirectoryText(
    file,
    async (pieces) => {
      const text = (await Array.fromAsync(pieces)).join('');
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw directoryProblem(file.name, `the file is not JSON${placeOf(error, text)}`);
      }
    },
    limits,
  );
}

/** A refusal of a whole file, in words that name it. */
export function directoryProblem(fileName: string, what: string): DomainError {
  return new DomainError(directoryUnreadable, `${printable(fileName)}: ${what}.`);
}

async function* limitBytes(file: DirectoryFile, bytesMax: number): AsyncGenerator<Buffer> {
  const source = typeof file.bytes === 'function' ? file.bytes() : file.bytes;
  let length = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    length += chunk.length;
    // Checked while reading: a device or a pipe has no size to look at first.
    if (length > bytesMax) throw tooLarge(file, bytesMax);
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

/** What was packed is counted again. */
async function* limitText(
  file: DirectoryFile,
  text: AsyncIterable<string>,
  charactersMax: number,
): AsyncGenerator<string> {
  let length = 0;
  for await (const piece of text) {
    length += piece.length;
    if (length > charactersMax) throw tooLarge(file, charactersMax);
    yield piece;
  }
}

function tooLarge(file: DirectoryFile, bytesMax: number): DomainError {
  return directoryProblem(file.name, `the file is larger than ${Math.floor(bytesMax / 1024 / 1024)} MB`);
}

/** Line and column from the parser's message, which is the only place that has the position. */
function placeOf(error: unknown, text: string): string {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined)
    return text.trim() === '' ? ': it is empty' : ' (it ends too early or is damaged)';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}
