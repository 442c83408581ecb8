import { sql, type Database, type Sql } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

/** How many there are of what, by the value of one label. */
export type CountsByLabel = readonly { readonly label: string; readonly count: number }[];

/** Counts of what is in the database, for the metrics; each is empty until it was counted once. */
export interface RegisterCounts {
  readonly accounts: () => Promise<CountsByLabel>;
  readonly journeys: () => Promise<CountsByLabel>;
  readonly revocations: () => Promise<CountsByLabel>;
}

/** All accounts are walked for it, an index of them: however often somebody scrapes, only so often. */
const accountsForMs = 5 * 60_000;
const othersForMs = 30_000;
/** What a scrape waits for a count. */
const patienceMs = 1_000;

/** A scrape gets what was counted last when the database is slow or away: it never waits longer than a second. */
export function createRegisterCounts(database: Database, clock: Clock): RegisterCounts {
  const remember = (forMs: number, statement: Sql) => rememberCount({ database, clock, forMs }, statement);
  return {
    accounts: remember(
      accountsForMs,
      sql`select status::text as label, count(*)::float8 as count from external_accounts group by status`,
    ),
    // Those that ended are forgotten after an hour.
    journeys: remember(
      othersForMs,
      sql`select coalesce(outcome, 'open') as label, count(*)::float8 as count from connect_attempts group by 1`,
    ),
    revocations: remember(
      othersForMs,
      sql`select case when due_at <= now() then 'due' else 'later' end as label, count(*)::float8 as count
            from revocations group by 1`,
    ),
  };
}

interface Remembering {
  readonly database: Database;
  readonly clock: Clock;
  readonly forMs: number;
}

function rememberCount(
  { database, clock, forMs }: Remembering,
  statement: Sql,
): () => Promise<CountsByLabel> {
  let latest: CountsByLabel = [];
  let countedAt = -Infinity;
  let counting: Promise<void> | undefined;
  const count = async (): Promise<void> => {
    // A count that failed is not tried again before its time either.
    countedAt = clock.now();
    // With the deadline of a transaction: ten million accounts may take longer than what a request waits for.
    latest = await database
      .transaction((transaction) => transaction.query<{ label: string; count: number }>(statement))
      .catch(() => latest);
  };
  return async () => {
    if (clock.now() - countedAt >= forMs)
      counting ??= count().finally(() => {
        counting = undefined;
      });
    const waiting = new AbortController();
    await Promise.race([counting, clock.sleep(patienceMs, waiting.signal).catch(() => undefined)]);
    waiting.abort();
    return latest;
  };
}
