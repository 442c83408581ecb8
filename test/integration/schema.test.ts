import { beforeAll, describe, expect, it } from 'vitest';
import { sql, violatedConstraint, type Database } from '../../src/platform/storage/database.ts';
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
});
