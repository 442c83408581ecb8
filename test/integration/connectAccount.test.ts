import { beforeAll, describe, expect, it } from 'vitest';
import { connectAccount, judgeConnectionFailure, planConnection } from '../../src/accounts/connectAccount.ts';
import type { ConnectionSubject, NewConnection } from '../../src/accounts/connection.ts';
import { sealGrant } from '../../src/accounts/grant.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import type { Vault } from '../../src/platform/sealing/vault.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

const at = Date.parse('2026-11-26T10:00:00Z');
let database: Database;
let vault: Vault;
let study: Study;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  vault = createTestVault(database);
  study = await createStudy(database);
});

type Wish = Partial<
  Pick<NewConnection, 'userID' | 'predecessorUserID' | 'scopes' | 'askedScopes' | 'isProxy' | 'now'>
>;

/** Connects as a journey does, and tells why not. */
async function connect(subject: ConnectionSubject, wish: Wish = {}) {
  const plan = await planConnection(database, subject);
  const place = { projectID: subject.projectID, ...plan, version: 1 };
  const grant = await sealGrant(vault, place, { accessToken: new Secret('token') });
  try {
    await database.transaction((transaction) =>
      connectAccount(transaction, {
        ...subject,
        ...plan,
        grant,
        actor: 'participant:test',
        now: at,
        userID: undefined,
        predecessorUserID: undefined,
        isProxy: undefined,
        scopes: ['A'],
        askedScopes: ['A', 'B'],
        ...wish,
      }),
    );
    return { ...plan, refusal: undefined };
  } catch (error) {
    return { ...plan, refusal: judgeConnectionFailure(error) };
  }
}

async function newSubject(providerID: number): Promise<ConnectionSubject> {
  return { projectID: study.projectID, participantID: await study.addParticipant(), providerID };
}

const readAccount = async (accountID: number) => {
  const [row] = await database.query<Record<string, unknown>>(sql`
    select status, settled_status, generation, provider_user_id, is_proxy, replaced_by, next_fetch_at, connected_at,
           last_success_at, exists (select from grants where grants.account_id = a.account_id) as has_grant,
           (select scopes from scope_periods p where p.account_id = a.account_id and ended_at is null) as scopes
      from external_accounts a where account_id = ${accountID}`);
  return row;
};

const trail = (accountID: number) =>
  database.query(
    sql`select action, actor, details from audit_entries where account_id = ${accountID} order by entry_id`,
  );

