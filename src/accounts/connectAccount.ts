import { record } from '../audit/record.ts';
import { defineLock, takeLock } from '../platform/storage/advisoryLock.ts';
import { sql, violatedConstraint, type Queryable, type Transaction } from '../platform/storage/database.ts';
import { changeStatus } from './changeStatus.ts';
import type { ConnectionPlan, ConnectionSubject, NewConnection } from './connection.ts';
import { storeGrant } from './grant.ts';
import { queueRevocation } from './queueRevocation.ts';
import { replacePredecessors } from './state/replacePredecessors.ts';
import { grantScopes } from './state/scopeLedger.ts';

/**
 * The account that a new grant will belong to: the participant's own, one generation on, or a new number. Numbers
 * that are planned and not used are never used.
 */
export async function planConnection(
  database: Queryable,
  { projectID, participantID, providerID }: ConnectionSubject,
): Promise<ConnectionPlan> {
  const [own] = await database.query<{ account_id: number; generation: number }>(sql`
    select account_id, generation from external_accounts
     where project_id = ${projectID} and participant_id = ${participantID} and provider_id = ${providerID}`);
  if (own !== undefined) return { accountID: own.account_id, generation: own.generation + 1 };
  const [next] = await database.query<{ account_id: number }>(
    sql`select nextval('external_account_numbers')::integer as account_id`,
  );
  if (next === undefined) throw new Error('the sequence gave no number');
  return { accountID: next.account_id, generation: 1 };
}

/** Why a consent became no account. */
export type ConnectionRefusal =
  /** The plan is out of date: plan, seal and try again. */
  | 'plan-outdated'
  /** The provider's user belongs to another participant of the project. */
  | 'user-taken'
  /** The account belongs to another user of the provider. */
  | 'another-user'
  /** She has connected another provider on the same endpoint, or one that succeeds this one. */
  | 'connected-elsewhere';

/** Thrown inside the transaction, so that nothing of it stays. */
export class ConnectionRefused extends Error {
  readonly reason: ConnectionRefusal;

  constructor(reason: ConnectionRefusal) {
    super(`The connection was refused: ${reason}`);
    this.reason = reason;
  }
}

/**
 * Makes a consent an account, or renews the participant's own in place: same number, one generation on, first
 * connection date kept. Grant, scope period, the first fetch that is due, what becomes of predecessors and the audit
 * row are in the same transaction.
 *
 * @throws {ConnectionRefused}
 */
export async function connectAccount(transaction: Transaction, connection: NewConnection): Promise<void> {
  const { projectID, accountID, generation, now } = connection;
  await refuseTaken(transaction, connection);
  if (generation === 1) await insertAccount(transaction, connection);
  else await renewAccount(transaction, connection);
  if (!(await storeGrant(transaction, { projectID, accountID, generation, version: 1 }, connection.grant)))
    throw new ConnectionRefused('plan-outdated');
  await grantScopes(transaction, connection, connection, now);
  await replacePredecessors(transaction, connection);
  await record(transaction, {
    projectID,
    actor: connection.actor,
    action: generation === 1 ? 'external-account.connected' : 'external-account.reconnected',
    accountID,
    details: { providerID: connection.providerID, generation, isProxy: connection.isProxy ?? null },
    occurredAt: now,
  });
}

/** What a failure of {@link connectAccount} means; races are decided by constraints. @throws what is no refusal */
export function judgeConnectionFailure(error: unknown): ConnectionRefusal {
  if (error instanceof ConnectionRefused) return error.reason;
  switch (violatedConstraint(error)) {
    case 'one_account_per_participant_and_provider':
      return 'plan-outdated';
    case 'one_account_per_provider_user':
      return 'user-taken';
    default:
      throw error;
  }
}

/** One participant's connections wait for each other, and those of one user of an endpoint. */
const participantLock = defineLock(7_421_002);
const providerUserLock = defineLock(7_421_003);

/**
 * Brands of one endpoint share its users, which no constraint of single rows can see: the lock makes connections of
 * the same user there wait for each other. Until the commit the provider stays on the endpoint at which it was looked.
 */
