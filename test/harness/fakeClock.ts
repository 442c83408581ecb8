import type { Clock } from '../../src/platform/time/clock.ts';

/** A clock that stands still until told otherwise. */
export interface FakeClock extends Clock {
  advance(durationMs: number): void;
  set(now: number): void;
}

export function createFakeClock(start = Date.parse('2026-05-04T03:02:01.500Z')): FakeClock {
  let now = start;
  const sleepers: { until: number; wake: () => void }[] = [];
  const intervals = new Set<{ everyMs: number; next: number; task: () => void }>();
  const move = (to: number) => {
    now = to;
    for (const sleeper of sleepers.splice(0))
      if (sleeper.until <= now) sleeper.wake();
      else sleepers.push(sleeper);
    for (const interval of intervals)
      while (interval.next <= now) {
        interval.next += interval.everyMs;
        interval.task();
      }
  };
  return {
    now: () => now,
    advance: (durationMs) => move(now + durationMs),
    set: move,
    sleep: (durationMs) => new Promise((wake) => sleepers.push({ until: now + durationMs, wake })),
    every: (everyMs, task) => {
      const interval = { everyMs, next: now + everyMs, task };
      intervals.add(interval);
      return () => intervals.delete(interval);
    },
  };
}
