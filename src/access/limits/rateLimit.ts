import { LRUCache } from 'lru-cache';
import type { Database, PreparedStatement } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** Whether a request may go on, and what is left of the hour afterwards. */
export interface RequestCount {
  readonly admitted: boolean;
  /** Requests of an hour. */
  readonly limit: number;
  /** What this process knows to be left, over all processes. */
  readonly remaining: number;
  /** Whole seconds until the next hour begins, at least 1. */
  readonly resetS: number;
}

/** Counts one request of a caller. Fails as the database does. */
export type CountRequest = (caller: string) => Promise<RequestCount>;

const windowMs = 3_600_000;
const blockMax = 500;
const callersRememberedMax = 50_000;

/**
 * Counts requests against an hourly limit that all processes on one database share.
 *
 * A process takes a block of the hour from the database and hands it out by itself; a block is a twentieth of what
 * is left and at most 500, so that a busy caller costs a write per some hundred requests and the last requests
 * of an hour are still counted one by one. Never more than the limit is admitted in an hour of the clock. Less can
 * be, by what processes took and did not need; one process alone admits exactly the limit and shows a `remaining`
 * that goes down by one each time.
 *
 * Whoever needs a block while one is being fetched waits for that one. Memory is bounded: a caller that is
 * forgotten loses the rest of its block, not its count.
 */
export function createRateLimiter(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  limit: number,
): CountRequest {
  const allowances = new LRUCache<string, Allowance>({ max: callersRememberedMax });
  const fetching = new Map<string, Promise<void>>();

  async function fetchAllowance(caller: string, beganAt: number): Promise<void> {
    const [row] = (await database.prepared(takeBlock, [
      caller,
      new Date(beganAt),
      limit,
      Math.min(blockMax, Math.max(1, Math.floor(limit / 20))),
    ])) as [number, number][];
    const [block, handedOut] = row ?? [0, limit];
    allowances.set(caller, { beganAt, unused: block, beyond: Math.max(0, limit - handedOut) });
  }

  function shareFetch(caller: string, beganAt: number): Promise<void> {
    const running = fetching.get(caller);
    if (running !== undefined) return running;
    const fetched = fetchAllowance(caller, beganAt).finally(() => fetching.delete(caller));
    fetching.set(caller, fetched);
    return fetched;
  }

  return async (caller) => {
    for (;;) {
      const now = clock.now();
      const hour = now - (now % windowMs);
      const allowance = allowances.get(caller);
      if (
        allowance === undefined ||
        allowance.beganAt < hour ||
        (allowance.unused === 0 && allowance.beyond > 0)
      ) {
        // Looked at anew afterwards: others waited for the same block, and the hour may have ended.
        await shareFetch(caller, hour);
        continue;
      }
      const admitted = allowance.unused > 0;
      if (admitted) allowance.unused -= 1;
      const resetS = Math.max(1, Math.ceil((allowance.beganAt + windowMs - now) / 1000));
      return { admitted, limit, remaining: allowance.unused + allowance.beyond, resetS };
    }
  };
}

/** What a process holds of a caller's hour, and what nobody had taken when it last asked. */
interface Allowance {
  readonly beganAt: number;
  unused: number;
  readonly beyond: number;
}

/**
 * Gives the size of the block and what is handed out with it, or no row when nothing is left. An hour never goes
 * back: a process whose clock is behind takes its block from the hour that the others have begun.
 */
const takeBlock: PreparedStatement = {
  name: 'take-block-of-requests',
  text: `insert into rate_limit_windows as w (caller, window_began_at, handed_out, last_block)
         values ($1, $2, $4::integer, $4::integer)
         on conflict (caller) do update set
           window_began_at = greatest(w.window_began_at, excluded.window_began_at),
           last_block = case
             when excluded.window_began_at > w.window_began_at then excluded.last_block
             else least(${blockMax}, greatest(1, ($3::integer - w.handed_out) / 20)) end,
           handed_out = case
             when excluded.window_began_at > w.window_began_at then excluded.handed_out
             else w.handed_out + least(${blockMax}, greatest(1, ($3::integer - w.handed_out) / 20)) end
         where excluded.window_began_at > w.window_began_at or w.handed_out < $3::integer
         returning last_block, handed_out`,
};
