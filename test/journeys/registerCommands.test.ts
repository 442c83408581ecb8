import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/storage/database.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let directory: string;
let environment: Record<string, string>;
beforeAll(async () => {
  test = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'tributary-register-'));
  environment = { TRIBUTARY_DATABASE_URL: urlOf(test.target), TRIBUTARY_DATA_DIR: directory };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const run = (...words: string[]) => runCommand(words, environment);

async function json<Value>(...words: string[]): Promise<Value> {
  const result = await run(...words, '--json');
  expect(result, `${words.join(' ')}: ${result.stderr}`).toMatchObject({ code: 0 });
  return JSON.parse(result.stdout) as Value;
}

async function refused(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...words);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr;
}

async function createFilledProject(): Promise<string> {
  const { projectID } = await json<{ projectID: string }>('project', 'create', '--name', randomUUID());
  await json('sample', '--project', projectID, '--accounts', '40', '--seed', projectID);
  return projectID;
}

interface Listed {
  participantID: string;
  participantIdentifier: string;
}
interface Act {
  action: string;
  actor: string;
  projectID: string | null;
  accountID: number | null;
  details: unknown;
}

describe('participants', () => {
  it('are listed in order, some of them or one', async () => {
    const project = await createFilledProject();
    const all = await json<Listed[]>('participants', 'list', '--project', project, '--limit', '1000');
    const identifiers = all.map((row) => row.participantIdentifier);
    expect(identifiers.length).toBeGreaterThan(3);
    const few = await run('participants', 'list', '--project', project, '--limit', '2');
    expect(few.stdout).toContain(all[1]!.participantID);
    expect(few.stdout).not.toContain(all[2]!.participantID);
    expect(few.stderr).toBe('There are more than 2; --limit shows more.\n');
    const [one, ...others] = await json<Listed[]>(
      'participants',
      'list',
      '--project',
      project,
      '--identifier',
      identifiers[2]!,
    );
    expect(one).toEqual(all[2]);
    expect(others).toEqual([]);
  });

  it('are erased with their accounts, once; all others stay', async () => {
    const project = await createFilledProject();
    const [account] = (
      await json<{
        externalAccounts: { id: number; participantID: string; participantIdentifier: string }[];
      }>('accounts', 'list', '--project', project)
    ).externalAccounts;
    const { participantID, participantIdentifier } = account!;
    const before = await json<Listed[]>('participants', 'list', '--project', project, '--limit', '1000');
    const erased = await json<{ accounts: number }>(
      'participants',
      'erase',
      '--project',
      project,
      participantID.toUpperCase(),
    );
    expect(erased.accounts).toBeGreaterThan(0);
    const after = await json<Listed[]>('participants', 'list', '--project', project, '--limit', '1000');
    expect(after).toEqual(before.filter((row) => row.participantID !== participantID));
    const left = await test.database.query<{ rows: number }>(
      sql`select count(*)::integer as rows from external_accounts where participant_id = ${participantID}`,
    );
    expect(left).toEqual([{ rows: 0 }]);
    const acts = await json<Act[]>('audit', 'list', '--project', project);
    expect(acts[0]).toMatchObject({
      action: 'participant.erased',
      details: { participantID, accounts: erased.accounts },
    });
    expect(acts.filter(({ action }) => action === 'external-account.deleted')).toHaveLength(erased.accounts);
    expect(JSON.stringify(acts)).not.toContain(participantIdentifier);
    const again = await refused('participants', 'erase', '--project', project, participantID);
    expect(again).toMatch(/no participant with this ID/);
    // Nobody of another project.
    const elsewhere = await createFilledProject();
    expect(await refused('participants', 'erase', '--project', elsewhere, after[0]!.participantID)).toMatch(
      /no participant with this ID/,
    );
  });

  it('are not erased while a provider is asked for what nobody could give back', async () => {
    const project = await createFilledProject();
    const [person] = await json<Listed[]>('participants', 'list', '--project', project);
    const digest = () => randomBytes(32);
    await test.database.query(sql`
      insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest,
                                    browser_digest, redirect_uri, created_at, expires_at)
      values (${randomUUID()}, ${project}, ${person!.participantID}, 6327, 'exchanging', ${digest()}, ${digest()},
              'https://accounts.example.org/x', now(), now() + interval '1 hour')`);
    const words = ['participants', 'erase', '--project', project, person!.participantID];
    expect(await refused(...words)).toMatch(/try again in a minute\. Nothing was changed\./);
    const found = await json<Listed[]>('participants', 'list', '--project', project);
    expect(found).toContainEqual(person);
    // Ended, and nobody knows yet what came of its code.
    await test.database.query(sql`
      update connect_attempts set phase = 'ended', outcome = 'interrupted', code_due_at = now() where project_id = ${project}`);
    expect(await refused(...words)).toMatch(/try again in a minute\. Nothing was changed\./);
    expect(await json<Listed[]>('participants', 'list', '--project', project)).toContainEqual(person);
    await test.database.query(sql`
      update connect_attempts set code_due_at = null where project_id = ${project}`);
    await json(...words);
  });

  it('are erased with what they have begun: grants are queued to be given back, open journeys leave their row', async () => {
    const project = await createFilledProject();
    const [account] = await test.database.query<{ id: number; participant_id: string }>(sql`
      select account_id as id, participant_id from external_accounts where project_id = ${project} limit 1`);
    const { id, participant_id: participantID } = account!;
    await test.database.query(sql`
      insert into sealing_keys (key_id, canary, created_at) values ('erasure', 'x', now()) on conflict do nothing`);
    await test.database.query(sql`
      insert into grants (account_id, generation, version, key_id, wrapped_key, access_token)
      select account_id, generation, 1, 'erasure', 'x', 'x' from external_accounts where account_id = ${id}
      on conflict do nothing`);
    // One at a provider of which she has no account, so that no deletion ends it, and one that has ended.
    const begin = (phase: string, outcome: string | null) =>
      test.database.query(sql`
        insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest, created_at,
                                      expires_at, outcome)
        values (${randomUUID()}, ${project}, ${participantID},
                (select provider_id from providers p where not exists (
                   select from external_accounts a
                    where a.participant_id = ${participantID} and a.provider_id = p.provider_id) limit 1),
                ${phase}::connect_phase, ${randomBytes(32)}, now(), now() + interval '1 hour', ${outcome})`);
    await begin('opened', null);
    await begin('ended', 'declined');
    await json('participants', 'erase', '--project', project, participantID);
    const queued = await test.database.query(sql`
      select account_id as id from revocations where participant_id = ${participantID}`);
    expect(queued).toEqual([{ id }]);
    const ends = await json<Act[]>(
      ...['audit', 'list', '--project', project, '--action', 'external-account.connect-ended'],
    );
    expect(ends).toHaveLength(1);
    expect(ends[0]!.details).toMatchObject({ outcome: 'participant-erased' });
  });
});

