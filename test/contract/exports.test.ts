import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { Type, type TObject } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportDefinitions } from '../../src/exports/exportDefinitions.ts';
import { exportFormats } from '../../src/exports/exportFormats.ts';
import { createExportGate } from '../../src/exports/exportGate.ts';
import { createExportRoute } from '../../src/exports/exportRoutes.ts';
import type { ExportParts } from '../../src/exports/exportParts.ts';
import { bindRoute } from '../../src/platform/http/defineRoute.ts';
import { defineExport } from '../../src/exports/shape/defineExport.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { rsaPair } from '../builders/clientAssertion.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createAccount, fetchToken, startAccessProcess } from '../harness/accessProcess.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

/** Runs over every file of src/exports/definitions/ and src/exports/formats/ unasked. */
const api = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
  paths: Record<string, { get: Operation }>;
};
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { name: string; schema: object }[];
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}

let database: Database;
let environment: Record<string, string>;
let service: TestService;
let study: Study;
let token: string;
beforeAll(async () => {
  const test = await createTestDatabase();
  ({ database } = test);
  environment = { TRIBUTARY_DATABASE_URL: urlOf(test.target) };
  service = await startTestService(database);
  study = await createStudy(database);
  token = await service.issueToken(study.projectID);
  await runCommand(['sample', '--project', study.projectID, '--accounts', '200'], environment);
  await study.addAccount({ status: 'fetchingData', providerUserID: null });
  await study.addAccount({ scopes: ['A, "B"', 'C'], providerUserID: 'of\ntwo lines' });
});
afterAll(() => service.close());

const pathOf = (name: string, projectID: string, format: string) =>
  `/api/v1/administration/projects/${projectID}/exports/${name}?format=${format}`;

/** The columns that a row has in a CSV; a member of an object has the names of both. */
function columnsOf(row: TObject): string[] {
  return Object.entries(row.properties).flatMap(([name, schema]) =>
    Type.IsObject(schema) ? columnsOf(schema).map((inner) => name + inner) : [name],
  );
}

/** Name and value of each cell of a document, in its own order. */
function cellsOf(document: object): [string, string][] {
  const members = Object.entries(document) as [string, string | number | boolean | null | object][];
  return members.flatMap(([name, value]): [string, string][] => {
    if (value === null) return [[name, '']];
    if (typeof value !== 'object') return [[name, String(value)]];
    return cellsOf(value).map(([inner, cell]) => [name + inner, cell]);
  });
}

describe('the formats together', () => {
  it('are those that every export can be asked for', () => {
    expect(exportFormats.map(({ name }) => name)).toEqual(expect.arrayContaining(['csv', 'json', 'ndjson']));
  });
});

