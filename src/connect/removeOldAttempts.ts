import type { Database } from '../platform/storage/database.ts';
import { sql } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

/** How long the end of a journey can be looked at (reload, back button). */
const endShownMs = 60 * 60_000;

/** Forgets journeys whose end nobody will look at any more; what they came to stands in the audit trail. */
export async function removeOldAttempts(database: Database, clock: Clock): Promise<void> {
  const before = new Date(clock.now() - endShownMs);
  await database.query(sql`delete from connect_attempts where expires_at < ${before}`);
}
