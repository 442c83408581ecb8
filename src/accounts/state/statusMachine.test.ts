import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountStatuses, settledStatuses, type AccountStatus } from '../../contract/externalAccount.ts';
import {
  accountEvents,
  connectedState,
  nextState,
  settledState,
  type AccountEvent,
  type AccountState,
} from './statusMachine.ts';

const at = 1_000;

/** Every status × every event, written out by hand: the table must say the same. */
const expected: Record<AccountStatus, Record<AccountEvent, AccountStatus | 'refused'>> = {
  fetchingData: {
    reconnected: 'fetchingData',
    refreshRequested: 'refused',
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
    fetchSucceeded: 'refused',
    fetchFailed: 'refused',
    authorizationLost: 'unauthorized',
    neverAuthorised: 'unauthorized',
  },
  error: {
    reconnected: 'fetchingData',
    refreshRequested: 'fetchingData',
    fetchStarted: 'fetchingData',
    fetchSucceeded: 'refused',
    fetchFailed: 'refused',
    authorizationLost: 'unauthorized',
    neverAuthorised: 'unauthorized',
  },
  unauthorized: {
    reconnected: 'fetchingData',
    refreshRequested: 'refused',
    fetchStarted: 'refused',
    fetchSucceeded: 'refused',
    fetchFailed: 'refused',
    authorizationLost: 'refused',
    neverAuthorised: 'refused',
  },
};

const history = fc.array(fc.tuple(fc.constantFrom(...accountEvents), fc.integer({ min: -50, max: 50 })), {
  maxLength: 40,
});

describe('the status machine', () => {
  for (const status of accountStatuses)
    for (const event of accountEvents)
      it(`${status} + ${event} → ${expected[status][event]}`, () => {
        const state: AccountState = {
          status,
          settledStatus: status === 'fetchingData' ? 'error' : status,
          lastFetchAt: 10,
          lastSuccessAt: 5,
        };
        expect(nextState(state, event, at)?.status ?? 'refused').toBe(expected[status][event]);
      });

  it('keeps the last finished outcome and its instants while the next fetch runs', () => {
    const done: AccountState = { status: 'error', settledStatus: 'error', lastFetchAt: 10, lastSuccessAt: 5 };
    expect(nextState(done, 'fetchStarted', at)).toEqual({ ...done, status: 'fetchingData' });
  });

  it('moves the last fetch with every finished fetch, the last success only with a successful one', () => {
    const failed = nextState(connectedState, 'fetchFailed', 7);
    expect(failed).toEqual({ status: 'error', settledStatus: 'error', lastFetchAt: 7, lastSuccessAt: null });
    const succeeded = nextState(connectedState, 'fetchSucceeded', 8);
    expect(succeeded).toEqual({
      status: 'fetchComplete',
      settledStatus: 'fetchComplete',
      lastFetchAt: 8,
      lastSuccessAt: 8,
    });
  });

  it('does not call the loss of authorization a fetch when none was running', () => {
    const state = settledState('fetchComplete', 10);
    expect(nextState(state, 'authorizationLost', at)).toEqual({
      ...state,
      status: 'unauthorized',
      settledStatus: 'unauthorized',
    });
  });

  it('calls the absence of authorization no fetch, even where an import said that one was running', () => {
    const moved: AccountState = {
      status: 'fetchingData',
      settledStatus: 'fetchComplete',
      lastFetchAt: 10,
      lastSuccessAt: 10,
    };
    expect(nextState(moved, 'neverAuthorised', at)).toEqual({
      ...moved,
      status: 'unauthorized',
      settledStatus: 'unauthorized',
    });
    expect(nextState(connectedState, 'neverAuthorised', at)).toMatchObject({ lastFetchAt: null });
  });

  it('knows no success of an account that comes with a failure, whenever it was fetched last', () => {
    expect(settledState('error', 10)).toMatchObject({ lastFetchAt: 10, lastSuccessAt: null });
    expect(settledState('fetchComplete', 10)).toMatchObject({ lastFetchAt: 10, lastSuccessAt: 10 });
  });

  it('keeps the invariants of the schema over any history, even when the clock goes back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settledStatuses, null), history, (start, events) => {
        let state = settledState(start, start === null ? null : 100);
        let now = 100;
        for (const [event, step] of events) {
          now += step;
          const next = nextState(state, event, now);
          if (next === undefined) continue;
          // The first fetch may end at any instant; those after it never before it.
          if (state.lastFetchAt !== null) expect(next.lastFetchAt).toBeGreaterThanOrEqual(state.lastFetchAt);
          state = next;
          if (state.status !== 'fetchingData') expect(state.settledStatus).toBe(state.status);
          if (state.settledStatus === 'fetchComplete') expect(state.lastSuccessAt).not.toBeNull();
          if (state.lastSuccessAt !== null)
            expect(state.lastFetchAt).toBeGreaterThanOrEqual(state.lastSuccessAt);
        }
      }),
    );
  });
});
