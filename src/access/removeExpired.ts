import { sql, type Database, type Sql } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

const batchSize = 1_000;
const batchesMax = 100;
/** The clocks of processes on one database may differ; what one of them could still accept must stay. */
const clockDifferenceMaxMs = 10 * 60_000;

/**
 * Deletes what time has made useless: expired tokens of both kinds, spent assertions that nobody would accept any more, and the
 * request counts of earlier hours.
 *
 * In small batches, each a transaction of its own, that step over each other: it may run in every process at
 * once. What is left after 100,000 rows of a kind waits for the next call.
 */
export async function removeExpired(database: Database, clock: Clock): Promise<void> {
  const before = new Date(clock.now() - clockDifferenceMaxMs);
  const windowsBefore = new Date(before.getTime() - 3_600_000);
  await deleteInBatches(
    database,
    sql`with old as (select token_digest from access_tokens where expires_at < ${before}
                      limit ${batchSize} for update skip locked)
        delete from access_tokens using old where access_tokens.token_digest = old.token_digest returning 1 as gone`,
  );
  await deleteInBatches(
    database,
    sql`with old as (select token_digest from participant_tokens where expires_at < ${before}
                      limit ${batchSize} for update skip locked)
        delete from participant_tokens p using old where p.token_digest = old.token_digest returning 1 as gone`,
  );
  await deleteInBatches(
    database,
    sql`with old as (select service_account_id, jti_digest from spent_assertions where expires_at < ${before}
                      limit ${batchSize} for update skip locked)
        delete from spent_assertions s using old
         where s.service_account_id = old.service_account_id and s.jti_digest = old.jti_digest returning 1 as gone`,
  );
  await deleteInBatches(
    database,
    sql`with old as (select caller from rate_limit_windows where window_began_at < ${windowsBefore}
                      limit ${batchSize} for update skip locked)
        delete from rate_limit_windows w using old where w.caller = old.caller returning 1 as gone`,
  );
}

async function deleteInBatches(database: Database, statement: Sql): Promise<void> {
  for (let batch = 0; batch < batchesMax; batch++)
    if ((await database.query(statement)).length < batchSize) return;
}
