/**
 * Time as an argument, so that races, expiry and retries can be tested without waiting.
 *
 * `now` is milliseconds since the Unix epoch, as `Date.now` gives them.
 */
export interface Clock {
  now(): number;
  /** Resolves after `durationMs`; rejects with the signal's reason when it is aborted first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls `task` every `intervalMs` without keeping the process alive; the returned function ends it. */
  every(intervalMs: number, task: () => void): () => void;
}

/** The machine's own clock: what every process uses outside tests. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, durationMs);
      signal?.addEventListener('abort', abort, { once: true });
    }),
  every: (intervalMs, task) => {
    const timer = setInterval(task, intervalMs);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
