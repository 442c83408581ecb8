import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/storage/database.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let directory: string;
let project: string;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tributary-catalogue-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (...words: string[]) =>
  runCommand(words, { TRIBUTARY_DATABASE_URL: urlOf(test.target), TRIBUTARY_DATA_DIR: directory });

async function json(...words: string[]): Promise<unknown> {
  const result = await run(...words, '--json');
  expect(result, result.stderr).toMatchObject({ code: 0 });
  return JSON.parse(result.stdout);
}

const catalogue = (name: string, ...words: string[]) =>
  json('catalogue', name, '--project', project, ...words);

beforeAll(async () => {
  const created = await json('project', 'create', '--name', `Study ${randomUUID()}`);
  project = (created as { projectID: string }).projectID;
});

const nothingSaid = {
  categories: ['Provider', 'Health Plan', 'Device Manufacturer'],
  others: 'allowed',
  allowed: [],
  refused: [],
  featured: {},
};

async function importFile(text: string) {
  const file = join(directory, 'catalogue.json');
  await writeFile(file, text);
  return run('catalogue', 'import', '--project', project, file);
}

describe("a study's catalogue on the command line", () => {
  it('is everything at first, and then what was said, step by step', async () => {
    expect(await catalogue('show')).toEqual(nothingSaid);
    await catalogue('categories', 'device manufacturer', 'Provider');
    await catalogue('refuse', 'strava', '6327', '--message', 'Not in this study.');
    await catalogue('allow', 'garmin');
    await catalogue('allow', 'oura', '--others', 'refuse');
    await catalogue('feature', 'googleHealth', '45417');
    await catalogue('feature', 'garmin', '--context', 'onboarding');
    const [strava] = await test.database.query<{ provider_id: number }>(
      sql`select provider_id from providers where source_key = 'strava' and source = 'built-in'`,
    );
    expect(await catalogue('show')).toEqual({
      categories: ['Provider', 'Device Manufacturer'],
      others: 'refused',
      allowed: [6327, 45417],
      refused: [{ provider: strava?.provider_id, message: 'Not in this study.' }],
      featured: { '': [49369, 45417], onboarding: [6327] },
    });
    await catalogue('feature', '--context', 'onboarding');
    expect(await catalogue('show')).toMatchObject({ featured: { '': [49369, 45417] } });
  });

  it('can be replaced by a file, which is what show prints', async () => {
    const shown = await catalogue('show');
    expect(
      await importFile('{"categories":["Health Plan"],"refused":[{"provider":"dexcom"}]}'),
    ).toMatchObject({
      code: 0,
    });
    expect(await catalogue('show')).toEqual({
      ...nothingSaid,
      categories: ['Health Plan'],
      refused: [{ provider: 5691 }],
    });
    expect(await importFile(JSON.stringify(shown))).toMatchObject({ code: 0 });
    expect(await catalogue('show')).toEqual(shown);
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /At the whole/],
    ['{"categories":["Hospital"]}', /At \/categories\/0/],
    ['{"refused":[{"provider":6327,"because":"x"}]}', /At \/refused\/0/],
    ['{"allowed":[0]}', /At \/allowed\/0/],
    ['{"allowed":["noSuchMaker"]}', /no provider "noSuchMaker"/],
    ['{"allowed":[2147483647]}', /no provider "2147483647"/],
    ['{"allowed":["99999999999999"]}', /no provider "99999999999999"/],
    ['{"allowed":[6327],"refused":[{"provider":"garmin"}]}', /6327 is named twice/],
    ['{"featured":{"x":[6327,"garmin"]}}', /6327 is named twice/],
  ])('refuses the file %s with the place, and changes nothing', async (text, message) => {
    const before = await catalogue('show');
    const result = await importFile(text);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(await catalogue('show')).toEqual(before);
  });

  it('leaves an audit row for every change', async () => {
    const count = async () =>
      (
        await test.database.query<{ rows: number }>(
          sql`select count(*)::integer as rows from audit_entries where project_id = ${project} and action = 'catalogue.changed'`,
        )
      )[0]?.rows ?? 0;
    const before = await count();
    await catalogue('allow', 'whoop');
    await run('catalogue', 'allow', '--project', project, 'noSuchMaker');
    expect(await count()).toBe(before + 1);
  });

  it('has nothing to say about providers that the operator has closed for all', async () => {
    const garmin = async () => {
      const found = await runCommand(['providers', 'find', 'garmin', '--json'], {
        TRIBUTARY_DATABASE_URL: urlOf(test.target),
        TRIBUTARY_PROVIDER_GARMIN_CLIENT_ID: 'id',
        TRIBUTARY_PROVIDER_GARMIN_CLIENT_SECRET: 'secret',
      });
      return (JSON.parse(found.stdout) as { providers: unknown[] }).providers[0];
    };
    expect(await garmin()).toMatchObject({ id: 6327, enabled: true });
    expect(await json('providers', 'close', 'garmin', 'oura', '--message', 'Back on Monday.')).toEqual({
      closed: [6327, 45417],
    });
    expect(await garmin()).toMatchObject({ id: 6327, enabled: false, message: 'Back on Monday.' });
    expect(await json('providers', 'open', '6327', 'oura')).toEqual({ opened: [6327, 45417] });
    expect(await garmin()).toMatchObject({ id: 6327, enabled: true });
    const actions = await test.database.query<{ action: string }>(
      sql`select action from audit_entries where action in ('providers.closed', 'providers.opened') order by entry_id`,
    );
    expect(actions.map(({ action }) => action)).toEqual(['providers.closed', 'providers.opened']);
    expect(await run('providers', 'close', 'noSuchMaker')).toMatchObject({ code: 1, stdout: '' });
  });

  it('prints for people too', async () => {
    const { stdout, code } = await run('catalogue', 'show', '--project', project);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Categories: .+\nProviders that are not named below are (allowed|refused)\./);
    expect(stdout).toContain('Featured: 49369, 45417.');
  });

  it.each([
    [['show', '--project', 'x'], 2, /must be a GUID/],
    [['show', '--project', randomUUID()], 1, /no project/],
    [['categories', '--project', randomUUID(), 'Hospital'], 2, /must be one of/],
    [['refuse', '--project', randomUUID(), 'garmin', '--message', 'x'.repeat(501)], 2, /1 to 500 characters/],
  ] as const)('refuses %j', async (words, code, message) => {
    const result = await run('catalogue', ...words);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
  });
});
