import { DomainError } from '../../platform/errors/domainError.ts';
import { printable } from '../../platform/http/parseQuery.ts';
import { directoryUnreadable } from '../errors.ts';

export type DirectoryBytes = Uint8Array | AsyncIterable<Uint8Array>;

/** A directory as it lies on a disk: its name says who published it. */
export interface DirectoryFile {
  readonly name: string;
  /** The whole file or a stream of it, read once; as a function it is opened when its turn comes. */
  readonly bytes: DirectoryBytes | (() => DirectoryBytes);
}

/** Ninety times the largest directory seen; more would be held in memory at once. */
export const directoryBytesMax = 256 * 1024 * 1024;

/**
 * The parsed JSON of a directory file, UTF-8 with or without a byte order mark.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file, when it cannot be read, is larger than 256 MB,
 *   or is not JSON in UTF-8
 */
export async function readDirectoryFile(file: DirectoryFile, bytesMax = directoryBytesMax): Promise<unknown> {
  const source = typeof file.bytes === 'function' ? file.bytes() : file.bytes;
  const bytes = source instanceof Uint8Array ? source : await collect(file.name, source, bytesMax);
  if (bytes.length > bytesMax) throw tooLarge(file.name, bytesMax);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DomainError(directoryUnreadable, `${printable(file.name)}: the file is not UTF-8 text.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DomainError(
      directoryUnreadable,
      `${printable(file.name)}: the file is not JSON${placeOf(error, text)}.`,
    );
  }
}

async function collect(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      // Checked while reading: a device or a pipe has no size to look at first.
      if (length > bytesMax) throw tooLarge(name, bytesMax);
      chunks.push(chunk);
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string') throw error;
    throw new DomainError(directoryUnreadable, `${printable(name)}: the file cannot be read (${code}).`);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(name: string, bytesMax: number): DomainError {
  return new DomainError(
    directoryUnreadable,
    `${printable(name)}: the file is larger than ${Math.floor(bytesMax / 1024 / 1024)} MB.`,
  );
}

/** Line and column from the parser's message, which is the only place that has the position. */
function placeOf(error: unknown, text: string): string {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined)
    return text.trim() === '' ? ': it is empty' : ' (it ends too early or is damaged)';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}