describe('a project', () => {
  it('is renamed, and the trail has it; a name that is taken or unusable is refused', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const { projectID } = await json<{ projectID: string }>('project', 'create', '--name', first);
    await json('project', 'create', '--name', second);
    const rename = (name: string) => ['project', 'rename', '--project', projectID, '--name', name];
    expect(await refused(...rename(second))).toMatch(/already a project with this name/);
    expect(await refused(...rename(' '))).toMatch(/1 to 200 characters/);
    const renamed = `${first} 2`;
    expect(await json(...rename(renamed))).toMatchObject({ projectID, name: renamed });
    await json(...rename(renamed));
    expect(await refused('project', 'rename', '--project', randomUUID(), '--name', 'x')).toMatch(
      /no project/,
    );
    const acts = await json<Act[]>('audit', 'list', '--project', projectID);
    expect(acts.map(({ action, details }) => ({ action, details }))).toEqual([
      { action: 'project.renamed', details: { before: first, name: renamed } },
      { action: 'project.created', details: null },
    ]);
  });
});

describe('the trail', () => {
  it('is listed by project, account, action and actor', async () => {
    const project = await createFilledProject();
    const page = await json<{ externalAccounts: { id: number }[] }>('accounts', 'list', '--project', project);
    const { id } = page.externalAccounts[0]!;
    await json('accounts', 'delete', '--project', project, String(id));
    const [deleted, ...others] = await json<Act[]>(
      'audit',
      'list',
      '--account',
      String(id),
      '--action',
      'external-account.deleted',
    );
    expect(deleted).toMatchObject({ projectID: project, accountID: id });
    expect(others).toEqual([]);
    const mine = await json<Act[]>('audit', 'list', '--actor', deleted!.actor, '--limit', '3');
    expect(mine).toHaveLength(3);
    expect(mine[0]).toEqual(deleted);
    expect(await json('audit', 'list', '--actor', 'nobody')).toEqual([]);
    const table = await run('audit', 'list', '--project', project, '--limit', '1');
    expect(table.stdout).toMatch(/AT +ACTOR +ACTION +PROJECT +ACCOUNT +DETAILS/);
  });
});

describe('a file that is there', () => {
  it('is replaced by an export only when that is meant', async () => {
    const project = await createFilledProject();
    const file = join(directory, 'kept.csv');
    await writeFile(file, 'the only copy');
    const words = ['export', 'data-scopes', '--project', project, '--output', file];
    expect(await refused(...words)).toBe(
      `error: ${file} exists already: name another file, or replace it with --force.\n`,
    );
    expect(await readFile(file, 'utf8')).toBe('the only copy');
    expect(await json<Act[]>('audit', 'list', '--project', project, '--action', 'export.started')).toEqual(
      [],
    );
    expect(await run(...words, '--force')).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toMatch(/^ExternalAccountID,/);
  });
});
