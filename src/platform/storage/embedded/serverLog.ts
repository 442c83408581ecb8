import { copyFile, type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

/** The file that takes what postgres and initdb print; its descriptor is handed to them. */
export interface ServerLog {
  readonly path: string;
  readonly fd: number;
  size(): Promise<number>;
  /** The last lines written after a position, for an error message. */
  tail(fromByte: number): Promise<string>;
  /** Starts the file afresh when it has grown large, keeping the old one beside it; safe while postgres writes. */
  bound(): Promise<void>;
  close(): Promise<void>;
}

const sizeMaxBytes = 10 * 1024 * 1024;
const tailBytes = 8 * 1024;
const tailLines = 15;

/** Opens `<dataDirectory>/postgres.log`, readable by this process's user alone whatever the umask or an older file says. */
export async function openServerLog(dataDirectory: string): Promise<ServerLog> {
  const target = path.join(dataDirectory, 'postgres.log');
  const handle = await open(target, 'a+', 0o600);
  await handle.chmod(0o600);
  const log: ServerLog = {
    path: target,
    fd: handle.fd,
    size: async () => (await handle.stat()).size,
    tail: (fromByte) => readTail(handle, fromByte),
    bound: async () => {
      if ((await handle.stat()).size > sizeMaxBytes) {
        await copyFile(target, `${target}.1`);
        // Writers append, so they go on at the new end.
        await handle.truncate(0);
      }
    },
    close: () => handle.close(),
  };
  await log.bound();
  return log;
}

async function readTail(handle: FileHandle, fromByte: number): Promise<string> {
  const { size } = await handle.stat();
  const start = Math.max(Math.min(fromByte, size), size - tailBytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
  return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-tailLines).join('\n');
}
