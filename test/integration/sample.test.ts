import { beforeEach, describe, expect, it } from 'vitest';
import { createSample } from '../../src/main/sample/createSample.ts';
import { createSeededRandom } from '../../src/platform/random/seededRandom.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { createProject } from '../../src/projects/projects.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const projectID = '7f3d1c52-0e6b-4f7a-9d15-3f0a5b8c9d01';
const other = '7f3d1c52-0e6b-4f7a-9d15-3f0a5b8c9d02';
const clock = createFakeClock();

async function createStudyDatabase(): Promise<Database> {
  const { database } = await createTestDatabase(4);
  for (const project of [projectID, other])
    await database.transaction((transaction) =>
      createProject(transaction, { projectID: project, name: project, actor: 'test', now: clock.now() }),
    );
  return database;
}

const fill = (database: Database, accounts: number, seed = 'river', project = projectID) =>
  createSample(database, {
    projectID: project,
    accounts,
    seed,
    clock,
    random: systemRandom,
    actor: 'command-line:test',
  });

/** Everything that a sample writes, as PostgreSQL renders it; the time and the trail of the import are not part of it. */
async function render(database: Database): Promise<string[]> {
  const tables = ['external_accounts', 'scope_periods', 'providers'].map(
    (table) => `select to_json(t)::text as row from ${table} t`,
  );
  const people =
    'select to_json(t)::text from (select project_id, participant_id, participant_identifier from participants) t';
  const rows = await database.query<{ row: string }>(
    raw(`${[...tables, people].join(' union all ')} order by 1`),
  );
  return rows.map(({ row }) => row);
}

describe('a sample study', () => {
  let database: Database;
  beforeEach(async () => {
    database = await createStudyDatabase();
  });

  it('is the same in two fresh databases, row for row and number for number', async () => {
    const second = await createStudyDatabase();
    await fill(database, 2_000);
    await createSample(second, {
      projectID,
      accounts: 2_000,
      seed: 'river',
      actor: 'somebody-else',
      clock: createFakeClock(clock.now() + 1e9),
      random: createSeededRandom('another source'),
    });
    expect(await render(second)).toEqual(await render(database));
  });

  it('has the accounts that were asked for, with the makers under their well-known numbers', async () => {
    const report = await fill(database, 1_000);
    expect(report).toMatchObject({ accounts: 1_000, mappingCount: 0, participants: { found: 0 } });
    const [counts] = await database.query(sql`
      select count(*)::integer as accounts, count(distinct participant_id)::integer as participants,
             count(*) filter (where provider_id in (564, 1466, 5691, 6327, 45417, 49369))::integer as of_makers,
             count(*) filter (where category = 'Device Manufacturer')::integer as of_makers_by_category,
             count(*) filter (where status = 'fetchingData')::integer as fetching
        from external_accounts where project_id = ${projectID}`);
    expect(counts).toMatchObject({ accounts: 1_000, participants: report.participants.created });
    expect(counts).toHaveProperty(
      'of_makers',
      (counts as { of_makers_by_category?: number }).of_makers_by_category,
    );
    expect((counts as { fetching?: number }).fetching).toBeGreaterThan(40);
    const scopes = await database.query<{ periods: number }>(
      sql`select count(*)::integer as periods from scope_periods`,
    );
    expect(scopes[0]?.periods).toBe((counts as { of_makers?: number }).of_makers);
  });

  it('is refused where there are participants already, and in a project that does not exist', async () => {
    await fill(database, 10);
    const before = await render(database);
    await expect(fill(database, 10)).rejects.toMatchObject({ problem: { code: 'project-not-empty' } });
    await expect(fill(database, 10, 'lake')).rejects.toMatchObject({
      problem: { code: 'project-not-empty' },
    });
    await expect(fill(database, 10, 'lake', '00000000-0000-4000-8000-00000000dead')).rejects.toMatchObject({
      problem: { code: 'no-such-project' },
    });
    for (const accounts of [0, -1, 1.5, 10_000_001])
      await expect(fill(database, accounts, 'lake', other)).rejects.toMatchObject({
        problem: { code: 'invalid-request' },
      });
    expect(await render(database)).toEqual(before);
  });

  it('made twice at the same moment is made once', async () => {
    const outcomes = await Promise.allSettled([fill(database, 200), fill(database, 200)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [row] = await database.query<{ accounts: number }>(
      sql`select count(*)::integer as accounts from external_accounts`,
    );
    expect(row?.accounts).toBe(200);
  });

  it('shares its invented providers with the sample of another project', async () => {
    await fill(database, 500);
    const report = await fill(database, 500, 'river', other);
    expect(report).toMatchObject({ accounts: 500, participants: { found: 0 } });
    const twice = await database.query(sql`
      select name from providers where source <> 'built-in' group by name, category having count(*) > 1`);
    expect(twice).toEqual([]);
  });
});
