import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { importParticipants } from '../../src/projects/participants.ts';
import {
  createProject,
  findProject,
  listProjects,
  renameProject,
  requireProject,
} from '../../src/projects/projects.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();
let database: Database;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
});

function create(name: string, projectID: string = randomUUID()) {
  return database.transaction((transaction) =>
    createProject(transaction, { projectID, name, actor: 'command-line:test', now: clock.now() }),
  );
}

const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => 'done',
    (error: unknown) => (error as { problem?: { code: string } }).problem?.code,
  );

describe('a project', () => {
  it('is created with its audit row, listed by name and found by its ID', async () => {
    const project = await create('Zebra');
    expect(project).toEqual({
      projectID: project.projectID,
      name: 'Zebra',
      createdAt: new Date(clock.now()).toISOString(),
    });
    const other = await create('Aardvark');
    expect(await listProjects(database)).toEqual([other, project]);
    expect(await findProject(database, project.projectID)).toEqual(project);
    expect(await requireProject(database, project.projectID)).toEqual(project);
    expect(
      await database.query(
        sql`select actor, action from audit_entries where project_id = ${project.projectID}`,
      ),
    ).toEqual([{ actor: 'command-line:test', action: 'project.created' }]);
  });

  it('that is renamed twice at once has had each name, for the trail too', async () => {
    const { projectID } = await create('Once');
    const rename = (name: string, then?: () => Promise<void>) =>
      database.transaction(async (transaction) => {
        await renameProject(transaction, { projectID, name, actor: 'command-line:test', now: clock.now() });
        await then?.();
      });
    let second: Promise<void> | undefined;
    await rename('Twice', async () => {
      second = rename('Thrice');
      await vi.waitFor(async () =>
        expect(
          await database.query(sql`
            select from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like '%projects%'`),
        ).toHaveLength(1),
      );
    });
    await second;
    expect((await requireProject(database, projectID)).name).toBe('Thrice');
    expect(
      await database.query(sql`
        select details->>'before' as before, details->>'name' as name from audit_entries
         where project_id = ${projectID} and action = 'project.renamed' order by entry_id`),
    ).toEqual([
      { before: 'Once', name: 'Twice' },
      { before: 'Twice', name: 'Thrice' },
    ]);
  });

  it('that does not exist is a 404', async () => {
    expect(await findProject(database, randomUUID())).toBeUndefined();
    expect(await codeOf(requireProject(database, randomUUID()))).toBe('no-such-project');
  });

  it('cannot have the name or ID of another, or no name', async () => {
    const project = await create('Taken');
    expect(await codeOf(create('Taken'))).toBe('project-name-taken');
    expect(await codeOf(create('Other', project.projectID))).toBe('project-name-taken');
    for (const name of ['', ' ', 'x'.repeat(201), 'a\0b'])
      expect(await codeOf(create(name))).toBe('project-name-unusable');
    expect(await codeOf(create('😀'.repeat(200)))).toBe('done');
  });
});

