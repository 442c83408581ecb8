import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What the owner of a data directory tells others about itself.
 *
 * Only the lock says whether there is an owner: a record may be left over from one that
 * was killed, so readers check it against the lock, the process and the socket.
 */
export interface OwnerRecord {
  /** Process number of the owner. */
  readonly pid: number;
  readonly purpose: string;
  /** True for a command that is soon over. */
  readonly isPassing?: boolean;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly state: 'starting' | 'ready' | 'stopping';
  /** Left out until there is a socket. */
  readonly socketDirectory?: string;
  readonly port?: number;
}

/** The record, whoever left it, or undefined when there is none that makes sense. */
export async function readOwnerRecord(dataDirectory: string): Promise<OwnerRecord | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(pathOf(dataDirectory), 'utf8'));
    return isOwnerRecord(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the record in one step, so that no reader sees half of it; for the holder of the lock only. */
export async function writeOwnerRecord(dataDirectory: string, record: OwnerRecord): Promise<void> {
  const target = pathOf(dataDirectory);
  await rm(`${target}.new`, { force: true });
  await writeFile(`${target}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(`${target}.new`, target);
}

/** Takes the record away; for the holder of the lock only. */
export async function removeOwnerRecord(dataDirectory: string): Promise<void> {
  await rm(pathOf(dataDirectory), { force: true });
}

/** Whether the process that wrote the record still exists; a stranger with its number counts too. */
export function isOwnerAlive(record: OwnerRecord): boolean {
  try {
    process.kill(record.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function pathOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'owner.json');
}

function isOwnerRecord(found: unknown): found is OwnerRecord {
  const record = found as Partial<Record<keyof OwnerRecord, unknown>> | null;
  return (
    typeof record === 'object' &&
    record !== null &&
    Number.isInteger(record.pid) &&
    (record.pid as number) > 0 &&
    typeof record.purpose === 'string' &&
    typeof record.since === 'string' &&
    typeof record.state === 'string' &&
    ['boolean', 'undefined'].includes(typeof record.isPassing) &&
    ['string', 'undefined'].includes(typeof record.socketDirectory) &&
    ['number', 'undefined'].includes(typeof record.port)
  );
}
