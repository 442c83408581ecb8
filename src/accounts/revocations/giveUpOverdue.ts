import { sql } from '../../platform/storage/database.ts';
import type { RevocationParts } from './revocationParts.ts';

const atOnce = 1_000;

/**
 * Forgets the sealed copies of grants that were tried for a day, or whose turn never came (DELETE-GIVES-BACK), each with
 * its audit row. One that a process is calling with is left until that is over.
 *
 * @returns how many
 */
export async function giveUpOverdue({ database, clock }: RevocationParts): Promise<number> {
  const now = new Date(clock.now());
  for (let count = 0; ;) {
    const [gone] = await database.query<{ count: number }>(sql`
      with over as (
        select revocation_id from revocations
         where expires_at <= ${now} and due_at <= ${now}
         order by expires_at limit ${atOnce} for update skip locked
      ), gone as (
        delete from revocations using over where revocations.revocation_id = over.revocation_id
        returning project_id, account_id
      ), told as (
        insert into audit_entries (project_id, occurred_at, actor, action, account_id, details)
        select project_id, ${now}, 'service', 'grant.given-back', account_id, '{"outcome": "given-up"}' from gone
      )
      select count(*)::integer as count from gone`);
    count += gone?.count ?? 0;
    if ((gone?.count ?? 0) < atOnce) return count;
  }
}