async function refuseTaken(transaction: Transaction, connection: NewConnection): Promise<void> {
  const { projectID, participantID, providerID, userID, predecessorUserID } = connection;
  await takeLock(transaction, participantLock, `${projectID} ${participantID}`);
  if (userID !== undefined)
    await takeLock(
      transaction,
      providerUserLock,
      sql`(select coalesce(endpoint_id::text, 'none') || ${` ${projectID} ${userID}`}
             from providers where provider_id = ${providerID})`,
    );
  const [found] = await transaction.query<{ taken: boolean; beside: boolean }>(sql`
    select exists (select from external_accounts other
                    where other.project_id = ${projectID} and other.participant_id <> ${participantID}
                      and other.provider_user_id = ${userID ?? null} and other.realm = wanted.realm)
           or exists (select from external_accounts older join providers p using (provider_id)
                       where older.project_id = ${projectID} and older.participant_id <> ${participantID}
                         and p.successor_id = ${providerID}
                         and older.provider_user_id = ${predecessorUserID ?? null}) as taken,
           exists (with recursive newer (provider_id) as (
                     select successor_id from providers where provider_id = ${providerID}
                     union
                     select p.successor_id from providers p join newer on p.provider_id = newer.provider_id
                   )
                   select from external_accounts own join newer using (provider_id)
                    where own.project_id = ${projectID} and own.participant_id = ${participantID})
           or exists (select from external_accounts own
                    where own.project_id = ${projectID} and own.participant_id = ${participantID}
                      and own.provider_id <> ${providerID} and own.replaced_at is null
                      and own.realm = wanted.realm
                      and not exists (select from providers p
                                       where p.provider_id = own.provider_id and p.successor_id = ${providerID})) as beside
      from providers wanted where wanted.provider_id = ${providerID}
       for key share`);
  if (found?.taken === true) throw new ConnectionRefused('user-taken');
  if (found?.beside === true) throw new ConnectionRefused('connected-elsewhere');
}

async function insertAccount(transaction: Transaction, connection: NewConnection): Promise<void> {
  const { accountID, projectID, participantID, providerID, userID, isProxy, now } = connection;
  await transaction.query(sql`
    insert into external_accounts (account_id, project_id, participant_id, provider_id, category, status, connected_at, realm,
                                   provider_user_id, is_proxy, connected_here, next_fetch_at)
    select ${accountID}, ${projectID}, ${participantID}, provider_id, category, 'fetchingData', ${new Date(now)}, realm,
           ${userID ?? null}, ${isProxy ?? null}, true, ${new Date(now)}
      from providers where provider_id = ${providerID}`);
}

async function renewAccount(transaction: Transaction, connection: NewConnection): Promise<void> {
  const { accountID, projectID, participantID, providerID, generation, userID, now } = connection;
  const [own] = await transaction.query<{ user_id: string | null; connected_here: boolean }>(sql`
    select provider_user_id as user_id, connected_here from external_accounts
     where account_id = ${accountID} and project_id = ${projectID} and participant_id = ${participantID}
       and provider_id = ${providerID} and generation = ${generation - 1}
       for update`);
  if (own === undefined) throw new ConnectionRefused('plan-outdated');
  // A user that an import has named may be called otherwise by our own registration with the provider.
  if (own.connected_here && own.user_id !== null && userID !== undefined && own.user_id !== userID)
    throw new ConnectionRefused('another-user');
  await transaction.query(sql`
    update external_accounts
       set generation = ${generation}, connected_here = true, provider_user_id = coalesce(${userID ?? null}, provider_user_id),
           is_proxy = coalesce(${connection.isProxy ?? null}, is_proxy), replaced_by = null, replaced_at = null
     where account_id = ${accountID} and project_id = ${projectID}`);
  // What it replaces ends at the provider where that does not end what she has just agreed to.
  await queueRevocation(transaction, { projectID, accountID, now });
  await changeStatus(transaction, {
    projectID,
    accountID,
    generation,
    now,
    event: 'reconnected',
    actor: connection.actor,
  });
}
