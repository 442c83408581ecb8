import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { OperatorTrouble } from '../errors/operatorTrouble.ts';

/** A name that leads to no file that can be read from beginning to end, in words for whoever gave it. */
export class UnusableFile extends OperatorTrouble {}

/** A pipe that nobody writes to would hold whoever opens it for ever; on regular files it changes nothing. */
const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * A file that an operator named, open for reading. Links are followed, because secrets are often mounted that way.
 *
 * @throws {UnusableFile} for a pipe, a folder or a device; failures of the operating system are passed on
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, withoutWaiting);
  const isFile = await file.stat().then((stats) => stats.isFile());
  if (isFile) return file;
  await file.close();
  throw refuse(path);
}

/**
 * The text of a small file that an operator named, without a byte order mark.
 *
 * @throws {UnusableFile} as {@link openRegularFile}, and for what is not UTF-8
 */
export async function readTextFile(path: string): Promise<string> {
  const file = await openRegularFile(path);
  try {
    return decode(path, await file.readFile());
  } finally {
    await file.close();
  }
}

/** As {@link readTextFile}, for what has to be known before anything else can begin. */
export function readTextFileSync(path: string): string {
  const file = openSync(path, withoutWaiting);
  try {
    if (!fstatSync(file).isFile()) throw refuse(path);
    return decode(path, readFileSync(file));
  } finally {
    closeSync(file);
  }
}

/** Editors of Windows begin a text with a mark that nobody sees and that belongs to nothing. */
export function skipByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function decode(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new UnusableFile(`${path} is not text in UTF-8: save it as UTF-8 again.`);
  return skipByteOrderMark(bytes.toString('utf8'));
}

function refuse(path: string): UnusableFile {
  return new UnusableFile(
    `${path} is not a regular file: write what it should hold into a file, and name that.`,
  );
}