describe('an import of participants', () => {
  let study: Study;
  beforeEach(async () => {
    study = await createStudy(database);
  });

  function load(content: string | Buffer) {
    return importParticipants(database, {
      projectID: study.projectID,
      source: Readable.from([Buffer.from(content)]),
      name: 'AllParticipants.csv',
      clock,
      random: systemRandom,
      actor: 'command-line:test',
    });
  }

  const stored = () =>
    database.query<{ participant_identifier: string; participant_id: string }>(sql`
      select participant_identifier, participant_id from participants
       where project_id = ${study.projectID} order by participant_identifier`);

  it('takes an AllParticipants export, names what it does not keep, and changes nothing the second time', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const file = `ParticipantIdentifier,EmailAddress,CustomFields,ParticipantID\r\nP-1,a@example.org,"{""a"": ""b\nc""}",${one.toUpperCase()}\r\nP-2,,,${two}\r\nP-3,,,\r\n`;
    const first = await load(gzipSync(file));
    const ignoredColumns = ['EmailAddress', 'CustomFields'];
    expect(first).toEqual({
      outcome: 'imported',
      report: { created: 3, found: 0, ignoredColumns, mappings: [], mappingCount: 0 },
    });
    const rows = await stored();
    expect(rows).toMatchObject([
      { participant_identifier: 'P-1', participant_id: one },
      { participant_identifier: 'P-2', participant_id: two },
      { participant_identifier: 'P-3' },
    ]);
    expect(await load(file)).toMatchObject({ report: { created: 0, found: 3, mappingCount: 0 } });
    expect(await stored()).toEqual(rows);
    const audit = await database.query<{ details: object }>(sql`
      select details from audit_entries where project_id = ${study.projectID} and action = 'participants.imported' order by entry_id`);
    expect(audit.map(({ details }) => details)).toMatchObject([
      {
        source: 'AllParticipants.csv',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        created: 3,
        found: 0,
      },
      { created: 0, found: 3 },
    ]);
  });

  it('makes a new GUID where the wanted one is somebody else’s, and reports it', async () => {
    const other = await createStudy(database);
    const foreign = await other.addParticipant();
    const known = await study.addParticipant('P-known');
    const wanted = randomUUID();
    const outcome = await load(`ParticipantID,ParticipantIdentifier\n${foreign},P-new\n${wanted},P-known\n`);
    const given = (await stored()).find((row) => row.participant_identifier === 'P-new')!.participant_id;
    expect(given).not.toBe(foreign);
    expect(outcome).toMatchObject({ report: { created: 1, found: 1, mappingCount: 2 } });
    if (outcome.outcome === 'imported')
      expect(new Set(outcome.report.mappings)).toEqual(
        new Set([
          { wanted: foreign, given },
          { wanted, given: known },
        ]),
      );
  });

  it('names every mistake and stores nothing', async () => {
    const guid = randomUUID();
    const file = [
      'ParticipantIdentifier,ParticipantID',
      `P-1,${guid}`,
      ',',
      'P-2,no-guid',
      `${'x'.repeat(201)},`,
      'P-1,',
      `P-3,${guid.toUpperCase()}`,
      'P-4',
      'P-5,"x"y',
    ].join('\n');
    expect(await load(file)).toEqual({
      outcome: 'refused',
      badLineCount: 7,
      badLines: [
        { line: 3, column: 'ParticipantIdentifier', reason: 'empty, but required' },
        { line: 4, column: 'ParticipantID', reason: 'not a GUID' },
        { line: 5, column: 'ParticipantIdentifier', reason: 'longer than 200 characters' },
        { line: 6, column: 'ParticipantIdentifier', reason: 'the same ParticipantIdentifier as in line 2' },
        { line: 7, column: 'ParticipantID', reason: 'the same ParticipantID as in line 2' },
        { line: 8, column: null, reason: '1 fields, but the header has 2' },
        {
          line: 9,
          column: 'ParticipantID',
          reason: expect.stringContaining('after the closing quote') as string,
        },
      ],
    });
    expect(await stored()).toEqual([]);
  });

  it.each([
    ['', null, 'the file is empty'],
    ['SECRET-PERSON,x\n', 'ParticipantIdentifier', 'this column is missing'],
    ['ParticipantIdentifier,ParticipantIdentifier\n', 'ParticipantIdentifier', 'this column is there twice'],
    [
      'PK\u0003\u0004',
      null,
      'this is a zip archive; unpack it and give the file inside; the rest of the file was not read',
    ],
  ])('refuses a file that is none, case %#', async (file, column, reason) => {
    expect(await load(file)).toEqual({
      outcome: 'refused',
      badLineCount: 1,
      badLines: [{ line: 1, column, reason }],
    });
  });

  it('leaves nothing behind when the source fails', async () => {
    const source = Readable.from(
      (function* () {
        yield Buffer.from('ParticipantIdentifier\nP-1\n');
        throw new Error('disk');
      })(),
    );
    await expect(
      importParticipants(database, {
        projectID: study.projectID,
        source,
        name: 'x',
        clock,
        random: systemRandom,
        actor: 'test',
      }),
    ).rejects.toThrow('disk');
    expect(await stored()).toEqual([]);
  });
});
