import { sql, type Database } from '../platform/storage/database.ts';
import { connectJourney } from './connectJourney.ts';
import { withoutSecrets } from './store/attempts.ts';
import type { Clock } from '../platform/time/clock.ts';

/** How long the end of a journey can be looked at (reload, back button). */
const endShownMs = 60 * 60_000;
const atOnce = 1_000;
const { from, to } = connectJourney.endJourney;

/**
 * Ends the journeys whose time is over, each with its audit row, and forgets those whose end nobody will look at any
 * more. One that a process died with, while the provider was asked, ends as interrupted; what came of its code is for
 * `settleSentCodes` to find out.
 */
export async function endOldAttempts(database: Database, clock: Clock): Promise<void> {
  while ((await endExpired(database, clock.now())) === atOnce);
  const before = new Date(clock.now() - endShownMs);
  await database.query(sql`
    delete from connect_attempts where phase = ${to} and expires_at < ${before} and code_due_at is null`);
}

async function endExpired(database: Database, now: number): Promise<number> {
  const [ended] = await database.query<{ count: number }>(sql`
    with over as (
      select attempt_id from connect_attempts
       where phase = any (${from}::connect_phase[]) and expires_at <= ${new Date(now)}
       order by expires_at limit ${atOnce} for update skip locked
    ), ended as (
      update connect_attempts a
         set phase = ${to}, outcome = case a.phase when ${connectJourney.receiveAnswer.to} then 'interrupted' else 'expired' end,
             ${withoutSecrets}
        from over where a.attempt_id = over.attempt_id
      returning a.project_id, a.participant_id, a.provider_id, a.outcome
    ), told as (
      insert into audit_entries (project_id, occurred_at, actor, action, details)
      select project_id, ${new Date(now)}, 'participant:' || participant_id, 'external-account.connect-ended',
             jsonb_build_object('providerID', provider_id, 'outcome', outcome)
        from ended
    )
    select count(*)::integer as count from ended`);
  return ended?.count ?? 0;
}
