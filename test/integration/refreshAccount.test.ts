import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeStatus } from '../../src/accounts/changeStatus.ts';
import type { OwnAccount } from '../../src/accounts/own/listOwnAccounts.ts';
import { requestRefresh } from '../../src/accounts/own/requestRefresh.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type NewAccount, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const path = '/api/v1/delegated/externalaccounts';
const clock = createFakeClock();
const fitbit = 564;
const googleHealth = 49369;
let catalogue: Catalogue;
let database: Database;
let service: TestService;
let study: Study;
let her: string;
let hers: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  catalogue = await catalogueWith();
  service = await startTestService(database, { clock, catalogue });
});
afterAll(() => service.close());
beforeEach(async () => {
  study = await createStudy(database);
  her = await study.addParticipant();
  hers = await service.issueParticipantToken(study.projectID, her);
});

const refresh = (id: number | string, token = hers) =>
  service.send({ method: 'POST', url: `${path}/refresh/${id}`, token });
const connected = (account: NewAccount = {}) =>
  study.addAccount({ participantID: her, hasGrant: true, ...account });

async function stored(id: number) {
  const rows = await database.query(sql`
    select status, settled_status, last_fetch_at, last_success_at, next_fetch_at, generation
      from external_accounts where account_id = ${id}`);
  return rows[0];
}

const trail = (id: number) =>
  database.query(
    sql`select actor, action, details, occurred_at from audit_entries where account_id = ${id} order by entry_id`,
  );

