import { beforeAll, describe, expect, it } from 'vitest';
import { raw, sql, violatedConstraint, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const account = 1;
const project = '00000000-0000-4000-8000-000000000001';

describe('the schema', () => {
  let database: Database;
  beforeAll(async () => {
    ({ database } = await createTestDatabase());
  });

  async function addPeriod(began: string, ended: string | null, previous: string | null, of = account) {
    return database
      .query(
        sql`insert into scope_periods values (${of}, ${project}, ${project}, 6327, '{a}', ${began}, ${ended}, ${previous})`,
      )
      .then(() => 'stored', violatedConstraint);
  }

  it('refuses scope periods that overlap, by keys alone', async () => {
    expect(await addPeriod('2026-01-01', '2026-02-01', null)).toBe('stored');
    // A second first period, an overlapping successor, a successor of an end that never was.
    expect(await addPeriod('2026-01-10', null, null)).toBe('one_period_after_each');
    expect(await addPeriod('2026-01-15', null, '2026-02-01')).toContain('check');
    expect(await addPeriod('2026-03-01', null, '2026-02-15')).toBe('follows_a_period_that_ended');
    expect(await addPeriod('2026-02-01', null, '2026-02-01')).toBe('stored');
    expect(await addPeriod('2026-03-01', null, '2026-02-01')).toMatch(
      /one_(end_per_period|period_after_each)/,
    );
  });

  describe('of external accounts', () => {
    const garmin = 6327;
    const oura = 45417;
    let study: Study;
    let other: Study;
    beforeAll(async () => {
      study = await createStudy(database);
      other = await createStudy(database);
    });

    const outcome = (work: Promise<unknown>) => work.then(() => 'stored', violatedConstraint);

    /** A new complete account, then the change. */
    async function change(assignments: string) {
      const id = await study.addAccount();
      return outcome(
        database.query(sql`update external_accounts set ${raw(assignments)} where account_id = ${id}`),
      );
    }

    it('keeps one account per participant and provider', async () => {
      const participantID = await study.addParticipant();
      await study.addAccount({ participantID, providerID: garmin });
      await study.addAccount({ participantID, providerID: oura });
      expect(await outcome(study.addAccount({ participantID, providerID: garmin }))).toBe(
        'one_account_per_participant_and_provider',
      );
    });

    it("keeps one account per provider's user in a project, as far as the user is known", async () => {
      const providerUserID = 'the-same';
      await study.addAccount({ providerID: garmin, providerUserID });
      expect(await outcome(study.addAccount({ providerID: garmin, providerUserID }))).toBe(
        'one_account_per_provider_user',
      );
      expect(await outcome(study.addAccount({ providerID: oura, providerUserID }))).toBe('stored');
      expect(await outcome(other.addAccount({ providerID: garmin, providerUserID }))).toBe('stored');
      for (let n = 0; n < 2; n++)
        expect(await outcome(study.addAccount({ providerID: garmin, providerUserID: null }))).toBe('stored');
      expect(await outcome(study.addAccount({ providerUserID: '' }))).toBe(
        'external_accounts_provider_user_id_check',
      );
    });

    it('knows no complete account without a success', async () => {
      const lastSuccessAt = null;
      expect(await outcome(study.addAccount({ status: 'fetchComplete', lastSuccessAt }))).toBe(
        'complete_has_a_success',
      );
      expect(
        await outcome(
          study.addAccount({ status: 'fetchingData', settledStatus: 'fetchComplete', lastSuccessAt }),
        ),
      ).toBe('complete_has_a_success');
      expect(await change('last_success_at = null')).toBe('complete_has_a_success');
      expect(await change(`status = 'fetchingData', last_success_at = null`)).toBe('complete_has_a_success');
      expect(await outcome(study.addAccount({ status: 'error', lastSuccessAt }))).toBe('stored');
    });

    it('keeps the settled status equal to the status, except while data is fetched', async () => {
      expect(await outcome(study.addAccount({ status: 'error', settledStatus: 'unauthorized' }))).toBe(
        'settled_when_not_fetching',
      );
      expect(await change(`status = 'unauthorized'`)).toBe('settled_when_not_fetching');
      expect(await change(`settled_status = 'error'`)).toBe('settled_when_not_fetching');
      expect(await change(`status = 'fetchingData', settled_status = 'fetchingData'`)).toBe(
        'external_accounts_settled_status_check',
      );
      expect(await change(`status = 'fetchingData', settled_status = 'error'`)).toBe('stored');
      expect(await outcome(study.addAccount({ status: 'fetchingData' }))).toBe('stored');
    });

    it('puts no fetch before the last success', async () => {
      expect(await change(`last_fetch_at = last_success_at - interval '1 microsecond'`)).toBe(
        'fetch_not_before_success',
      );
      expect(await change(`last_success_at = last_fetch_at + interval '1 microsecond'`)).toBe(
        'fetch_not_before_success',
      );
      expect(await change(`last_fetch_at = last_success_at + interval '1 microsecond'`)).toBe('stored');
    });

    it('knows the outcome of every fetch that ended', async () => {
      expect(await change(`status = 'fetchingData', settled_status = null, last_success_at = null`)).toBe(
        'fetch_has_an_outcome',
      );
      expect(
        await change(
          `status = 'fetchingData', settled_status = null, last_success_at = null, last_fetch_at = null`,
        ),
      ).toBe('stored');
    });

    // A check that comes to null counts as kept: these two compare with one.
    it('knows no settled account without an outcome', async () => {
      expect(
        await change(`status = 'error', settled_status = null, last_success_at = null, last_fetch_at = null`),
      ).toBe('settled_when_not_fetching');
    });
    it('knows no success without a fetch', async () => {
      expect(await change('last_fetch_at = null')).toBe('fetch_not_before_success');
    });

    it('joins no account to a participant of another project', async () => {
      const participantID = await other.addParticipant();
      expect(await outcome(study.addAccount({ participantID }))).toBe(
        'external_accounts_project_id_participant_id_fkey',
      );
      expect(await change(`project_id = '${other.projectID}'`)).toBe(
        'external_accounts_project_id_participant_id_fkey',
      );
    });

    it("lets an account carry no category but its provider's", async () => {
      expect(await change(`category = 'Health Plan'`)).toBe('external_accounts_provider_id_category_fkey');
      const plan = await study.addProvider({ name: 'A plan', category: 'Health Plan' });
      expect(await change(`provider_id = ${plan}`)).toBe('external_accounts_provider_id_category_fkey');
      expect(await change(`provider_id = ${plan}, category = 'Health Plan', realm = ${-plan}`)).toBe(
        'stored',
      );
    });

    it("knows every account's realm: its provider's endpoint, wherever that moves, or the provider itself", async () => {
      const providerID = await study.addProvider({ name: 'Brook', endpointUrl: 'https://brook.example/r4' });
      const beside = await study.addProvider({ name: 'Brook East', endpointUrl: 'https://brook.example/r4' });
      const alone = await study.addProvider({ name: 'Brook West' });
      const ids: number[] = [];
      for (const id of [providerID, beside, alone]) ids.push(await study.addAccount({ providerID: id }));
      const realms = async () => {
        const rows = await database.query<{ realm: number }>(
          sql`select realm from external_accounts where account_id = any (${ids}) order by account_id`,
        );
        return rows.map(({ realm }) => realm);
      };
      const [first = 0] = await realms();
      expect(await realms()).toEqual([first, first, -alone]);
      await database.query(sql`
        update providers set endpoint_id = case when provider_id = ${alone} then ${first}::integer end
         where provider_id = any (${[providerID, alone]})`);
      expect(await realms()).toEqual([-providerID, first, first]);
      expect(await change(`realm = ${first}`)).toBe('account_in_its_providers_realm');
    });

    it('keeps a provider that an account or another provider refers to', async () => {
      const successorID = await study.addProvider({ name: 'The new one' });
      const id = await study.addProvider({ name: 'The old one', successorID });
      const accountID = await study.addAccount({ providerID: id });
      const remove = (providerID: number) =>
        outcome(database.query(sql`delete from providers where provider_id = ${providerID}`));
      expect(await remove(successorID)).toBe('providers_successor_id_fkey');
      expect(await remove(id)).toBe('external_accounts_provider_id_category_fkey');
      expect(
        await outcome(
          database.query(sql`update providers set category = 'Health Plan' where provider_id = ${id}`),
        ),
      ).toBe('external_accounts_provider_id_category_fkey');
      await database.query(sql`delete from external_accounts where account_id = ${accountID}`);
      expect(await remove(id)).toBe('stored');
      expect(await remove(successorID)).toBe('stored');
    });
  });

  it('has the providers that clients look for by number, and counts others from far above', async () => {
    const known = await database.query<{ provider_id: number; name: string; category: string }>(
      sql`select provider_id, name, category from providers where provider_id < 100000 order by provider_id`,
    );
    expect(known.map((row) => [row.provider_id, row.name])).toEqual([
      [564, 'Fitbit'],
      [1466, 'Omron'],
      [5691, 'Dexcom'],
      [6327, 'Garmin'],
      [45417, 'Oura'],
      [49369, 'Google Health'],
    ]);
    expect(new Set(known.map((row) => row.category))).toEqual(new Set(['Device Manufacturer']));
    const [next] = await database.query<{ number: number }>(
      sql`select nextval('provider_numbers')::integer as number`,
    );
    expect(next!.number).toBeGreaterThanOrEqual(100_000);
  });

  it('has no function compiled at each call because it leaves the planner no choice', async () => {
    const functions = await database.query<{ name: string; settings: string[] }>(sql`
      select proname as name, proconfig as settings from pg_proc
       where pronamespace = 'public'::regnamespace and array_to_string(proconfig, ' ') like '%enable_%=off%'`);
    expect(functions.length).toBeGreaterThan(4);
    expect(functions.filter(({ settings }) => !settings.includes('jit=off'))).toEqual([]);
  });
});
