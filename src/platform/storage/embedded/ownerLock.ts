import { open } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../time/clock.ts';
import { OperatorTrouble } from '../../errors/operatorTrouble.ts';
import { describeFullDisk } from './failedProgram.ts';

/**
 * An exclusive lock on a data directory that the kernel takes back when this process dies.
 *
 * SQLite is used for nothing but its file lock (fcntl), the only one Node reaches
 * without a native module: atomic, gone with `kill -9`, not inherited by children, and
 * tied to the file rather than to a process id or a path. Nothing is ever written to the
 * file. Never open it by other means: closing any descriptor of it would drop the lock.
 */
export interface OwnerLock {
  release(): void;
}

const probeIntervalMs = 20;
/** A probe holds the lock for microseconds; whoever holds it this long is an owner. */
const patienceMs = 400;
const sqliteBusy = 5;
/** It makes a journal beside the file, although nothing is written in the end. */
const sqliteFull = 13;

/** Held here as well, so that an owner who forgot us cannot lose the lock to the garbage collector. */
const held = new Set<DatabaseSync>();

/** The lock, or undefined when another owner has it. */
export async function acquireOwnerLock(path: string, clock: Clock): Promise<OwnerLock | undefined> {
  await createIfAbsent(path);
  const giveUpAt = clock.now() + patienceMs;
  for (;;) {
    const database = attempt(path, { readOnly: false }, 'BEGIN EXCLUSIVE');
    if (database !== undefined) {
      held.add(database);
      return {
        release: () => {
          if (held.delete(database)) {
            database.close();
          }
        },
      };
    }
    if (clock.now() > giveUpAt) {
      return undefined;
    }
    await clock.sleep(probeIntervalMs);
  }
}

/** Whether somebody owns the directory just now; asks with a shared lock that lasts an instant. */
export function isOwnerLockHeld(path: string): boolean {
  const database = attempt(path, { readOnly: true }, 'SELECT count(*) FROM sqlite_master');
  database?.close();
  return database === undefined;
}

async function createIfAbsent(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
  }
}

function attempt(path: string, options: { readOnly: boolean }, statement: string): DatabaseSync | undefined {
  const database = openLockFile(path, options);
  try {
    database.exec(statement);
    return database;
  } catch (error) {
    database.close();
    // The low byte is the code, the rest says how it came about.
    const code = ((error as { errcode?: number }).errcode ?? 0) % 256;
    if (code === sqliteBusy) {
      return undefined;
    }
    throw code === sqliteFull ? describeFullDisk(path, error) : error;
  }
}

function openLockFile(path: string, options: { readOnly: boolean }): DatabaseSync {
  const { DatabaseSync: Database } = loadSqlite();
  try {
    return new Database(path, options);
  } catch (error) {
    throw new OperatorTrouble(
      `This user may not open ${path}: run as the user who owns the data directory.`,
      {
        cause: error,
      },
    );
  }
}

/** Loads SQLite without the note that older Nodes print about it; nothing else can warn in between, since this is synchronous. */
function loadSqlite() {
  const emitWarning = Reflect.get<typeof process, 'emitWarning'>(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
