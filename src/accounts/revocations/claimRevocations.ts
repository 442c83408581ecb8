import { revocationsAtOnce } from '../../oauth/revocationsAtOnce.ts';
import { defineLock, takeLock } from '../../platform/storage/advisoryLock.ts';
import { sql, type Sql } from '../../platform/storage/database.ts';
import type { RevocationParts } from './revocationParts.ts';
import { walkIndexes } from './walkIndexes.ts';

/** A grant to give back, as it is claimed. */
export interface ClaimedRevocation {
  readonly revocation_id: string;
  readonly project_id: string;
  readonly account_id: number;
  readonly generation: number;
  readonly version: number;
  readonly participant_id: string;
  readonly provider_id: number;
  readonly provider_user_id: string | null;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
  readonly access_token: Buffer;
  readonly refresh_token: Buffer | null;
  readonly access_expires_at: Date | null;
  readonly created_at: Date;
  /** With the one that it is claimed for. */
  readonly tries: number;
}

/** What waits for one server. */
export interface Lane {
  readonly lane: number;
  /** Grants that may be given back there at the same time, by all processes together. */
  readonly atOnce: number;
}

/** Longer than any call and everything around it. */
const claimMs = 2 * 60_000;
const lanesAtOnce = 1_000;
const laneLock = defineLock(7_421_004);

/**
 * Lanes in which something is due, in order of their numbers from `after`, a thousand at the most. Costs some index
 * entries for each lane in which anything waits, however much that is.
 */
export async function findLanes(
  { database, catalogue, clock }: RevocationParts,
  after: number,
): Promise<Lane[]> {
  const rows = await database.transaction(async (transaction) => {
    await walkIndexes(transaction);
    return transaction.query<{ lane: number; definition: string | null }>(lanesStatement(after, clock.now()));
  });
  return rows.map(({ lane, definition }) => ({
    lane,
    atOnce: revocationsAtOnce(catalogue, definition ?? undefined),
  }));
}

/** @see findLanes */
export function lanesStatement(after: number, now: number): Sql {
  const next = (lane: Sql) => sql`
    select least((select lane from revocations where tries = 0 and lane > ${lane} order by lane limit 1),
                 (select lane from revocations where tries > 0 and lane > ${lane} order by lane limit 1))`;
  const due = (tries: Sql) => sql`
    (select provider_id from revocations
      where lane = lanes.lane and ${tries} and due_at <= ${new Date(now)} order by due_at limit 1)`;
  return sql`
    with recursive lanes (lane) as (
      ${next(sql`${after}::integer`)} union all
      (${next(sql`lanes.lane`)} from lanes where lanes.lane is not null)
    )
    select lanes.lane, (select definition from providers where provider_id = due.provider_id) as definition
      from lanes cross join lateral
           (select coalesce(${due(sql`tries = 0`)}, ${due(sql`tries > 0`)}) as provider_id) due
     where due.provider_id is not null
     limit ${lanesAtOnce}`;
}

/**
 * Claims what is due in a lane, up to `atMost` and to the lane's own limit less what others are calling there. The
 * claim is the next time at which a row is due: whoever dies with it leaves it to the others.
 *
 * First turns and further tries go alternately first, so that neither waits for the whole of the other's queue: the day
 * of a row that was tried is running.
 */
export function claimRevocations(
  { database, clock }: RevocationParts,
  lane: Lane,
  { atMost, firstTurnsFirst }: { readonly atMost: number; readonly firstTurnsFirst: boolean },
): Promise<ClaimedRevocation[]> {
  return database.transaction(async (transaction) => {
    // Two claims at once would both count the same calls.
    await takeLock(transaction, laneLock, String(lane.lane));
    // A claim that a crash of the database undoes leaves the row due: it is called for once more.
    await walkIndexes(transaction, { forgettable: true });
    return transaction.query<ClaimedRevocation>(
      claimStatement(lane, { atMost, firstTurnsFirst, now: clock.now() }),
    );
  });
}

/** @see claimRevocations */
export function claimStatement(
  { lane, atOnce }: Lane,
  claim: { readonly atMost: number; readonly firstTurnsFirst: boolean; readonly now: number },
): Sql {
  const { atMost, firstTurnsFirst, now } = claim;
  const places = sql`
    (select greatest(0, least(${atMost}::bigint, ${atOnce}::bigint - count(*)))
       from revocations where lane = ${lane} and claimed and due_at > ${new Date(now)})`;
  const due = (tries: Sql, order: number) => sql`
    (select revocation_id, ${order}::integer as place, due_at from revocations
      where lane = ${lane} and ${tries} and due_at <= ${new Date(now)}
      order by due_at limit ${places})`;
  // Due still: processes from before lanes do not wait for each other.
  return sql`
    update revocations set claimed = true, due_at = ${new Date(now + claimMs)}, tries = tries + 1
     where revocation_id = any (array(
             select revocation_id from (
               ${due(sql`tries = 0`, firstTurnsFirst ? 1 : 2)} union all ${due(sql`tries > 0`, firstTurnsFirst ? 2 : 1)}
             ) due order by place, due_at limit ${places}))
       and due_at <= ${new Date(now)}
    returning *`;
}
