import type { ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * A file to be read, open already: that it cannot be read is known here and not in the middle of the work.
 * `bytesRead` of the stream beside `bytes` says how far the work is.
 */
export async function openInput(
  path: string,
): Promise<{ readonly stream: ReadStream; readonly bytes: number }> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return { stream: file.createReadStream(), bytes: size };
}
