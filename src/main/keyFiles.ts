import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secret } from '../platform/config/secret.ts';
import { readTextFile, UnusableFile } from '../platform/intake/openRegularFile.ts';
import { CommandFailed } from './commandLine.ts';

/** Keys are a few kilobytes; a file beyond this is something else. */
const keyBytesMax = 64 * 1024;

/** Where the private key of a service account lies. */
export function keyPath(dataDirectory: string, name: string): string {
  return join(dataDirectory, 'keys', `${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}.pem`);
}

/**
 * Writes a private key where only the owner can read it, does `work`, and gives the path. When `work` fails the
 * file is taken away again: a key that nobody accepts helps nobody. An existing file is never replaced: it may be
 * the only copy of a key in use.
 *
 * @throws {CommandFailed} when the file exists; failures of `work` are passed on
 */
export async function withPrivateKey(
  dataDirectory: string,
  name: string,
  key: Secret,
  work: () => Promise<unknown>,
): Promise<string> {
  const path = keyPath(dataDirectory, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CommandFailed(`${path} exists already. Move it away, or give a public key of your own.`);
    throw error;
  });
  try {
    await file.writeFile(key.reveal());
    await file.sync();
    await work();
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return path;
}

/** The text of a key file. @throws {CommandFailed | UnusableFile} when it cannot be read or is no key */
export async function readKeyFile(path: string): Promise<string> {
  const text = await readTextFile(path).catch((error: unknown) => {
    throw error instanceof UnusableFile ? error : new CommandFailed(`The key file ${path} cannot be read.`);
  });
  if (text.length > keyBytesMax) throw new CommandFailed(`${path} is too large to be a key.`);
  return text;
}
