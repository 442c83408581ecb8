import type { Clock } from '../../time/clock.ts';
import type { DatabaseState } from '../databaseUnavailable.ts';

const pauseMs = 1_000;

/** Knows whether the server answers, once somebody has had a reason to doubt it. */
export interface ServerWatch {
  state(): DatabaseState;
  /** Asks the server, and again until it is available; costs nothing while that is under way. */
  suspect(): void;
  end(): void;
}

/** A watch that asks with `ask`, which always ends, and tells each change once. */
export function createServerWatch(
  clock: Clock,
  ask: () => Promise<DatabaseState>,
  onChange?: (state: DatabaseState) => void,
): ServerWatch {
  let state: DatabaseState = 'available';
  let isLooking = false;
  const ending = new AbortController();
  const look = async () => {
    for (;;) {
      const found = await ask();
      if (ending.signal.aborted) return;
      if (found !== state) {
        state = found;
        onChange?.(found);
      }
      if (found === 'available') return;
      await clock.sleep(pauseMs, ending.signal).catch(() => undefined);
    }
  };
  return {
    state: () => state,
    suspect: () => {
      if (isLooking || ending.signal.aborted) return;
      isLooking = true;
      void look().finally(() => {
        isLooking = false;
      });
    },
    end: () => ending.abort(),
  };
}