describe('asking for a fetch of an account', () => {
  it.each(['fetchComplete', 'error'] as const)(
    'that is %s makes one due now, keeps the last outcome and its dates, and leaves an audit row in her name',
    async (status) => {
      const id = await connected({ status });
      const before = await stored(id);
      const answer = await refresh(id);
      expect(answer).toMatchObject({ statusCode: 204, body: '' });
      const now = new Date(clock.now());
      expect(await stored(id)).toEqual({ ...before, status: 'fetchingData', next_fetch_at: now });
      expect(before).toMatchObject({ status, settled_status: status, next_fetch_at: null });
      expect(await trail(id)).toEqual([
        {
          actor: `participant:${her}`,
          action: 'external-account.status-changed',
          details: { event: 'refreshRequested', from: status, to: 'fetchingData' },
          occurred_at: now,
        },
      ]);
      const list = await service.send({ url: path, token: hers });
      expect(list.json<OwnAccount[]>()).toMatchObject([{ id, status: 'fetchingData' }]);
    },
  );

  it('again while it is due changes nothing, so that the plan does not move away', async () => {
    const id = await connected();
    await refresh(id);
    const due = await stored(id);
    clock.advance(5_000);
    expect((await refresh(id)).statusCode).toBe(204);
    expect(await stored(id)).toEqual(due);
    expect(await trail(id)).toHaveLength(1);
  });

  it('many times at once makes one due, with one audit row', async () => {
    const id = await connected();
    const answers = await Promise.all(Array.from({ length: 12 }, () => refresh(id)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 204));
    expect(await trail(id)).toHaveLength(1);
  });

  it('works anew when the fetch has ended', async () => {
    const id = await connected();
    await refresh(id);
    const ended = { accountID: id, projectID: study.projectID, generation: 1, actor: 'service' };
    await database.transaction((transaction) =>
      changeStatus(transaction, { ...ended, event: 'fetchFailed', now: clock.now() }),
    );
    clock.advance(1_000);
    await refresh(id);
    expect(await stored(id)).toMatchObject({
      status: 'fetchingData',
      settled_status: 'error',
      next_fetch_at: new Date(clock.now()),
    });
  });

  it.each<[string, NewAccount]>([
    ['lost its authorization', { status: 'unauthorized' }],
    ['is being fetched', { status: 'fetchingData' }],
    ['was imported as unauthorized', { hasGrant: false, status: 'unauthorized' }],
  ])('that %s changes nothing', async (_name, account) => {
    const id = await connected(account);
    const before = await stored(id);
    expect((await refresh(id)).statusCode).toBe(204);
    expect(await stored(id)).toEqual(before);
    expect(await trail(id)).toEqual([]);
  });

  it.each(['fetchComplete', 'error', 'fetchingData'] as const)(
    'that was imported as %s and never connected here settles it: clients offer to connect it, and stop asking',
    async (status) => {
      const id = await connected({ hasGrant: false, status });
      const before = await stored(id);
      for (let times = 0; times < 3; times++) expect((await refresh(id)).statusCode).toBe(204);
      expect(await stored(id)).toEqual({
        ...before,
        status: 'unauthorized',
        settled_status: 'unauthorized',
        next_fetch_at: null,
      });
      expect(await trail(id)).toEqual([
        {
          actor: `participant:${her}`,
          action: 'external-account.status-changed',
          details: {
            event: 'neverAuthorised',
            from: status,
            to: 'unauthorized',
            cause: 'never-authorised-here',
          },
          occurred_at: new Date(clock.now()),
        },
      ]);
      const list = await service.send({ url: path, token: hers });
      expect(list.json<OwnAccount[]>()).toMatchObject([{ id, status: 'unauthorized' }]);
    },
  );

  it('that moved in keeps what the import said until somebody asks', async () => {
    const id = await connected({ hasGrant: false });
    const list = await service.send({ url: path, token: hers });
    expect(list.json<OwnAccount[]>()).toMatchObject([{ id, status: 'fetchComplete' }]);
    expect(await trail(id)).toEqual([]);
  });

  it('whose maker has ended the connection settles it, with the successor to connect instead', async () => {
    const id = await connected({ providerID: fitbit });
    await refresh(id);
    expect(await stored(id)).toMatchObject({ status: 'unauthorized', next_fetch_at: null });
    expect(await trail(id)).toMatchObject([
      { details: { event: 'authorizationLost', cause: 'connection-ended-by-provider' } },
    ]);
    const list = await service.send({ url: path, token: hers });
    expect(list.json<OwnAccount[]>()).toMatchObject([
      { id, status: 'unauthorized', provider: { id: fitbit, successorID: googleHealth } },
    ]);
  });

  describe('that its successor has replaced', () => {
    const replace = (id: number, successor: number) =>
      database.query(sql`
        update external_accounts set replaced_by = ${successor}, replaced_at = connected_at where account_id = ${id}`);
    const listed = async () =>
      (await service.send({ url: path, token: hers }))
        .json<OwnAccount[]>()
        .map(({ id, status }) => [id, status]);

    it('asks for the successor instead, and is shown to be as well as that one', async () => {
      const id = await connected({ hasGrant: false, status: 'error' });
      const successor = await connected({ providerID: 45417, lastFetchAt: '2026-06-01T00:00:00Z' });
      await replace(id, successor);
      const before = await stored(id);
      const [old, newer] = (await service.send({ url: path, token: hers })).json<OwnAccount[]>();
      expect(old).toMatchObject({ status: 'fetchComplete', lastRefreshDate: newer?.lastRefreshDate });
      expect((await refresh(id)).statusCode).toBe(204);
      expect(await stored(id)).toEqual(before);
      expect(await stored(successor)).toMatchObject({
        status: 'fetchingData',
        next_fetch_at: new Date(clock.now()),
      });
      expect(await listed()).toEqual([
        [id, 'fetchingData'],
        [successor, 'fetchingData'],
      ]);
      expect([await trail(id), await trail(successor)]).toMatchObject([[], [{}]]);
    });

    it('and that one by another asks for the last of them', async () => {
      const first = await connected({ hasGrant: false });
      const second = await connected({ providerID: 45417, hasGrant: false });
      const third = await connected({ providerID: 5691 });
      await replace(first, second);
      await replace(second, third);
      await refresh(first);
      expect(await listed()).toEqual([first, second, third].map((id) => [id, 'fetchingData']));
      expect([await trail(first), await trail(second)]).toEqual([[], []]);
    });

    it('which is gone is settled like one that was never connected here', async () => {
      const id = await connected({ hasGrant: false });
      const successor = await connected({ providerID: 45417 });
      await replace(id, successor);
      await service.send({ method: 'DELETE', url: `${path}/delete/${successor}`, token: hers });
      expect(await listed()).toEqual([[id, 'fetchComplete']]);
      await refresh(id);
      expect(await listed()).toEqual([[id, 'unauthorized']]);
    });

    it("is not led to another person's account", async () => {
      const id = await connected({ hasGrant: false });
      const foreign = await study.addAccount({ hasGrant: true, providerID: 45417 });
      await replace(id, foreign);
      await refresh(id);
      expect(await stored(foreign)).toMatchObject({ status: 'fetchComplete' });
      expect(await trail(foreign)).toEqual([]);
    });
  });

  it('that is replaced at this moment waits, and then changes nothing', async () => {
    const id = await connected();
    const successor = await connected({ providerID: 45417 });
    const by = { projectID: study.projectID, participantID: her, accountID: id, actor: 'test' };
    let asked: Promise<boolean> | undefined;
    await database.transaction(async (transaction) => {
      await transaction.query(sql`
        update external_accounts set replaced_by = ${successor}, replaced_at = connected_at where account_id = ${id}`);
      asked = requestRefresh({ database, catalogue }, { ...by, now: clock.now() });
      await waiting();
    });
    expect(await asked).toBe(true);
    expect(await stored(id)).toMatchObject({ status: 'fetchComplete', next_fetch_at: null });
  });

  it('whose grant is of an older consent is not fetched with it', async () => {
    const id = await connected();
    await database.query(sql`update external_accounts set generation = 2 where account_id = ${id}`);
    expect((await refresh(id)).statusCode).toBe(204);
    expect(await stored(id)).toMatchObject({ status: 'unauthorized', next_fetch_at: null });
  });

  it.each([
    ['of another person in her study', () => study.addAccount({ hasGrant: true })],
    ['of another study', async () => (await createStudy(database)).addAccount({ hasGrant: true })],
  ])('%s is impossible, and looks as if there were none', async (_name, addForeign) => {
    const foreign = await addForeign();
    const before = await stored(foreign);
    const refused = await refresh(foreign);
    expect(refused.statusCode).toBe(404);
    expect(refused.body).toBe((await refresh(2_000_000_000)).body);
    expect(await stored(foreign)).toEqual(before);
    expect(await trail(foreign)).toEqual([]);
  });

  it.each(['0', '-1', '1.5', 'x', '99999999999', '2147483648', '%00'])(
    'with the id %s finds nothing',
    async (id) => {
      expect((await refresh(id)).statusCode).toBe(404);
    },
  );

  it('that was deleted finds nothing', async () => {
    const id = await connected();
    await service.send({ method: 'DELETE', url: `${path}/delete/${id}`, token: hers });
    expect((await refresh(id)).statusCode).toBe(404);
  });

  it('needs a token of hers that allows writing', async () => {
    const id = await connected();
    const only = await service.issueParticipantToken(study.projectID, her, ['ExternalAccounts:read']);
    const answer = await refresh(id, only);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['www-authenticate']).toContain('ExternalAccounts:connect');
    expect((await refresh(id, await service.issueToken(study.projectID))).statusCode).toBe(401);
    expect((await refresh(id, '')).statusCode).toBe(401);
    expect(await trail(id)).toEqual([]);
  });

  it('is not answered to a GET, which a page could be made to send', async () => {
    const id = await connected();
    const answer = await service.send({ url: `${path}/refresh/${id}`, token: hers });
    expect(answer.statusCode).toBe(404);
    expect(await trail(id)).toEqual([]);
  });

  it('does nothing when the audit row cannot be written', async () => {
    const id = await connected();
    const before = await stored(id);
    await database.query(
      sql`alter table audit_entries add constraint jammed check (action <> 'external-account.status-changed') not valid`,
    );
    try {
      expect((await refresh(id)).statusCode).toBe(500);
      expect(await stored(id)).toEqual(before);
    } finally {
      await database.query(sql`alter table audit_entries drop constraint jammed`);
    }
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
