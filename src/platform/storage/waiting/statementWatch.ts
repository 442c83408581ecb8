import type { Clock } from '../../time/clock.ts';
import type { Deadlines } from '../deadlines.ts';
import type { ServerWatch } from './serverWatch.ts';

const beatMs = 250;

/** A statement under way. `heard` begins its deadline anew, `done` takes it out. */
export interface Waiting {
  heard(): void;
  done(): void;
}

interface Silent extends Waiting {
  readonly limitMs: number;
  readonly isWaiting: () => boolean;
  readonly end: (reason: EndReason) => void;
  beats: number;
}

/** `too-long`: past its own deadline. `server-away`: the server answers nobody. */
export type EndReason = 'too-long' | 'server-away';

/**
 * Ends statements that are past their deadline.
 *
 * One timer for all of them, because a statement takes less time than making a timer for it would be worth. It counts
 * beats and not the clock: a process that was stopped, or whose clock was set, has not waited for anybody.
 */
export interface StatementWatch {
  /** Time counts while `isWaiting` says that the server is the one to speak. */
  watch(limitMs: number, end: (reason: EndReason) => void, isWaiting?: () => boolean): Waiting;
  end(): void;
}

export function createStatementWatch(
  clock: Clock,
  { askAfterMs }: Pick<Deadlines, 'askAfterMs'>,
  server: ServerWatch,
): StatementWatch {
  const silent = new Set<Silent>();
  const stop = clock.every(beatMs, () => {
    for (const one of silent) {
      one.beats = one.isWaiting() ? one.beats + 1 : 0;
      const silentMs = one.beats * beatMs;
      if (silentMs >= askAfterMs) server.suspect();
      if (silentMs >= one.limitMs) one.end('too-long');
      else if (silentMs >= askAfterMs && server.state() === 'away') one.end('server-away');
    }
  });
  return {
    watch: (limitMs, end, isWaiting = always) => {
      const one: Silent = {
        limitMs,
        isWaiting,
        end: (reason) => {
          silent.delete(one);
          end(reason);
        },
        beats: 0,
        heard: () => {
          one.beats = 0;
        },
        done: () => silent.delete(one),
      };
      silent.add(one);
      return one;
    },
    end: stop,
  };
}

const always = () => true;
