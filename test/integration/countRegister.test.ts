import { beforeAll, describe, expect, it } from 'vitest';
import { createRegisterCounts } from '../../src/main/countRegister.ts';
import { createMetrics } from '../../src/main/metrics.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService } from '../harness/testService.ts';

let database: Database;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
});

describe('counts for the metrics', () => {
  it('ask the database again only when what they know is old', async () => {
    let asked = 0;
    const counted: Database = {
      ...database,
      transaction: (work) => {
        asked += 1;
        return database.transaction(work);
      },
    };
    const clock = createFakeClock(Date.parse('2026-05-04T03:00:00.000Z'));
    const { journeys } = createRegisterCounts(counted, clock);
    const [project] = await database.query<{ id: string }>(sql`
      insert into projects (project_id, name) values (gen_random_uuid(), 'Counted') returning project_id as id`);
    await database.query(sql`
      with person as (insert into participants (project_id, participant_id, participant_identifier)
                      values (${project!.id}, gen_random_uuid(), 'P-1') returning *)
      insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, link_digest, created_at, expires_at)
      select gen_random_uuid(), project_id, participant_id, 6327, sha256('x'), now(), now() from person`);
    for (let scrape = 0; scrape < 5; scrape++)
      expect(await journeys()).toEqual([{ label: 'open', count: 1 }]);
    expect(asked).toBe(1);
    const metrics = await createMetrics(database, clock).listen('127.0.0.1', 0);
    const text = await (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text();
    await metrics.close();
    expect(text).toContain('tributary_connect_journeys{outcome="open"} 1\n');
    await database.query(sql`delete from connect_attempts`);
    clock.set(clock.now() + 30_000);
    expect(await journeys()).toEqual([]);
    expect(asked).toBe(2);
  });

  it('give what is known within a second when the database does not answer', async () => {
    const silent: Database = { ...database, transaction: () => new Promise(() => undefined) };
    const began = performance.now();
    expect(await createRegisterCounts(silent, systemClock).accounts()).toEqual([]);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('a probe', () => {
  it('is logged at debug, everything else at info', async () => {
    const service = await startTestService(database);
    for (const url of ['/healthz', '/readyz', '/nowhere']) await service.app.inject({ url });
    await service.close();
    const lines = service.log.map((line) => JSON.parse(line) as { level: string; event: string });
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'debug probe-answered',
      'debug probe-answered',
      'info request-answered',
    ]);
  });
});
