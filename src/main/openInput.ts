import type { ReadStream } from 'node:fs';
import { openRegularFile } from '../platform/intake/openRegularFile.ts';

/**
 * A file to be read, open already: that it cannot be read is known here and not in the middle of the work.
 * `bytesRead` of the stream beside `bytes` says how far the work is.
 *
 * @throws {UnusableFile} for a pipe, which nobody may ever write to, a folder or a device
 */
export async function openInput(
  path: string,
): Promise<{ readonly stream: ReadStream; readonly bytes: number }> {
  const file = await openRegularFile(path);
  const { size } = await file.stat();
  return { stream: file.createReadStream(), bytes: size };
}
