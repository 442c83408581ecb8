import { spawn } from 'node:child_process';
import type { Clock } from '../../time/clock.ts';
import { childEnvironment, type ClusterUser } from './clusterUser.ts';
import type { ServerLog } from './serverLog.ts';

/** A program of PostgreSQL's that does not outlive us. */
export interface GuardedProcess {
  readonly pid: number | undefined;
  /** Resolves once it is gone; never rejects. */
  readonly ended: Promise<ProcessEnding>;
  hasEnded(): boolean;
  signal(name: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void;
  /** Whether it ended within the time. */
  endsWithin(durationMs: number): Promise<boolean>;
}

/** How a program ended. */
export interface ProcessEnding {
  readonly isSuccess: boolean;
  /** In words: "exit code 1", "signal SIGKILL". */
  readonly how: string;
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Where it works. Entered before the change of user, so it need not be reachable for that user. */
  readonly directory: string;
  readonly user: ClusterUser;
  readonly log: ServerLog;
  readonly clock: Clock;
}

/** What a guard is called in the list of processes until it becomes the program. */
export const guardName = 'tributary-guard';

/**
 * Our death, however sudden, closes the pipe on descriptor 3; the watcher then interrupts
 * the program (a fast shutdown for postgres) until it is gone. The watcher is detached
 * twice, so that the program, which takes the shell's place and number, has no child it
 * does not know. Comparing directories makes sure that the number still means the program.
 */
const guard = `
is_running() { [ ! -d /proc/self ] || [ /proc/$$/cwd -ef . ]; }
( ( read -r _ <&3; while is_running && kill -s INT $$; do sleep 1; done ) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/**
 * Starts a program as the cluster's user, in a session of its own.
 *
 * Its own session keeps a Ctrl-C that the terminal sends to the whole process group away
 * from postgres while the service still finishes its requests; the guard stands in for
 * the protection that the group would have given.
 */
export function startGuarded({ file, args, directory, user, log, clock }: Program): GuardedProcess {
  const child = spawn('/bin/sh', ['-c', guard, guardName, file, ...args], {
    cwd: directory,
    detached: true,
    env: childEnvironment,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    ...user.spawnAs,
  });
  const pipe = child.stdio[3];
  pipe?.on('error', () => undefined);
  let hasEnded = false;
  const ended = new Promise<ProcessEnding>((resolve) => {
    const end = (how: string, isSuccess = false) => {
      hasEnded = true;
      pipe?.destroy();
      resolve({ isSuccess, how });
    };
    child.on('exit', (code, signal) =>
      end(signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`, code === 0),
    );
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) {
        end(`it could not be started (${error.code ?? error.message})`);
      } else {
        // We may not signal that user's processes; the watcher, being that user, may.
        pipe?.destroy();
      }
    });
  });
  return {
    pid: child.pid,
    ended,
    hasEnded: () => hasEnded,
    signal: (name) => {
      child.kill(name);
    },
    endsWithin: async (durationMs) => {
      const enough = new AbortController();
      const timeout = clock.sleep(durationMs, enough.signal).catch(() => undefined);
      await Promise.race([ended, timeout]);
      enough.abort(new Error('ended in time'));
      return hasEnded;
    },
  };
}
