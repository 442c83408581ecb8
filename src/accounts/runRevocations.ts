import { logUnlessAway } from '../platform/storage/databaseUnavailable.ts';
import {
  claimRevocations,
  findLanes,
  type ClaimedRevocation,
  type Lane,
} from './revocations/claimRevocations.ts';
import { giveBack, restMs } from './revocations/giveBack.ts';
import { giveUpOverdue } from './revocations/giveUpOverdue.ts';
import type { RevocationParts } from './revocations/revocationParts.ts';

export type { RevocationParts };

/** Calls of one process, so that they leave connections to the database for requests. */
const atOnceMax = 32;
/** How soon a run sees what became due since it began. */
const lookEveryMs = 5_000;

/** What a run has in common with others of the process; both may be left out. */
export interface RevocationRun {
  /** Nothing new is begun once it is aborted. */
  readonly ending?: AbortSignal;
  /** Until when providers want no more calls, by lane; kept from run to run. */
  readonly rests?: Map<number, number>;
}

/**
 * Gives back at the providers what is due, until nothing is, and forgets each sealed copy as soon as the provider has
 * said anything final, or a day of trying is over.
 *
 * As each call ends, the next one is begun: one that hangs holds up nothing but its own place. Each server has as many
 * places as its definition says, for all processes together, and servers have their turns one after the other.
 *
 * A grant is kept at the provider, and forgotten here, while another account lives on it: most providers know one grant
 * for a person and an application, and end all of it.
 *
 * @returns how many were dealt with; 0 when nothing is due
 */
export async function runRevocations(parts: RevocationParts, run: RevocationRun = {}): Promise<number> {
  const { clock } = parts;
  const { ending, rests = new Map<number, number>() } = run;
  const isEnding = () => ending?.aborted === true;
  const calls = new Set<Promise<void>>();
  const turns = createTurns(parts, rests);
  const over = new AbortController();
  let count = 0;
  let nextLook = clock.now();
  let wake = Promise.withResolvers<undefined>();
  const begin = (lane: Lane, row: ClaimedRevocation) => {
    count++;
    const called = giveBack(parts, row)
      .then((outcome) => {
        if (outcome === 'too-many') rests.set(lane.lane, clock.now() + restMs);
      })
      // It comes again when its claim ends.
      .catch((error: unknown) => logUnlessAway(parts.log, 'revocation', error))
      .finally(() => {
        calls.delete(called);
        turns.add(lane);
        wake.resolve(undefined);
      });
    calls.add(called);
  };
  try {
    while (!isEnding()) {
      if (clock.now() >= nextLook) {
        nextLook = clock.now() + lookEveryMs;
        count += await giveUpOverdue(parts);
        await turns.look();
        void clock.sleep(lookEveryMs, over.signal).then(
          () => wake.resolve(undefined),
          () => undefined,
        );
      }
      wake = Promise.withResolvers<undefined>();
      while (calls.size < atOnceMax && !isEnding()) {
        const turn = await turns.take(atOnceMax - calls.size);
        if (turn === undefined) break;
        for (const row of turn.rows) begin(turn.lane, row);
      }
      if (calls.size === 0 && turns.areOver()) break;
      await wake.promise;
    }
  } finally {
    over.abort();
    await Promise.all(calls);
  }
  return count;
}

/** Lanes in the order in which they are served: the one that was served last comes last. */
function createTurns(parts: RevocationParts, rests: ReadonlyMap<number, number>) {
  const waiting = new Map<number, Lane>();
  /** What each lane began with last time. */
  const firstTurns = new Map<number, boolean>();
  const add = (lane: Lane) => {
    if (!waiting.has(lane.lane)) waiting.set(lane.lane, lane);
  };
  return {
    add,
    areOver: () => waiting.size === 0,
    /** Adds every lane in which something is due. */
    look: async () => {
      for (let after = firstLane, found; (found = await findLanes(parts, after)).length > 0;) {
        found.forEach(add);
        after = found.at(-1)?.lane ?? after;
      }
    },
    /** What the next lane that has work may begin now; undefined when no lane has any. */
    take: async (atMost: number) => {
      for (const [key, lane] of waiting) {
        waiting.delete(key);
        if ((rests.get(key) ?? 0) > parts.clock.now()) continue;
        const firstTurnsFirst = firstTurns.get(key) !== true;
        firstTurns.set(key, firstTurnsFirst);
        const rows = await claimRevocations(parts, lane, { atMost, firstTurnsFirst });
        if (rows.length > 0) return { lane, rows };
      }
      return undefined;
    },
  };
}

/** Before all others: numbers of endpoints count downwards. */
const firstLane = -2_147_483_648;
