import { sql, type Queryable } from '../../platform/storage/database.ts';
import {
  addRedirectTargets,
  listRedirectTargets,
  removeRedirectTargets,
} from '../../projects/redirectTargets.ts';
import type { RehearsalParts } from './ensureParticipant.ts';

/** Nothing else of the service adds targets, so the trail tells ours from those of operators. */
const actor = 'service';

/**
 * Lets participants return to the study's site at this origin, and no longer to where it was at earlier starts. What
 * anybody else has added to the list stays.
 */
export async function allowStudySite(
  { database, projectID, clock }: RehearsalParts,
  origin: string,
): Promise<void> {
  await database.transaction(async (transaction) => {
    const change = { projectID, actor, now: clock.now() };
    const ours = await listOwnTargets(transaction, projectID);
    const stale = ours.filter((target) => target !== origin);
    if (stale.length > 0) await removeRedirectTargets(transaction, { ...change, targets: stale });
    await addRedirectTargets(transaction, { ...change, targets: [origin] });
  });
}

/** Those on the list that this or an earlier start has put there. */
async function listOwnTargets(database: Queryable, projectID: string): Promise<string[]> {
  const listed = await listRedirectTargets(database, projectID);
  const rows = await database.query<{ target: string }>(sql`
    select target from (
      select distinct on (details ->> 'target') details ->> 'target' as target, actor as added_by
        from audit_entries
       where project_id = ${projectID} and action = 'project.redirect-target-added'
       order by details ->> 'target', entry_id desc) latest
     where added_by = ${actor}`);
  return rows.map(({ target }) => target).filter((target) => listed.includes(target));
}
