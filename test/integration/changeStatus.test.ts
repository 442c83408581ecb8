import { beforeAll, describe, expect, it } from 'vitest';
import { changeStatus, type StatusChange } from '../../src/accounts/changeStatus.ts';
import { accountEvents, nextState, type AccountEvent } from '../../src/accounts/state/statusMachine.ts';
import type { AccountStatus } from '../../src/contract/externalAccount.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const lastFetchAt = Date.parse('2026-05-04T03:02:01.5Z');
const lastSuccessAt = Date.parse('2026-05-03T03:02:01.5Z');
const planned = new Date('2026-06-01T00:00:00Z');
const now = Date.parse('2026-05-05T00:00:00Z');
const statuses: readonly AccountStatus[] = ['fetchingData', 'fetchComplete', 'error', 'unauthorized'];

let database: Database;
let study: Study;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
});

/** An account whose next fetch is planned, and that was fetched before unless told otherwise. */
async function addAccount(status: AccountStatus, instants: { readonly wasFetched?: boolean } = {}) {
  const accountID = await study.addAccount(
    instants.wasFetched === false
      ? { status, settledStatus: null, lastFetchAt: null, lastSuccessAt: null }
      : {
          status,
          settledStatus: status === 'fetchingData' ? 'error' : status,
          lastFetchAt: new Date(lastFetchAt).toISOString(),
          lastSuccessAt: new Date(status === 'fetchComplete' ? lastFetchAt : lastSuccessAt).toISOString(),
        },
  );
  await database.query(
    sql`update external_accounts set next_fetch_at = ${planned} where account_id = ${accountID}`,
  );
  return accountID;
}

const report = (accountID: number, event: AccountEvent) => ({
  projectID: study.projectID,
  accountID,
  generation: 1,
  event,
  actor: 'worker',
  now,
});

const change = (accountID: number, event: AccountEvent, more: object = {}): Promise<StatusChange> =>
  database.transaction((transaction) => changeStatus(transaction, { ...report(accountID, event), ...more }));

async function read(accountID: number) {
  const [row] = await database.query<Record<string, unknown>>(sql`
    select status, settled_status, last_fetch_at, last_success_at, next_fetch_at
      from external_accounts where account_id = ${accountID}`);
  return row;
}

const trail = (accountID: number) =>
  database.query(sql`
    select actor, action, details, occurred_at from audit_entries where account_id = ${accountID} order by entry_id`);

/** When the next fetch is due after an event, for an account that had one planned. */
const nextFetchAt: Readonly<Record<AccountEvent, Date | null>> = {
  reconnected: new Date(now),
  refreshRequested: new Date(now),
  authorizationLost: null,
  neverAuthorised: null,
  fetchStarted: planned,
  fetchSucceeded: planned,
  fetchFailed: planned,
};

describe('an event of an account', () => {
  it.each(statuses.flatMap((status) => accountEvents.map((event) => [status, event] as const)))(
    'while it is %s: %s is stored as the table says, with its audit row, or changes nothing',
    async (status, event) => {
      const accountID = await addAccount(status);
      const before = await read(accountID);
      const state = nextState(
        {
          status,
          settledStatus: status === 'fetchingData' ? 'error' : status,
          lastFetchAt,
          lastSuccessAt: status === 'fetchComplete' ? lastFetchAt : lastSuccessAt,
        },
        event,
        now,
      );
      const outcome = await change(accountID, event);
      if (state === undefined) {
        expect(outcome).toEqual({ outcome: 'refused', status });
        expect(await read(accountID)).toEqual(before);
        expect(await trail(accountID)).toEqual([]);
        return;
      }
      expect(outcome).toEqual({ outcome: 'changed', state });
      expect(await read(accountID)).toEqual({
        status: state.status,
        settled_status: state.settledStatus,
        last_fetch_at: new Date(state.lastFetchAt!),
        last_success_at: new Date(state.lastSuccessAt!),
        next_fetch_at: nextFetchAt[event],
      });
      expect(await trail(accountID)).toEqual([
        {
          actor: 'worker',
          action: 'external-account.status-changed',
          details: { event, from: status, to: state.status },
          occurred_at: new Date(now),
        },
      ]);
    },
  );

  it('leaves the dates of an account empty that was never fetched', async () => {
    const lost = await addAccount('fetchingData', { wasFetched: false });
    expect(await change(lost, 'reconnected')).toMatchObject({ outcome: 'changed' });
    expect(await read(lost)).toMatchObject({
      settled_status: null,
      last_fetch_at: null,
      last_success_at: null,
    });
    expect(await change(lost, 'fetchFailed')).toMatchObject({ outcome: 'changed' });
    expect(await read(lost)).toMatchObject({ last_fetch_at: new Date(now), last_success_at: null });
  });

  it('changes that account alone', async () => {
    const [accountID, bystander] = [await addAccount('fetchingData'), await addAccount('fetchingData')];
    const before = await read(bystander);
    await change(accountID, 'fetchSucceeded');
    expect(await read(bystander)).toEqual(before);
  });

  it('of another study, of an older or a later consent, or of an account that is gone, changes nothing', async () => {
    const accountID = await addAccount('fetchingData');
    const stranger = await createStudy(database);
    const before = await read(accountID);
    for (const more of [
      { projectID: stranger.projectID },
      { generation: 2 },
      { generation: 0 },
      { accountID: 2_000_000_000 },
    ])
      expect(await change(accountID, 'fetchSucceeded', more)).toEqual({ outcome: 'gone' });
    expect(await read(accountID)).toEqual(before);
    expect(await trail(accountID)).toEqual([]);
  });

  it('that comes together with another is judged against what the other one made', async () => {
    const accountID = await addAccount('fetchingData');
    let second: Promise<StatusChange> | undefined;
    await database.transaction(async (transaction) => {
      await changeStatus(transaction, report(accountID, 'authorizationLost'));
      second = change(accountID, 'fetchSucceeded');
      await waiting();
    });
    expect(await second).toEqual({ outcome: 'refused', status: 'unauthorized' });
    expect(await read(accountID)).toMatchObject({ status: 'unauthorized', next_fetch_at: null });
    expect(await trail(accountID)).toHaveLength(1);
  });
});

/** Until a statement of this database waits for a lock. */
async function waiting(): Promise<void> {
  for (let look = 0; look < 1_000; look++) {
    const rows = await database.query(sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    if (rows.length > 0) return;
  }
  throw new Error('Nothing waits for a lock');
}
