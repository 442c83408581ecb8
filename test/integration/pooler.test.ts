// On one PostgreSQL: it starts a server of its own, with PgBouncer before it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import {
  hasPooler,
  keepsNamedStatements,
  startPooledServer,
  type PooledServer,
} from '../harness/pooledServer.ts';
import { runCommand } from '../harness/runCommand.ts';
import { startTestService } from '../harness/testService.ts';
import { testMasterKeys } from '../harness/testVault.ts';

describe.runIf(hasPooler)('behind PgBouncer, before a server with other dates', () => {
  let server: PooledServer;
  beforeAll(async () => {
    server = await startPooledServer();
  }, 120_000);
  afterAll(() => server.stop());

  it.each([
    ['session', 'named'],
    ['session', 'unnamed'],
    ['transaction', 'unnamed'],
    ...(hasPooler && keepsNamedStatements() ? ([['transaction', 'named']] as const) : []),
  ] as const)(
    'works in %s mode with %s statements: commands, and many requests at once',
    async (mode, statements) => {
      const environment = {
        TRIBUTARY_DATABASE_URL: server[mode],
        TRIBUTARY_DATABASE_STATEMENTS: statements,
        TRIBUTARY_MASTER_KEYS: testMasterKeys,
      };
      expect(await runCommand(['migrate'], environment)).toMatchObject({ code: 0 });
      const before = Date.now();
      const made = await runCommand(
        ['project', 'create', '--name', `${mode} ${statements}`, '--json'],
        environment,
      );
      expect(made).toMatchObject({ code: 0 });
      const listed = await runCommand(['project', 'list', '--json'], environment);
      const projects = JSON.parse(listed.stdout) as { name: string; createdAt: string }[];
      const created = projects.find(({ name }) => name === `${mode} ${statements}`)?.createdAt ?? '';
      expect(Math.abs(Date.parse(created) - before)).toBeLessThan(60_000);

      const database = openDatabase({
        target: { url: server[mode] },
        poolSizeMax: 8,
        applicationName: 'tests',
        namesStatements: statements === 'named',
      });
      const study = await createStudy(database);
      const service = await startTestService(database);
      const token = await service.issueToken(study.projectID);
      const url = `/api/v1/administration/projects/${study.projectID}/externalAccounts?limit=5`;
      const answers = await Promise.all(Array.from({ length: 100 }, () => service.send({ url, token })));
      expect(answers.map(({ statusCode }) => statusCode).filter((status) => status !== 200)).toEqual([]);
      await service.close();
      await database.close();
    },
    120_000,
  );
});
