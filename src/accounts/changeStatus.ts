import { record } from '../audit/record.ts';
import type { AccountStatus, SettledStatus } from '../contract/externalAccount.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import { sql, type Transaction } from '../platform/storage/database.ts';
import { nextState, type AccountEvent, type AccountState } from './state/statusMachine.ts';

/** What became of an event: applied, impossible in the account's status, or too late for the account. */
export type StatusChange =
  | { readonly outcome: 'changed'; readonly state: AccountState }
  | { readonly outcome: 'refused'; readonly status: AccountStatus }
  | { readonly outcome: 'gone' };

interface AccountEventReport {
  readonly projectID: string;
  readonly accountID: number;
  /** The generation the reporter works for: an event of an older consent changes nothing. */
  readonly generation: number;
  readonly event: AccountEvent;
  /** For the audit row, where the event alone does not say why: `never-authorised-here`. */
  readonly cause?: string;
  readonly actor: string;
  readonly now: number;
}

/**
 * Applies an event to an account and leaves its audit row: the only writer of an account's status.
 *
 * A new grant and a request for a refresh make the next fetch due at once; the loss of authorization and its absence
 * cancel it. Other events leave the plan to whoever fetches.
 *
 * The row is locked while the table is asked, so that of two events that arrive together the second one is
 * judged against what the first one made.
 */
export async function changeStatus(
  transaction: Transaction,
  report: AccountEventReport,
): Promise<StatusChange> {
  const [row] = await transaction.query<StateRow>(sql`
    select status, settled_status, last_fetch_at, last_success_at from external_accounts
     where project_id = ${report.projectID} and account_id = ${report.accountID}
       and generation = ${report.generation}
       for update`);
  if (row === undefined) return { outcome: 'gone' };
  const state = nextState(readState(row), report.event, report.now);
  if (state === undefined) return { outcome: 'refused', status: row.status };
  await transaction.query(sql`
    update external_accounts
       set status = ${state.status}, settled_status = ${state.settledStatus},
           last_fetch_at = ${instant(state.lastFetchAt)}, last_success_at = ${instant(state.lastSuccessAt)},
           next_fetch_at = ${nextFetch(report)}
     where project_id = ${report.projectID} and account_id = ${report.accountID}`);
  await record(transaction, {
    projectID: report.projectID,
    actor: report.actor,
    action: 'external-account.status-changed',
    accountID: report.accountID,
    details: omitUndefined({
      event: report.event,
      from: row.status,
      to: state.status,
      cause: report.cause,
    }),
    occurredAt: report.now,
  });
  return { outcome: 'changed', state };
}

/** SQL of the instant at which the next fetch is due after an event. */
function nextFetch({ event, now }: AccountEventReport) {
  switch (event) {
    case 'reconnected':
    case 'refreshRequested':
      return sql`${new Date(now)}::timestamptz`;
    case 'authorizationLost':
    case 'neverAuthorised':
      return sql`null`;
    case 'fetchStarted':
    case 'fetchSucceeded':
    case 'fetchFailed':
      return sql`next_fetch_at`;
  }
}

interface StateRow {
  status: AccountStatus;
  settled_status: SettledStatus | null;
  last_fetch_at: Date | null;
  last_success_at: Date | null;
}

function readState(row: StateRow): AccountState {
  return {
    status: row.status,
    settledStatus: row.settled_status,
    lastFetchAt: row.last_fetch_at?.getTime() ?? null,
    lastSuccessAt: row.last_success_at?.getTime() ?? null,
  };
}

function instant(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
