import type { AccountStatus, SettledStatus } from '../../contract/externalAccount.ts';

/** What can happen to an account that changes its status. */
export const accountEvents = [
  /** The participant gave a new grant. */
  'reconnected',
  /** A fetch was asked for and is due. */
  'refreshRequested',
  /** A fetch began. */
  'fetchStarted',
  /** A fetch ended with everything it asked for. */
  'fetchSucceeded',
  /** A fetch ended in a failure that is not about authorization. */
  'fetchFailed',
  /** The provider confirmed that the grant is dead: expired or revoked. */
  'authorizationLost',
  /** Newer data were asked for, and nobody has ever authorised us to fetch them: the account moved in without a grant. */
  'neverAuthorised',
] as const;
/** What can happen to an account and change its status. */
export type AccountEvent = (typeof accountEvents)[number];

/** The part of an account that only this table may change. Instants are milliseconds since the epoch. */
export interface AccountState {
  readonly status: AccountStatus;
  /** Outcome of the last finished fetch, kept while the next one runs; exports show it. */
  readonly settledStatus: SettledStatus | null;
  /** End of the last finished fetch, whatever its outcome. */
  readonly lastFetchAt: number | null;
  /** End of the last successful fetch. */
  readonly lastSuccessAt: number | null;
}

/**
 * Where each event leads from each status; a missing entry is refused. `unauthorized` is left only by a new
 * grant: a fetch that was already running when the grant died must not bring the account back.
 */
export const transitions: Readonly<
  Record<AccountStatus, Readonly<Partial<Record<AccountEvent, AccountStatus>>>>
> = {
  fetchingData: {
    reconnected: 'fetchingData',
    // A fetch that was asked for while one is due or under way is that one: `refreshRequested` is refused.
    // A worker that takes over from one that died begins again.
    fetchStarted: 'fetchingData',
    fetchSucceeded: 'fetchComplete',
    fetchFailed: 'error',
    authorizationLost: 'unauthorized',
    neverAuthorised: 'unauthorized',
  },
  fetchComplete: {
    reconnected: 'fetchingData',
    refreshRequested: 'fetchingData',
    fetchStarted: 'fetchingData',
    authorizationLost: 'unauthorized',
    neverAuthorised: 'unauthorized',
  },
  error: {
    reconnected: 'fetchingData',
    refreshRequested: 'fetchingData',
    fetchStarted: 'fetchingData',
    authorizationLost: 'unauthorized',
    neverAuthorised: 'unauthorized',
  },
  unauthorized: {
    reconnected: 'fetchingData',
  },
};

/** The state of an account that was just connected: its first fetch is due and nothing has been fetched. */
export const connectedState: AccountState = {
  status: 'fetchingData',
  settledStatus: null,
  lastFetchAt: null,
  lastSuccessAt: null,
};

/** The state of an account that comes from elsewhere with the outcome of its last finished fetch. */
export function settledState(settledStatus: SettledStatus | null, lastFetchAt: number | null): AccountState {
  if (settledStatus === null) return connectedState;
  return {
    status: settledStatus,
    settledStatus,
    lastFetchAt,
    lastSuccessAt: settledStatus === 'fetchComplete' ? lastFetchAt : null,
  };
}

/**
 * The state after an event, or undefined when the event cannot happen in this state.
 *
 * A fetch that ends moves the instant of the last fetch; the loss of authorization outside a fetch does not, nor does
 * its absence from the beginning, because nothing was fetched. Instants never go back, whatever the clock does.
 */
export function nextState(state: AccountState, event: AccountEvent, at: number): AccountState | undefined {
  const status = transitions[state.status][event];
  if (status === undefined) return undefined;
  if (status === 'fetchingData') return { ...state, status };
  const lastFetchAt =
    state.status === 'fetchingData' && event !== 'neverAuthorised'
      ? Math.max(at, state.lastFetchAt ?? at)
      : state.lastFetchAt;
  return {
    status,
    settledStatus: status,
    lastFetchAt,
    lastSuccessAt: status === 'fetchComplete' ? lastFetchAt : state.lastSuccessAt,
  };
}
