import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startEmbeddedPostgres,
  type PostgresConnection,
} from '../../src/platform/storage/embeddedPostgres.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

/** A PostgreSQL of a test's own, which can be stopped as a debugger or a frozen virtual machine stops it. */
export interface StoppableServer {
  readonly connection: PostgresConnection;
  /** SIGSTOP to every process of it. */
  freeze(): Promise<void>;
  /** SIGCONT to them. */
  thaw(): Promise<void>;
  close(): Promise<void>;
}

/** A new cluster in a directory of its own. */
export async function startStoppableServer(): Promise<StoppableServer> {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-stop-'));
  const owned = await startEmbeddedPostgres({
    dataDirectory: directory,
    purpose: 'a test',
    clock: systemClock,
    settings: { fsync: 'off', shared_buffers: '16MB' },
  });
  return {
    connection: owned.connection,
    freeze: () => signalServer(directory, 'SIGSTOP'),
    thaw: () => signalServer(directory, 'SIGCONT'),
    close: async () => {
      await signalServer(directory, 'SIGCONT').catch(() => undefined);
      await owned.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Signals the server of a data directory and all that it has started. */
export async function signalServer(dataDirectory: string, signal: NodeJS.Signals): Promise<void> {
  const lockFile = await readFile(join(dataDirectory, 'postgres/postmaster.pid'), 'utf8');
  const postmaster = Number(lockFile.split('\n', 1)[0]);
  // It first, so that it starts nobody while the others are looked up.
  process.kill(postmaster, signal);
  const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8');
  for (const child of children.trim().split(' ').filter(Boolean))
    try {
      process.kill(Number(child), signal);
    } catch (error) {
      // One that has ended by itself in between.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
}
