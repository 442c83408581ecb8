import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import {
  changeConnectPolicy,
  readConnectPolicy,
  type ConnectPolicy,
} from '../../src/projects/connectPolicy.ts';
import {
  addRedirectTargets,
  listRedirectTargets,
  removeRedirectTargets,
} from '../../src/projects/redirectTargets.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();
let database: Database;
let study: Study;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
});
beforeEach(async () => {
  study = await createStudy(database);
});

const by = () => ({ projectID: study.projectID, actor: 'command-line:test', now: clock.now() });
const add = (...targets: string[]) =>
  database.transaction((transaction) => addRedirectTargets(transaction, { ...by(), targets }));
const remove = (...targets: string[]) =>
  database.transaction((transaction) => removeRedirectTargets(transaction, { ...by(), targets }));
const change = (policy: Partial<ConnectPolicy>) =>
  database.transaction((transaction) => changeConnectPolicy(transaction, { ...by(), change: policy }));
const list = (projectID = study.projectID) => listRedirectTargets(database, projectID);
const trail = () =>
  database.query(sql`
    select actor, action, details, occurred_at from audit_entries where project_id = ${study.projectID} order by entry_id`);
const act = (action: string, details: object) => ({
  actor: 'command-line:test',
  action,
  details,
  occurred_at: new Date(clock.now()),
});

describe('the redirect targets of a study', () => {
  it('are none at first, and are added once, in one spelling, each with its audit row', async () => {
    expect(await list()).toEqual([]);
    const named = ['MyApp:', 'https://Study.example.org:443', 'https://study.example.org'];
    expect(await add(...named)).toEqual(['https://study.example.org', 'myapp:']);
    expect(await add('myapp:', 'https://a.example')).toEqual(['https://a.example']);
    expect(await list()).toEqual(['https://a.example', 'https://study.example.org', 'myapp:']);
    expect(await trail()).toEqual([
      act('project.redirect-target-added', { target: 'https://study.example.org' }),
      act('project.redirect-target-added', { target: 'myapp:' }),
      act('project.redirect-target-added', { target: 'https://a.example' }),
    ]);
  });

  it('are removed in any spelling, with an audit row for what was there', async () => {
    await add('myapp:', 'https://study.example.org');
    expect(await remove('HTTPS://study.example.org', 'https://never.example')).toEqual([
      'https://study.example.org',
    ]);
    expect(await remove('https://study.example.org')).toEqual([]);
    expect(await list()).toEqual(['myapp:']);
    expect((await trail()).slice(2)).toEqual([
      act('project.redirect-target-removed', { target: 'https://study.example.org' }),
    ]);
  });

  it('can lose one that could not be added any more', async () => {
    await database.query(
      sql`insert into redirect_targets (project_id, target) values (${study.projectID}, 'Mailto:')`,
    );
    expect(await remove('Mailto:')).toEqual(['Mailto:']);
    expect(await list()).toEqual([]);
  });

  it('are not those of another study', async () => {
    const other = await createStudy(database);
    await add('https://study.example.org');
    expect(await list(other.projectID)).toEqual([]);
    await database.transaction((transaction) =>
      removeRedirectTargets(transaction, {
        ...by(),
        projectID: other.projectID,
        targets: ['https://study.example.org'],
      }),
    );
    expect(await list()).toEqual(['https://study.example.org']);
  });

  it.each([
    ['study.example.org', /such as https:\/\/study\.example\.org/],
    ['https://study.example.org/page', /all pages behind it/],
    ['http://study.example.org', /Without encryption/],
    ['https://stüdie.example', /xn--/],
    ['javascript:', /no app of a study/],
  ])('are all refused when one of them is %s, with the reason', async (target, reason) => {
    const error: unknown = await add('https://study.example.org', target).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(reason) as string,
      problem: { code: 'redirect-target-unusable' },
    });
    expect(await list()).toEqual([]);
    expect(await trail()).toEqual([]);
  });

  it('are added by many at once without a loss or a second audit row', async () => {
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, n) => add('myapp:', `https://s${n}.example`)),
    );
    expect(added.flat().filter((target) => target === 'myapp:')).toHaveLength(1);
    expect(await list()).toHaveLength(9);
    expect(await trail()).toHaveLength(9);
  });
});

describe('what a study demands of clients that connect', () => {
  const strict = { allowWithoutVerifier: false, allowFromAnywhere: false };

  it('is everything at first, and changes one by one, each with its audit row', async () => {
    expect(await readConnectPolicy(database, study.projectID)).toEqual(strict);
    const first = { ...strict, allowWithoutVerifier: true };
    expect(await change({ allowWithoutVerifier: true })).toEqual(first);
    const both = { allowWithoutVerifier: true, allowFromAnywhere: true };
    expect(await change({ allowFromAnywhere: true })).toEqual(both);
    expect(await readConnectPolicy(database, study.projectID)).toEqual(both);
    expect(await change({ allowWithoutVerifier: false, allowFromAnywhere: false })).toEqual(strict);
    expect(await readConnectPolicy(database, study.projectID)).toEqual(strict);
    expect(await trail()).toEqual(
      [first, both, strict].map((details) => act('project.connect-policy-changed', details)),
    );
  });

  it('leaves no trace where nothing changes', async () => {
    await change({ allowFromAnywhere: false });
    await change({});
    expect(await trail()).toEqual([]);
  });

  it('is not lost when two change it at once, and not that of another study', async () => {
    await Promise.all([change({ allowFromAnywhere: true }), change({ allowWithoutVerifier: true })]);
    expect(await readConnectPolicy(database, study.projectID)).toEqual({
      allowWithoutVerifier: true,
      allowFromAnywhere: true,
    });
    const other = await createStudy(database);
    expect(await readConnectPolicy(database, other.projectID)).toEqual(strict);
  });
});
