// On one PostgreSQL: what processes do when they are killed is what it is about; vaultRotation has the same statements.
import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGrant, storeGrant, withSealedGrant } from '../../src/accounts/grant.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { raw, sql } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { runCommand, spawnCommand, startCommand } from '../harness/runCommand.ts';
import {
  attentiveClock,
  createKeyedInstallation,
  readKeyStates,
  type KeyedInstallation,
} from '../harness/testKeys.ts';

const installations: KeyedInstallation[] = [];
let installation: KeyedInstallation;
async function renew(): Promise<void> {
  installation = await createKeyedInstallation();
  installations.push(installation);
}
afterAll(() => Promise.all(installations.map((each) => each.remove())));

const environment = () => ({
  TRIBUTARY_DATABASE_URL: installation.url,
  TRIBUTARY_MASTER_KEYS_FILE: installation.file,
  TRIBUTARY_DATA_DIR: installation.folder,
});

describe('tributary keys', () => {
  beforeEach(renew);
  const run = (...words: string[]) => runCommand(['keys', ...words], environment());

  async function succeed(...words: string[]): Promise<string> {
    const result = await run(...words);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    return result.stdout;
  }
  const json = async (...words: string[]) =>
    JSON.parse(await succeed(...words, '--json')) as Record<string, unknown>;

  it('generates a line for a key file, without a database and without storing anything', async () => {
    const words = ['keys', 'generate'];
    const { code, stdout, stderr } = await runCommand(words, {
      TRIBUTARY_DATABASE_URL: 'postgres://nowhere.invalid/x',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^k-[a-z2-7]{8} [\w-]{43}\n$/);
    expect((await runCommand(words)).stdout).not.toBe(stdout);
    const made = JSON.parse((await runCommand([...words, '--json'])).stdout) as {
      keyID: string;
      line: string;
    };
    expect(made.line.split(' ')[0]).toBe(made.keyID);
  });

  it('rotates, lists, and takes the old key out when nothing needs it any more', async () => {
    expect((await run('rotate')).stderr).toBe(
      'error: There is no key to rotate yet: the service makes or takes the first one when it starts.\n',
    );
    await (await installation.serve()).close();
    const [old] = await installation.keysInFile();
    expect((await run('remove', old!)).stderr).toMatch(/is still needed: it is the active one, and 0 values/);
    const rotated = await run('rotate');
    expect(rotated).toMatchObject({ code: 0 });
    const [, fresh] = await installation.keysInFile();
    expect(rotated.stdout).toMatch(`Everything is sealed with key ${fresh}`);
    expect(rotated.stdout).toMatch(
      new RegExp(
        `Leave ${old} at its place until no backup from before 20\\d\\d-\\S+Z is kept, then: tributary keys remove ${old}`,
      ),
    );
    expect((await stat(installation.file)).mode & 0o777).toBe(0o600);
    expect(await succeed('rotate')).toMatch(/was finished a moment ago\. For another one say --again/);
    const listed = (await succeed('list')).split('\n');
    expect(listed[0]).toMatch(/^ *KEY +STATE +SEALED VALUES +PROCESSES +AGE +RETIRED/);
    expect(listed[1]).toMatch(new RegExp(`^ *${old} +retired +0 +0 of 0 +0 h +20\\d\\d-`));
    expect(listed[2]).toMatch(new RegExp(`^ *${fresh} +active +0 +0 of 0 +0 h`));
    expect((await run('remove', 'k-unknown')).stderr).toMatch(/The database does not know key k-unknown/);
    expect(await succeed('remove', old!)).toMatch(`Took ${old} out.`);
    expect(await installation.keysInFile()).toEqual([fresh]);
    await (await installation.serve()).close();
    const trail = await installation.database.query<{ act: string; actor: string }>(sql`
      select action || ' ' || (details ->> 'keyID') as act, actor from audit_entries
       where action like 'sealing-key.%' order by entry_id`);
    expect(trail.map(({ act }) => act)).toEqual([
      ...[`sealing-key.added ${old}`, `sealing-key.activated ${old}`],
      ...[`sealing-key.added ${fresh}`, `sealing-key.activated ${fresh}`],
      ...[`sealing-key.retired ${old}`, `sealing-key.removed ${old}`],
    ]);
    expect(trail.at(-1)?.actor).toMatch(/^command-line:/);
  }, 60_000);

  it('prints what it did as JSON', async () => {
    await (await installation.serve()).close();
    const [old] = await installation.keysInFile();
    const rotation = await json('rotate');
    expect(rotation).toMatchObject({ outcome: 'rotated', retired: [old], rewrapped: 0 });
    expect(await json('list')).toMatchObject([
      { keyID: old, state: 'retired' },
      { keyID: rotation['active'], state: 'active' },
    ]);
    expect(await json('remove', old!)).toEqual({ removed: old });
  }, 60_000);

  it('refuses to rotate with keys that are not those of the database, and changes nothing', async () => {
    await (await installation.serve()).close();
    await installation.writeKeys((await runCommand(['keys', 'generate'])).stdout);
    const before = await readFile(installation.file, 'utf8');
    const result = await run('rotate');
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^error: .*does not fit this database.*\n$/);
    expect(await readFile(installation.file, 'utf8')).toBe(before);
    expect(await readKeyStates(installation.database)).toHaveLength(1);
  });

  it('gives up a lost key only when it is lost: accounts are told that they have to be connected again', async () => {
    const serving = await installation.serve();
    const study = await createStudy(installation.database);
    const accountID = await study.addAccount();
    const place = { projectID: study.projectID, accountID, generation: 1, version: 1 };
    await withSealedGrant(serving.vault, { place, grant: { accessToken: new Secret('x') } }, (sealed) =>
      installation.database.transaction((transaction) => storeGrant(transaction, place, sealed)),
    );
    const { database } = installation;
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               key_id, wrapped_key, access_token, created_at, due_at, expires_at)
      select gen_random_uuid(), project_id, 999999, 1, 1, participant_id, provider_id, key_id, wrapped_key, access_token,
             now(), now() + interval '1 day', now() + interval '1 day'
        from grants join external_accounts using (account_id)`);
    // One under way, one that has ended and whose code is out, and one that has ended and holds nothing.
    for (const [phase, outcome, isOut] of [
      ['authorizing', null, false],
      ['ended', 'interrupted', true],
      ['ended', 'declined', false],
    ] as const)
      await database.query(sql`
        insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, outcome, link_digest,
                                      browser_digest, redirect_uri, created_at, expires_at, code_due_at, key_id,
                                      wrapped_key, secrets)
        select id, project_id, participant_id, provider_id, ${phase}::connect_phase, ${outcome}, sha256(id::text::bytea),
               sha256('x'), 'https://accounts.example.org/x', now(), now() + interval '1 hour',
               case when ${isOut} then now() + interval '1 hour' end, case when ${outcome !== 'declined'} then key_id end,
               case when ${outcome !== 'declined'} then wrapped_key end,
               case when ${outcome !== 'declined'} then access_token end
          from (select gen_random_uuid() as id, * from grants join external_accounts using (account_id)) own`);
    await serving.close();
    const [lost] = await installation.keysInFile();
    expect((await run('abandon', lost!, '--yes')).stderr).toMatch(/^error: .*is not lost.*\n$/);
    await installation.writeKeys((await runCommand(['keys', 'generate'])).stdout);
    expect((await run('abandon', 'k-unknown', '--yes')).stderr).toMatch(/does not know key/);
    expect(await json('abandon', lost!, '--yes')).toEqual({ abandoned: lost, accounts: 1 });
    expect((await run('abandon', lost!, '--yes')).stderr).toMatch(/is retired/);
    const [account] = await installation.database.query(sql`
      select status, (select count(*)::int from grants) as grants from external_accounts where account_id = ${accountID}`);
    expect(account).toEqual({ status: 'unauthorized', grants: 0 });
    const told = await database.query<{ action: string; account_id: number | null; told: string | null }>(sql`
      select action, account_id, coalesce(details ->> 'outcome', details ->> 'reason') as told from audit_entries
       where action like 'grant.%' or action like '%connect-ended' order by action, account_id`);
    expect(told).toEqual([
      { action: 'external-account.connect-ended', account_id: null, told: 'interrupted' },
      { action: 'grant.given-back', account_id: 999_999, told: 'unreadable' },
      { action: 'grant.lost', account_id: accountID, told: 'unreadable' },
      { action: 'grant.lost', account_id: null, told: 'unreadable' },
    ]);
    const left = await database.query(sql`
      select from connect_attempts where phase <> 'ended' or code_due_at is not null or key_id is not null
       union all select from revocations`);
    expect(left).toEqual([]);
    const after = await installation.serve();
    expect((await readKeyStates(installation.database)).filter((key) => key.active)).toHaveLength(1);
    await after.close();
  });
});

/**
 * Where a rotation is killed, in the order in which it comes there: at a random moment from when it has said this, and at
 * first from its start. The next one goes on where it was killed, so that one round of kills meets every place once.
 */
const places = [
  { words: '', withinMs: 1_500 },
  // A new key is made, handed out and made active.
  { words: 'Rotating to key', withinMs: 800 },
  { words: 'is active; wrapping', withinMs: 150 },
  { words: 'anew.', withinMs: 150 },
  { words: 'Nothing is left', withinMs: 1_000 },
] as const;

describe('a rotation that is killed again and again while the service works', () => {
  const rounds = chooseLength({ short: 1, long: 5 });
  const kills = rounds * places.length;
  // More than two reports of a rotation, between which it can be killed.
  const accounts = chooseLength({ short: 5_000, long: 10_000 });
  beforeAll(renew);

  it(`survives ${kills} kills, wherever it is: no request fails, every grant opens, and it always finishes`, async () => {
    const { database } = installation;
    const serving = await installation.serve({ clock: attentiveClock });
    const study = await createStudy(database);
    const { projectID } = study;
    await database.query(
      raw(`
      insert into participants (project_id, participant_id, participant_identifier)
      select '${projectID}', gen_random_uuid(), 'L-' || n from generate_series(1, ${accounts}) n`),
    );
    await database.query(
      raw(`
      insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
      select project_id, participant_id, 6327, 'Device Manufacturer', 'fetchingData', now()
        from participants where project_id = '${projectID}'`),
    );
    const ids = (
      await database.query<{ id: number }>(
        sql`select account_id as id from external_accounts where project_id = ${projectID} order by 1`,
      )
    ).map(({ id }) => id);
    const put = (accountID: number, version: number) => {
      const place = { projectID, accountID, generation: 1, version };
      const grant = { accessToken: new Secret(`access of ${accountID}`) };
      return withSealedGrant(serving.vault, { place, grant }, (sealed) =>
        database.transaction((transaction) => storeGrant(transaction, place, sealed)),
      );
    };
    const opens = async (accountID: number) =>
      (await openGrant(database, serving.vault, { projectID, accountID }))?.accessToken.reveal() ===
      `access of ${accountID}`;
    for (let from = 0; from < accounts; from += 8)
      await Promise.all(ids.slice(from, from + 8).map((accountID) => put(accountID, 1)));

    let working = true;
    let version = 1;
    const failures: unknown[] = [];
    const done = { writes: 0, reads: 0 };
    const loop = async (work: (turn: number) => Promise<boolean>, what: keyof typeof done) => {
      for (let turn = 0; working; turn++) {
        const good = await work(turn).catch((error: unknown) => error);
        if (good === true) done[what] += 1;
        else failures.push(good);
        // The rotations want to work too.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const load = [
      loop((turn) => put(ids[(turn * 31) % accounts]!, ++version), 'writes'),
      loop((turn) => opens(ids[(turn * 17) % accounts]!), 'reads'),
    ];

    const rotate = ['keys', 'rotate', '--again'];
    const heard: string[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const [index, place] of places.entries()) {
        const { wasKilled, said } = await killAt(rotate, index);
        expect({ place, wasKilled }).toEqual({ place, wasKilled: true });
        heard.push(said);
      }
      expect(await spawnCommand(rotate, environment())).toMatchObject({ code: 0 });
    }
    working = false;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(Math.min(done.writes, done.reads)).toBeGreaterThan(500);
    // They were killed in different places: not all before they had begun, and not all at the end.
    const reached = heard.map((said) => places.findLastIndex(({ words }) => said.includes(words)));
    expect(new Set(reached).size).toBeGreaterThanOrEqual(3);
    const states = await readKeyStates(database);
    const live = states.filter((key) => !key.retired);
    expect(live).toHaveLength(1);
    expect(states.map(({ keyID }) => keyID).toSorted()).toEqual((await installation.keysInFile()).toSorted());
    const left = await database.query(sql`select distinct key_id as "keyID" from grants`);
    expect(left).toEqual([{ keyID: live[0]!.keyID }]);
    const wrong: number[] = [];
    for (let from = 0; from < accounts; from += 8)
      await Promise.all(
        ids.slice(from, from + 8).map(async (accountID) => {
          if (!(await opens(accountID).catch(() => false))) wrong.push(accountID);
        }),
      );
    expect(wrong).toEqual([]);
    await serving.close();
  }, 900_000);
});

/** Runs a rotation and kills it at a place, or behind it if it does not come by there; gives what it had said. */
async function killAt(words: readonly string[], index: number) {
  const child = startCommand(words, environment());
  let said = '';
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const reached = places.slice(index).find((place) => said.includes(place.words));
    if (reached !== undefined)
      timer ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * reached.withinMs);
  };
  look();
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    look();
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_code, endedBy) => resolve(endedBy)),
  );
  clearTimeout(timer);
  return { wasKilled: signal === 'SIGKILL', said };
}
