import type { Transaction } from '../platform/storage/database.ts';
import { sql } from '../platform/storage/database.ts';

/** Something that somebody did. Names no secret, no health data and no participant identifier. */
export interface AuditedAct {
  readonly projectID?: string;
  /** `service-account:NAME`, `participant:GUID`, `command-line:USER` or `service`. */
  readonly actor: string;
  /** Noun and past participle: `external-account.deleted`. */
  readonly action: string;
  readonly accountID?: number;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
}

/** Leaves the trace of an act in the transaction of the act: either both happen or neither. */
export async function record(transaction: Transaction, act: AuditedAct): Promise<void> {
  await transaction.query(sql`
    insert into audit_entries (project_id, occurred_at, actor, action, account_id, details)
    values (${act.projectID ?? null}, ${new Date(act.occurredAt)}, ${act.actor}, ${act.action},
            ${act.accountID ?? null}, ${act.details === undefined ? null : JSON.stringify(act.details)})`);
}
