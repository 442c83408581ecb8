import { record } from '../audit/record.ts';
import { sql, type Queryable, type Transaction } from '../platform/storage/database.ts';

/** What a study demands of clients that connect. */
export interface ConnectPolicy {
  /** Whether clients from before verifiers may: whoever sees a link of theirs can use it. */
  readonly allowWithoutVerifier: boolean;
  /** Whether a link may be opened from anywhere, not only from a page of a redirect target. */
  readonly allowFromAnywhere: boolean;
}

/** What a study demands that has never said anything: everything that is safe. */
const strict: ConnectPolicy = { allowWithoutVerifier: false, allowFromAnywhere: false };

/** What the project demands. */
export async function readConnectPolicy(database: Queryable, projectID: string): Promise<ConnectPolicy> {
  const [row] = await database.query<ConnectPolicy>(sql`
    select allow_without_verifier as "allowWithoutVerifier", allow_from_anywhere as "allowFromAnywhere"
      from connect_policies where project_id = ${projectID}`);
  return row ?? strict;
}

/** What a study shall demand from now on, and who says so. */
export interface ConnectPolicyChange {
  readonly projectID: string;
  /** What is left out stays. */
  readonly change: Partial<ConnectPolicy>;
  readonly actor: string;
  readonly now: number;
}

/** Changes what the project demands and gives the result; a change of something leaves an audit row. */
export async function changeConnectPolicy(
  transaction: Transaction,
  { projectID, change, actor, now }: ConnectPolicyChange,
): Promise<ConnectPolicy> {
  // Two changes at once would each be made from what the other has not written yet.
  await transaction.query(sql`select from projects where project_id = ${projectID} for no key update`);
  const current = await readConnectPolicy(transaction, projectID);
  const next = { ...current, ...change };
  const { allowWithoutVerifier, allowFromAnywhere } = next;
  if (
    allowWithoutVerifier === current.allowWithoutVerifier &&
    allowFromAnywhere === current.allowFromAnywhere
  )
    return current;
  await transaction.query(sql`
    insert into connect_policies (project_id, allow_without_verifier, allow_from_anywhere)
    values (${projectID}, ${allowWithoutVerifier}, ${allowFromAnywhere})
    on conflict (project_id) do update
       set allow_without_verifier = excluded.allow_without_verifier,
           allow_from_anywhere = excluded.allow_from_anywhere`);
  await record(transaction, {
    projectID,
    actor,
    action: 'project.connect-policy-changed',
    details: { allowWithoutVerifier, allowFromAnywhere },
    occurredAt: now,
  });
  return next;
}
