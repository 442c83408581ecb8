import { describe, expect, it, vi } from 'vitest';
import { openDatabase, raw, sql } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService } from '../harness/testService.ts';

describe('a database that goes away', () => {
  it('is told by a code, whatever was being done with it', async () => {
    const { database, target } = await createTestDatabase();
    const victim = openDatabase({ target, poolSizeMax: 2, applicationName: 'victim' });
    const kill = () =>
      database.query(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`,
      );
    const sleeping = victim.query(raw('select pg_sleep(30)')).catch((error: unknown) => error);
    await vi.waitFor(async () => {
      const asleep = await database.query(
        sql`select from pg_stat_activity where application_name = 'victim' and wait_event = 'PgSleep'`,
      );
      expect(asleep).toHaveLength(1);
    }, 10_000);
    const inTransaction = victim
      .transaction(async (transaction) => {
        await kill();
        await new Promise((resolve) => setTimeout(resolve, 50));
        await transaction.query(raw('select 1'));
      })
      .catch((error: unknown) => error);
    for (const error of await Promise.all([sleeping, inTransaction])) expect(error).toHaveProperty('code');
    // The pool has replaced what broke.
    expect(await victim.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    await victim.close();
  });

  it('does not keep a process that stops: busy connections are cut off in time', async () => {
    const { target } = await createTestDatabase();
    const busy = openDatabase({ target, poolSizeMax: 2, applicationName: 'busy' });
    const sleeping = busy.query(raw('select pg_sleep(60)')).catch((error: unknown) => error);
    await busy.query(raw('select 1'));
    const began = performance.now();
    await busy.close(200);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await sleeping).toHaveProperty('code', '08006');
  });

  it('makes a request a 503 and not a 500', async () => {
    const { database, target } = await createTestDatabase();
    const study = await createStudy(database);
    const victim = openDatabase({ target, poolSizeMax: 2, applicationName: 'victim' });
    const service = await startTestService(victim);
    const token = await service.issueToken(study.projectID);
    const url = `/api/v1/administration/projects/${study.projectID}/externalAccounts`;
    expect((await service.send({ url, token })).statusCode).toBe(200);
    await victim.close();
    const answer = await service.send({ url, token });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'unavailable' });
    await service.close();
  });
});