for (const definition of exportDefinitions)
  describe(`the export ${definition.name}`, () => {
    const operation = () =>
      api.paths[`/api/v1/administration/projects/{projectID}/exports/${definition.name}`]?.get;
    /** What it is in one format; `send` holds it against the API description, each line of NDJSON too. */
    const download = async (format: string) => {
      const answer = await service.send({ url: pathOf(definition.name, study.projectID, format), token });
      expect(answer.statusCode).toBe(200);
      return answer;
    };
    const readDocuments = async () =>
      (await download('ndjson')).body
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as object);

    it('is an operation of the API with every format', () => {
      expect(operation()).toMatchObject({
        operationId: `export${definition.fileStem}`,
        summary: definition.summary,
      });
      expect(operation()!.parameters.find(({ name }) => name === 'format')?.schema).toMatchObject({
        anyOf: exportFormats.map(({ name }) => ({ const: name })),
      });
    });

    it('has rows of the sample study, each with the members that it declares, in their order', async () => {
      const documents = await readDocuments();
      expect(documents.length, 'extend the sample study, so that there is a row to look at').toBeGreaterThan(
        1,
      );
      for (const document of documents)
        expect(cellsOf(document).map(([name]) => name)).toEqual(columnsOf(definition.row));
    });

    it('says the same in CSV: a header of the declared columns, and the cells of every document', async () => {
      const [header, ...rows] = parse((await download('csv')).body);
      expect(header).toEqual(columnsOf(definition.row));
      expect(rows).toEqual(
        (await readDocuments()).map((document) => cellsOf(document).map(([, cell]) => cell)),
      );
    });

    it('says the same in JSON: one array of all documents', async () => {
      expect((await download('json')).json()).toEqual(await readDocuments());
    });

    it('leaves its name in the audit', async () => {
      await download('csv');
      const [entry] = await database.query(
        sql`select details from audit_entries where action = 'export.started' order by occurred_at desc limit 1`,
      );
      expect(entry).toEqual({ details: { export: definition.name, format: 'csv' } });
    });

    it('is a command with help and an example', async () => {
      const { code, stdout } = await runCommand(['export', definition.name, '--help'], environment);
      expect(code).toBe(0);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        `Writes the ${definition.title} export: ${definition.contents}.`,
      );
      expect(stdout).toMatch(new RegExp(`Example:\n  tributary export ${definition.name} --project`));
    });

    for (const format of exportFormats)
      it(`is the same file over HTTP and from the command line (${format.name})`, async () => {
        const answer = await download(format.name);
        expect(answer.headers).toMatchObject({
          'content-type': format.contentType,
          'content-disposition': `attachment; filename="${definition.fileStem}.${format.name}"`,
        });
        expect(operation()!.responses['200']?.content).toHaveProperty([format.contentType.split(';')[0]!]);
        const words = ['export', definition.name, '--project', study.projectID, '--format', format.name];
        expect(await runCommand(words, environment)).toMatchObject({ code: 0, stdout: answer.body });
      });
  });

describe('exports of several kinds', () => {
  const other = defineExport({
    name: 'account-numbers',
    fileStem: 'AccountNumbers',
    title: 'Account Numbers',
    summary: 'Export the numbers of all accounts',
    contents: 'every account',
    layout: 'A header and one number a row.',
    row: Type.Object({ ID: Type.Integer() }),
    selectColumns: (projectID) =>
      `select account_id as "ID" from external_accounts where project_id = '${projectID}' order by account_id`,
    selectDocuments: (projectID) =>
      `select json_build_object('ID', account_id)::text as document from external_accounts where project_id = '${projectID}' order by account_id`,
  });
  const kinds = [...exportDefinitions, other];

  for (const first of kinds)
    for (const second of kinds)
      it(`count together: ${second.name} waits for ${first.name}`, async () => {
        const clock = systemClock;
        const parts: ExportParts = { database, clock, gate: createExportGate(1), stallTimeoutMs: 1000 };
        const routes = kinds.map((kind) => bindRoute(createExportRoute(kind), parts));
        const { app } = startAccessProcess({ database, clock, routes });
        const pair = rsaPair();
        const account = await createAccount(database, pair);
        const own = await fetchToken(app, account.name, pair, clock.now());
        const ask = ({ name }: typeof other) =>
          app.inject({
            url: pathOf(name, account.projectID, 'csv'),
            headers: { authorization: `Bearer ${own}` },
          });
        const running = await database.transaction(async (transaction) => {
          await transaction.query(sql`lock table external_accounts`);
          const begun = ask(first);
          await untilCopyWaits();
          // One that is let in waits for the table, which is free when this has failed.
          const refused = await Promise.race([ask(second), sleep(5_000, undefined)]);
          expect(refused?.statusCode).toBe(503);
          expect(refused?.headers['retry-after']).toBe('30');
          expect(refused?.json()).toMatchObject({ code: 'too-many-exports' });
          return { begun };
        });
        expect((await running.begun).statusCode).toBe(200);
        expect((await ask(second)).statusCode).toBe(200);
        await app.close();
      });
});

/** Waits until an export has begun and cannot go on, because a test has locked its table. */
async function untilCopyWaits(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const waiting = await database.query(
      raw(
        `select from pg_stat_activity where query ilike 'copy %' and wait_event_type = 'Lock' and datname = current_database()`,
      ),
    );
    if (waiting.length > 0) return;
    await sleep(25);
  }
  throw new Error('No export is waiting for the table');
}
