import { empty, sql, type Queryable } from '../platform/storage/database.ts';

/** What of the trail is wanted; everything that is left out is any. */
export interface WantedActs {
  readonly projectID?: string;
  readonly accountID?: number;
  readonly action?: string;
  readonly actor?: string;
  readonly limit: number;
}

/** A row of the trail. */
export interface ListedAct {
  readonly occurredAt: string;
  readonly actor: string;
  readonly action: string;
  readonly projectID: string | null;
  readonly accountID: number | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/**
 * Acts that fit, the latest first. The trail is walked from its end, so that what is rare costs as much as the trail
 * is long; an account's are found by its number.
 */
export async function listActs(database: Queryable, wanted: WantedActs): Promise<ListedAct[]> {
  const { projectID, accountID, action, actor, limit } = wanted;
  const rows = await database.query<Omit<ListedAct, 'occurredAt'> & { occurredAt: Date }>(sql`
    select occurred_at as "occurredAt", actor, action, project_id as "projectID", account_id as "accountID", details
      from audit_entries
     where true
       ${projectID === undefined ? empty : sql`and project_id = ${projectID}`}
       ${accountID === undefined ? empty : sql`and account_id = ${accountID}`}
       ${action === undefined ? empty : sql`and action = ${action}`}
       ${actor === undefined ? empty : sql`and actor = ${actor}`}
     order by entry_id desc limit ${limit}`);
  return rows.map((row) => ({ ...row, occurredAt: row.occurredAt.toISOString() }));
}
