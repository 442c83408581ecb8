import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantScopes } from '../../src/accounts/state/scopeLedger.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';
import { createFakeClock } from '../harness/fakeClock.ts';

let database: Database;
let service: TestService;
let study: Study;
let token: string;
const clock = createFakeClock();

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { clock });
  study = await createStudy(database);
  token = await service.issueToken(study.projectID, 'Tributary.delete');
});
afterAll(() => service.close());

function remove(accountID: number | string, projectID = study.projectID, auth = token) {
  const url = `/api/v1/administration/projects/${projectID}/externalAccounts/${accountID}`;
  return service.send({ method: 'DELETE', url, token: auth });
}

function count(statement: ReturnType<typeof sql>) {
  return database.query<{ count: number }>(statement).then(([row]) => row!.count);
}

describe('deleting an account', () => {
  it('answers 204 and nothing, takes the account and its grant, closes and keeps the ledger, leaves the audit row', async () => {
    const id = await study.addAccount({ scopes: ['ACTIVITY_EXPORT'], hasGrant: true });
    const answer = await remove(id);
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe('');
    expect(await count(sql`select count(*)::int from external_accounts where account_id = ${id}`)).toBe(0);
    expect(await count(sql`select count(*)::int from grants where account_id = ${id}`)).toBe(0);
    const periods = await database.query(
      sql`select scopes, ended_at from scope_periods where account_id = ${id}`,
    );
    expect(periods).toEqual([{ scopes: ['ACTIVITY_EXPORT'], ended_at: new Date(clock.now()) }]);
    const trail = await database.query(
      sql`select project_id, actor, action, occurred_at from audit_entries where account_id = ${id}`,
    );
    expect(trail).toEqual([
      {
        project_id: study.projectID,
        actor: 'service-account:Tributary.delete',
        action: 'external-account.deleted',
        occurred_at: new Date(clock.now()),
      },
    ]);
  });

  it('answers every id that is not the project’s alike', async () => {
    const stranger = await createStudy(database);
    const foreign = await stranger.addAccount();
    const deleted = await study.addAccount();
    await remove(deleted);
    const kept = await study.addAccount();
    const ids = [
      // Not the way in which its number is written.
      `00${kept}`,
      foreign,
      deleted,
      2_147_483_647,
      2_147_483_648,
      '99999999999999999999',
      0,
      -1,
      '1.5',
      'abc',
      '1e3',
      "1'--",
      '%00',
      '0x10',
      '٣',
    ];
    const answers = await Promise.all(ids.map((id) => remove(encodeURI(String(id)))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 404));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await count(sql`select count(*)::int from external_accounts where account_id = ${foreign}`)).toBe(
      1,
    );
  });

  it('does not let one project delete through the other’s path', async () => {
    const stranger = await createStudy(database);
    const foreign = await stranger.addAccount();
    expect((await remove(foreign, stranger.projectID)).statusCode).toBe(404);
    expect((await remove(foreign, stranger.projectID, '')).statusCode).toBe(401);
    expect(await count(sql`select count(*)::int from external_accounts where account_id = ${foreign}`)).toBe(
      1,
    );
  });

  it('lets exactly one of many deletions at once succeed', async () => {
    const id = await study.addAccount();
    const answers = await Promise.all(Array.from({ length: 12 }, () => remove(id)));
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
    expect(answers.filter(({ statusCode }) => statusCode === 404)).toHaveLength(11);
    expect(await count(sql`select count(*)::int from audit_entries where account_id = ${id}`)).toBe(1);
  });

  it('does nothing when the audit row cannot be written', async () => {
    const id = await study.addAccount({ scopes: ['A'] });
    await database.query(
      sql`alter table audit_entries add constraint jammed check (action <> 'external-account.deleted') not valid`,
    );
    try {
      expect((await remove(id)).statusCode).toBe(500);
      expect(await count(sql`select count(*)::int from external_accounts where account_id = ${id}`)).toBe(1);
      expect(
        await count(
          sql`select count(*)::int from scope_periods where account_id = ${id} and ended_at is null`,
        ),
      ).toBe(1);
      expect(await count(sql`select count(*)::int from deleted_accounts where account_id = ${id}`)).toBe(0);
    } finally {
      await database.query(sql`alter table audit_entries drop constraint jammed`);
    }
  });

  it('lets the same participant and provider connect anew under another number', async () => {
    const participantID = await study.addParticipant();
    const first = await study.addAccount({ participantID });
    await remove(first);
    expect(await study.addAccount({ participantID })).toBeGreaterThan(first);
  });
});

describe('the scope ledger', () => {
  it('closes a period where the next begins, keeps history, and ignores a grant that changes nothing', async () => {
    const participantID = await study.addParticipant();
    const accountID = await study.addAccount({ participantID });
    const subject = { accountID, projectID: study.projectID, participantID, providerID: 6327 };
    const grant = (scopes: string[], at: string, askedScopes = ['A', 'B']) =>
      database.transaction((transaction) =>
        grantScopes(transaction, subject, { scopes, askedScopes }, Date.parse(at)),
      );
    await grant(['A', 'B'], '2026-01-01T00:00:00Z');
    await grant(['A', 'B'], '2026-01-05T00:00:00Z');
    await grant(['A'], '2026-02-01T00:00:00Z');
    // The clock went back: the new period may not reach into the old one.
    await grant(['A', 'C'], '2026-01-15T00:00:00Z');
    const periods = await database.query<{ scopes: string[]; began_at: Date; ended_at: Date | null }>(
      sql`select scopes, began_at, ended_at from scope_periods where account_id = ${accountID} order by began_at`,
    );
    expect(periods.map(({ scopes }) => scopes)).toEqual([['A', 'B'], ['A'], ['A', 'C']]);
    expect(periods[0]).toMatchObject({ began_at: new Date('2026-01-01'), ended_at: new Date('2026-02-01') });
    expect(periods[1]!.ended_at!.getTime()).toBe(periods[2]!.began_at.getTime());
    expect(periods[2]!.ended_at).toBeNull();
    // The same again, but the study asks for less: another question, and so another period.
    await grant(['A', 'C'], '2026-03-01T00:00:00Z', ['A']);
    expect(
      await database.query(
        sql`select scopes, asked_scopes from scope_periods where account_id = ${accountID} order by began_at desc limit 2`,
      ),
    ).toEqual([
      { scopes: ['A', 'C'], asked_scopes: ['A'] },
      { scopes: ['A', 'C'], asked_scopes: ['A', 'B'] },
    ]);
  });

  it('serves any number of grants at once without two open periods', async () => {
    const participantID = await study.addParticipant();
    const accountID = await study.addAccount({ participantID });
    const subject = { accountID, projectID: study.projectID, participantID, providerID: 6327 };
    await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        database.transaction((transaction) =>
          grantScopes(
            transaction,
            subject,
            { scopes: [`S${n}`], askedScopes: [] },
            Date.parse('2026-01-01') + n * 1000,
          ),
        ),
      ),
    );
    expect(
      await count(
        sql`select count(*)::int from scope_periods where account_id = ${accountID} and ended_at is null`,
      ),
    ).toBe(1);
  });
});

describe('the audit trail', () => {
  it('cannot be changed or removed', async () => {
    for (const statement of [
      sql`update audit_entries set actor = 'nobody'`,
      sql`delete from audit_entries`,
      sql`truncate audit_entries`,
    ])
      await expect(database.query(statement)).rejects.toThrow('never changed');
  });
});
