import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeScopePeriod, grantScopes, type LedgerSubject } from '../../src/accounts/state/scopeLedger.ts';
import { sql, violatedConstraint, type Database } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
let subject: LedgerSubject;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
});
beforeEach(async () => {
  subject = await newSubject();
});

async function newSubject(): Promise<LedgerSubject> {
  const study = await createStudy(database);
  const participantID = await study.addParticipant();
  const accountID = await study.addAccount({ participantID });
  return { accountID, projectID: study.projectID, participantID, providerID: 6327 };
}

const grant = (scopes: readonly string[], at: string, of: LedgerSubject = subject) =>
  database.transaction((transaction) =>
    grantScopes(transaction, of, { scopes, askedScopes: ['A', 'B'] }, Date.parse(at)),
  );
const close = (at: string, of: Pick<LedgerSubject, 'accountID' | 'projectID'> = subject) =>
  database.transaction((transaction) => closeScopePeriod(transaction, of, Date.parse(at)));

const read = (accountID = subject.accountID) =>
  database.query<Record<string, unknown>>(sql`
    select scopes, began_at, ended_at, previous_ended_at from scope_periods
     where account_id = ${accountID} order by began_at, ended_at nulls last`);
const january = new Date('2026-01-01T00:00:00.123Z');
const february = new Date('2026-02-01T00:00:00Z');
const march = new Date('2026-03-01T00:00:00Z');

describe('granted scopes', () => {
  it('are kept in the order of the provider, from the instant on, for this participant and provider', async () => {
    await grant(['B', 'A', 'ü "quoted", {braces}'], january.toISOString());
    const [row] = await database.query(
      sql`select * from scope_periods where account_id = ${subject.accountID}`,
    );
    expect(row).toEqual({
      account_id: subject.accountID,
      project_id: subject.projectID,
      participant_id: subject.participantID,
      provider_id: 6327,
      scopes: ['B', 'A', 'ü "quoted", {braces}'],
      asked_scopes: ['A', 'B'],
      began_at: january,
      ended_at: null,
      previous_ended_at: null,
    });
  });

  it('end where the next ones begin', async () => {
    await grant(['A', 'B'], january.toISOString());
    await grant(['A'], february.toISOString());
    expect(await read()).toEqual([
      { scopes: ['A', 'B'], began_at: january, ended_at: february, previous_ended_at: null },
      { scopes: ['A'], began_at: february, ended_at: null, previous_ended_at: february },
    ]);
  });

  it('that are the same again change nothing, and begin anew once they had ended', async () => {
    await grant(['A', 'B'], january.toISOString());
    const before = await read();
    await grant(['A', 'B'], february.toISOString());
    expect(await read()).toEqual(before);
    await close(february.toISOString());
    await grant(['A', 'B'], march.toISOString());
    expect(await read()).toEqual([
      { scopes: ['A', 'B'], began_at: january, ended_at: february, previous_ended_at: null },
      { scopes: ['A', 'B'], began_at: march, ended_at: null, previous_ended_at: february },
    ]);
  });

  it('may be none, which is a period too', async () => {
    await grant(['A'], january.toISOString());
    await grant([], february.toISOString());
    expect(await read()).toMatchObject([
      { scopes: ['A'], ended_at: february },
      { scopes: [], ended_at: null },
    ]);
  });

  it('do not reach into older periods when the clock went back', async () => {
    await grant(['A'], january.toISOString());
    await grant(['B'], march.toISOString());
    await grant(['C'], february.toISOString());
    const periods = await database.query<{ scopes: string[]; length: number | null; gap: number | null }>(sql`
      select scopes, (extract(epoch from ended_at - began_at) * 1e6)::float8 as length,
             (extract(epoch from began_at - previous_ended_at) * 1e6)::float8 as gap
        from scope_periods where account_id = ${subject.accountID} order by began_at`);
    expect(periods.map(({ scopes }) => scopes)).toEqual([['A'], ['B'], ['C']]);
    // One microsecond, the least that there is, and nothing between them.
    expect(periods.slice(1)).toEqual([
      { scopes: ['B'], length: 1, gap: 0 },
      { scopes: ['C'], length: null, gap: 0 },
    ]);
    // After an end that is still to come, neither.
    await close('2027-01-01T00:00:00Z');
    await grant(['D'], march.toISOString());
    expect((await read()).at(-1)).toMatchObject({
      scopes: ['D'],
      began_at: new Date('2027-01-01T00:00:00Z'),
    });
  });

  it('that come together never overlap: whoever is too late is refused by the schema', async () => {
    await grant(['A'], january.toISOString());
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        grant([`S${index % 2}`], new Date(+february + index).toISOString()),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const result of results)
      if (result.status === 'rejected')
        expect(violatedConstraint(result.reason)).toMatch(/^one_(end_per_period|period_after_each)$/);
    const periods = await read();
    expect(periods.filter(({ ended_at }) => ended_at === null)).toHaveLength(1);
    for (const [index, period] of periods.entries())
      expect(period).toMatchObject({ previous_ended_at: periods[index - 1]?.['ended_at'] ?? null });
  });
});

describe('closing a period', () => {
  it('ends the open one of the account and keeps it; where none is open, nothing changes', async () => {
    await close(january.toISOString());
    expect(await read()).toEqual([]);
    await grant(['A'], january.toISOString());
    await close(february.toISOString());
    await close(march.toISOString());
    expect(await read()).toMatchObject([{ scopes: ['A'], began_at: january, ended_at: february }]);
  });

  it('ends no other account, and none under the name of another study', async () => {
    const bystander = await newSubject();
    await grant(['A'], january.toISOString());
    await grant(['B'], january.toISOString(), bystander);
    await close(february.toISOString());
    await close(march.toISOString(), { accountID: bystander.accountID, projectID: subject.projectID });
    expect(await read(bystander.accountID)).toMatchObject([{ scopes: ['B'], ended_at: null }]);
    await grant(['C'], march.toISOString(), bystander);
    expect(await read()).toMatchObject([{ scopes: ['A'], ended_at: february }]);
  });
});