describe('connectAccount', () => {
  it('renews an account that lost its authorization, and keeps what was fetched and when it was connected first', async () => {
    const providerID = await study.addProvider({ name: 'Band', category: 'Device Manufacturer' });
    const subject = await newSubject(providerID);
    const accountID = await study.addAccount({
      ...subject,
      providerUserID: 'u-1',
      status: 'unauthorized',
      scopes: ['A', 'B'],
      lastFetchAt: '2026-05-04T03:02:01Z',
      lastSuccessAt: '2026-05-03T03:02:01Z',
    });
    expect(await connect(subject, { userID: 'u-1', scopes: ['B'], isProxy: true })).toEqual({
      accountID,
      generation: 2,
      refusal: undefined,
    });
    expect(await readAccount(accountID)).toEqual({
      status: 'fetchingData',
      settled_status: 'unauthorized',
      generation: 2,
      provider_user_id: 'u-1',
      is_proxy: true,
      replaced_by: null,
      has_grant: true,
      scopes: ['B'],
      next_fetch_at: new Date(at),
      connected_at: new Date('2026-01-01T00:00:00Z'),
      last_success_at: new Date('2026-05-03T03:02:01Z'),
    });
    expect(await trail(accountID)).toEqual([
      {
        action: 'external-account.status-changed',
        actor: 'participant:test',
        details: expect.anything() as object,
      },
      {
        action: 'external-account.reconnected',
        actor: 'participant:test',
        details: { providerID, generation: 2, isProxy: true },
      },
    ]);
  });

  it('makes an account with its audit row, and judges what is no refusal as nothing but a failure', async () => {
    const providerID = await study.addProvider({ name: 'Band' });
    const made = await connect(await newSubject(providerID));
    expect(await trail(made.accountID)).toEqual([
      {
        action: 'external-account.connected',
        actor: 'participant:test',
        details: { providerID, generation: 1, isProxy: null },
      },
    ]);
    const failure = new Error('the disk is full');
    expect(() => judgeConnectionFailure(failure)).toThrow(failure);
  });

  it('refuses by the schema whom nobody has seen before, and takes no other failure for a refusal', async () => {
    const providerID = await study.addProvider({ name: 'Band' });
    const participantID = await study.addParticipant();
    await study.addAccount({ providerID, participantID, providerUserID: 'u-9' });
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        (result): unknown => result,
        (error: unknown) => error,
      );
    const sameUser = await failureOf(study.addAccount({ providerID, providerUserID: 'u-9' }));
    expect(judgeConnectionFailure(sameUser)).toBe('user-taken');
    const samePerson = await failureOf(study.addAccount({ providerID, participantID }));
    expect(judgeConnectionFailure(samePerson)).toBe('plan-outdated');
    const other = await failureOf(study.addParticipant(undefined, participantID));
    expect(() => judgeConnectionFailure(other)).toThrow('duplicate key');
  });

  it('takes the name that our own registration gives to a user whom an import has named otherwise', async () => {
    const providerID = await study.addProvider({ name: 'Band', category: 'Device Manufacturer' });
    const subject = await newSubject(providerID);
    const accountID = await study.addAccount({ ...subject, providerUserID: 'old name' });
    expect((await connect(subject, { userID: 'new name' })).refusal).toBeUndefined();
    expect(await readAccount(accountID)).toMatchObject({ provider_user_id: 'new name' });
    // Once it was connected here, the name is known for certain.
    expect((await connect(subject, { userID: 'third name' })).refusal).toBe('another-user');
    // And is kept when the provider tells none.
    expect((await connect(subject)).refusal).toBeUndefined();
    expect(await readAccount(accountID)).toMatchObject({ provider_user_id: 'new name', generation: 3 });
  });

  it('refuses a user of another participant of the project, also under another name of the organisation', async () => {
    const endpointUrl = 'https://fhir.shared.example.org/r4';
    const north = await study.addProvider({ name: 'North', endpointUrl });
    const south = await study.addProvider({ name: 'South', endpointUrl });
    const elsewhere = await study.addProvider({
      name: 'Elsewhere',
      endpointUrl: 'https://fhir.other.example.org/r4',
    });
    expect((await connect(await newSubject(north), { userID: 'patient-1' })).refusal).toBeUndefined();
    expect((await connect(await newSubject(north), { userID: 'patient-1' })).refusal).toBe('user-taken');
    expect((await connect(await newSubject(south), { userID: 'patient-1' })).refusal).toBe('user-taken');
    // The same number elsewhere is another person.
    expect((await connect(await newSubject(elsewhere), { userID: 'patient-1' })).refusal).toBeUndefined();
    // And another project is another study.
    const other = await createStudy(database);
    const subject = {
      projectID: other.projectID,
      participantID: await other.addParticipant(),
      providerID: north,
    };
    expect((await connect(subject, { userID: 'patient-1' })).refusal).toBeUndefined();
  });

  it('lets many connections of the same user at once, over all names of an endpoint, become one account', async () => {
    const endpointUrl = 'https://fhir.race.example.org/r4';
    const brands = await Promise.all(
      Array.from({ length: 5 }, (_, index) => study.addProvider({ name: `Brand ${index}`, endpointUrl })),
    );
    const subjects = await Promise.all(
      Array.from({ length: 20 }, (_, index) => newSubject(brands[index % 5]!)),
    );
    const results = await Promise.all(subjects.map((subject) => connect(subject, { userID: 'patient-2' })));
    expect(results.filter(({ refusal }) => refusal === undefined)).toHaveLength(1);
    expect(new Set(results.map(({ refusal }) => refusal))).toEqual(new Set([undefined, 'user-taken']));
  });

  it('connects one of several names of an endpoint for one participant, also at once', async () => {
    const endpointUrl = 'https://fhir.brands.example.org/r4';
    const brands = await Promise.all(
      Array.from({ length: 6 }, (_, index) => study.addProvider({ name: `Name ${index}`, endpointUrl })),
    );
    const { projectID, participantID } = await newSubject(brands[0]!);
    const results = await Promise.all(
      // Of a parent of several: not even the users are the same.
      brands.map((providerID, index) =>
        connect({ projectID, participantID, providerID }, { userID: `patient-3-${index}` }),
      ),
    );
    expect(results.filter(({ refusal }) => refusal === undefined)).toHaveLength(1);
    expect(results.filter(({ refusal }) => refusal === 'connected-elsewhere')).toHaveLength(5);
  });

  it('gives a plan up that another connection of the same person has overtaken', async () => {
    const providerID = await study.addProvider({ name: 'Band' });
    const subject = await newSubject(providerID);
    const results = await Promise.all(Array.from({ length: 8 }, () => connect(subject, { userID: 'u-2' })));
    const good = results.filter(({ refusal }) => refusal === undefined);
    expect(good.length).toBeGreaterThan(0);
    for (const { refusal } of results) expect([undefined, 'plan-outdated']).toContain(refusal);
    const [row] = await database.query<{ generation: number; version: number }>(sql`
      select a.generation, version from external_accounts a join grants using (account_id, generation)
       where participant_id = ${subject.participantID}`);
    expect(row).toEqual({ generation: good.length, version: 1 });
  });

  it('marks the accounts at all providers that this one succeeds as replaced: nothing due, consent ended, grant queued, data kept', async () => {
    const newest = await study.addProvider({ name: 'Plan 3', category: 'Health Plan' });
    const middle = await study.addProvider({ name: 'Plan 2', category: 'Health Plan', successorID: newest });
    const oldest = await study.addProvider({ name: 'Plan 1', category: 'Health Plan', successorID: middle });
    const { projectID, participantID } = await newSubject(newest);
    const at1 = await connect({ projectID, participantID, providerID: oldest }, { userID: 'p-1' });
    const imported = await study.addAccount({ participantID, providerID: middle, scopes: ['A'] });
    const bystander = await connect(await newSubject(oldest), { userID: 'p-2' });
    const successor = await connect(
      { projectID, participantID, providerID: newest },
      { userID: 'p-3', now: at + 1000 },
    );
    expect(successor.refusal).toBeUndefined();
    expect(await readAccount(at1.accountID)).toMatchObject({
      status: 'fetchingData',
      generation: 2,
      replaced_by: successor.accountID,
      next_fetch_at: null,
      has_grant: false,
      scopes: null,
    });
    expect(await readAccount(imported)).toMatchObject({
      status: 'fetchComplete',
      replaced_by: successor.accountID,
      next_fetch_at: null,
      scopes: null,
      last_success_at: new Date('2026-05-04T03:02:01.5Z'),
    });
    const queued = await database.query<{ account_id: number }>(
      sql`select account_id from revocations where participant_id = ${participantID}`,
    );
    expect(queued).toEqual([{ account_id: at1.accountID }]);
    expect(await readAccount(bystander.accountID)).toMatchObject({ replaced_by: null, has_grant: true });
    const acts = await database.query<{ account_id: number }>(sql`
      select account_id from audit_entries where action = 'external-account.replaced'
         and details ->> 'replacedBy' = ${String(successor.accountID)} order by account_id`);
    expect(acts.map(({ account_id }) => account_id).sort()).toEqual([at1.accountID, imported].sort());
    // While the successor is there, none of the older ones is connected again, begun before it or not.
    for (const providerID of [oldest, middle])
      expect((await connect({ projectID, participantID, providerID }, { userID: 'p-1' })).refusal).toBe(
        'connected-elsewhere',
      );
    // Without them, the account is itself once more, and still of the same person.
    await database.query(
      sql`delete from external_accounts where account_id in (${successor.accountID}, ${imported})`,
    );
    const subject = { projectID, participantID, providerID: oldest };
    expect((await connect(subject, { userID: 'p-9' })).refusal).toBe('another-user');
    const again = await connect(subject, { userID: 'p-1', now: at + 2000 });
    expect(again).toMatchObject({ accountID: at1.accountID, generation: 3, refusal: undefined });
    expect(await readAccount(at1.accountID)).toMatchObject({
      replaced_by: null,
      has_grant: true,
      scopes: ['A'],
    });
  });

  it('refuses whose older account at the predecessor belongs to another participant', async () => {
    const successor = await study.addProvider({ name: 'New maker', category: 'Device Manufacturer' });
    const providerID = await study.addProvider({
      name: 'Old maker',
      category: 'Device Manufacturer',
      successorID: successor,
    });
    await study.addAccount({ providerID, providerUserID: 'legacy-1' });
    const subject = await newSubject(successor);
    const wish = { userID: 'new-1', predecessorUserID: 'legacy-1' };
    expect((await connect(subject, wish)).refusal).toBe('user-taken');
    expect((await connect(subject, { ...wish, predecessorUserID: 'legacy-2' })).refusal).toBeUndefined();
  });

  it('leaves nothing behind when the audit row cannot be written (TRAIL-OR-NOTHING)', async () => {
    const providerID = await study.addProvider({ name: 'Band' });
    const subject = await newSubject(providerID);
    await database.query(sql`
      alter table audit_entries add constraint no_connections check (action <> 'external-account.connected') not valid`);
    const failure = connect(subject, { userID: 'u-3' });
    await expect(failure).rejects.toMatchObject({ code: '23514' });
    await database.query(sql`alter table audit_entries drop constraint no_connections`);
    const [left] = await database.query<{ rows: number }>(sql`
      select (select count(*) from external_accounts where participant_id = ${subject.participantID})
           + (select count(*) from scope_periods where participant_id = ${subject.participantID}) as rows`);
    expect(Number(left?.rows)).toBe(0);
  });
});
