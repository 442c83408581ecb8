import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGrant, sealGrant, storeGrant, withSealedGrant } from '../../src/accounts/grant.ts';
import { sealSecrets } from '../../src/connect/secrets/attemptSecrets.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import type { Vault } from '../../src/platform/sealing/vault.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { generateMasterKey } from '../../src/platform/sealing/masterKeys.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import {
  attentiveClock,
  createKeyedInstallation,
  hurriedClock,
  readKeyStates,
  type KeyedInstallation,
} from '../harness/testKeys.ts';

const installations: KeyedInstallation[] = [];
async function newInstallation(): Promise<KeyedInstallation> {
  const installation = await createKeyedInstallation();
  installations.push(installation);
  return installation;
}
afterAll(() => Promise.all(installations.map((installation) => installation.remove())));

const tokensOf = (accountID: number) => ({
  accessToken: new Secret(`access of ${accountID}`),
  refreshToken: new Secret(`refresh of ${accountID}`),
});

/** A study whose accounts all have a grant; gives their numbers. */
async function fill({ database }: KeyedInstallation, vault: Vault, count: number) {
  const study = await createStudy(database);
  const { projectID } = study;
  await database.query(
    raw(`
    insert into participants (project_id, participant_id, participant_identifier)
    select '${projectID}', gen_random_uuid(), 'L-' || n from generate_series(1, ${count}) n`),
  );
  await database.query(
    raw(`
    insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
    select project_id, participant_id, 6327, 'Device Manufacturer', 'fetchingData', now()
      from participants where project_id = '${projectID}'`),
  );
  const accounts = await database.query<{ id: number }>(
    sql`select account_id as id from external_accounts where project_id = ${projectID} order by 1`,
  );
  const ids = accounts.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 500)
    await storeAll(database, vault, { projectID, ids: ids.slice(from, from + 500) });
  return { study, ids };
}

async function storeAll(
  database: Database,
  vault: Vault,
  { projectID, ids }: { projectID: string; ids: number[] },
) {
  const place = (accountID: number) => ({ projectID, accountID, generation: 1, version: 1 });
  const sealed = await Promise.all(ids.map((id) => sealGrant(vault, place(id), tokensOf(id))));
  await database.transaction(async (transaction) => {
    for (const [index, id] of ids.entries()) await storeGrant(transaction, place(id), sealed[index]!);
  });
}

/** Tokens of accounts that do not come back as they were stored. */
async function findWrong(
  database: Database,
  vault: Vault,
  study: Study,
  ids: readonly number[],
): Promise<number[]> {
  const wrong: number[] = [];
  for (const accountID of ids) {
    const opened = await openGrant(database, vault, { projectID: study.projectID, accountID }).catch(
      () => undefined,
    );
    const { accessToken, refreshToken } = tokensOf(accountID);
    if (
      opened?.accessToken.reveal() !== accessToken.reveal() ||
      opened.refreshToken?.reveal() !== refreshToken.reveal()
    )
      wrong.push(accountID);
  }
  return wrong;
}

const keysOfGrants = async (database: Database) =>
  (await database.query<{ id: string }>(sql`select distinct key_id as id from grants order by 1`)).map(
    ({ id }) => id,
  );

const actionsOf = async (database: Database) =>
  (
    await database.query<{ act: string }>(sql`
      select action || ' ' || (details ->> 'keyID') as act from audit_entries
       where action like 'sealing-key.%' order by entry_id`)
  ).map(({ act }) => act);

describe('a rotation while the service works', () => {
  it('loses no request and no grant of 2,000, and leaves nothing under the old key', async () => {
    const installation = await newInstallation();
    const { database } = installation;
    const serving = await installation.serve({ clock: attentiveClock });
    const { study, ids } = await fill(installation, serving.vault, 2_000);
    const { projectID } = study;
    let working = true;
    let version = 1;
    const done = { writes: 0, reads: 0 };
    const failures: unknown[] = [];
    const loop = async (work: (turn: number) => Promise<void>) => {
      for (let turn = 0; working; turn++) await work(turn).catch((error: unknown) => failures.push(error));
    };
    const load = [
      loop(async (turn) => {
        const accountID = ids[turn % 500]!;
        const place = { projectID, accountID, generation: 1, version: ++version };
        const stored = await withSealedGrant(serving.vault, { place, grant: tokensOf(accountID) }, (sealed) =>
          database.transaction((transaction) => storeGrant(transaction, place, sealed)),
        );
        if (!stored) throw new Error('A grant was not stored');
        done.writes += 1;
      }),
      loop(async (turn) => {
        const wrong = await findWrong(database, serving.vault, study, [ids[(turn * 7) % ids.length]!]);
        if (wrong.length > 0) throw new Error('A grant did not open');
        done.reads += 1;
      }),
    ];
    const [old] = await installation.keysInFile();
    const rotation = await installation.rotate();
    working = false;
    await Promise.all(load);
    expect(failures).toEqual([]);
    expect(Math.min(done.writes, done.reads)).toBeGreaterThan(100);
    const [, fresh] = await installation.keysInFile();
    expect(rotation).toMatchObject({ outcome: 'rotated', active: fresh, retired: [old] });
    expect(await keysOfGrants(database)).toEqual([fresh]);
    expect(await readKeyStates(database)).toEqual([
      { keyID: old, active: false, activated: true, retired: true },
      { keyID: fresh, active: true, activated: true, retired: false },
    ]);
    expect(await findWrong(database, serving.vault, study, ids)).toEqual([]);
    expect(await actionsOf(database)).toEqual([
      ...[`sealing-key.added ${old}`, `sealing-key.activated ${old}`],
      ...[`sealing-key.added ${fresh}`, `sealing-key.activated ${fresh}`, `sealing-key.retired ${old}`],
    ]);
    await serving.close();
  }, 120_000);

  it('takes secrets of journeys and grants that are given back with it', async () => {
    const installation = await newInstallation();
    const { database } = installation;
    const serving = await installation.serve({ clock: attentiveClock });
    const { study, ids } = await fill(installation, serving.vault, 3);
    const attempt = { projectID: study.projectID, attemptID: systemRandom.uuid() };
    const secrets = await sealSecrets(serving.vault, attempt, { codeVerifier: 'v', nonce: 'n' });
    await database.query(sql`
      insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, link_digest, created_at, expires_at,
                                    key_id, wrapped_key, secrets)
      select ${attempt.attemptID}, project_id, participant_id, provider_id, ${systemRandom.bytes(32)}, now(), now(),
             ${secrets.keyID}, ${secrets.wrappedKey}, ${secrets.fields['secrets']}
        from external_accounts where account_id = ${ids[0]}`);
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               key_id, wrapped_key, access_token, refresh_token, created_at, due_at, expires_at)
      select gen_random_uuid(), project_id, account_id, grants.generation, version, participant_id, provider_id,
             key_id, wrapped_key, access_token, refresh_token, now(), now(), now()
        from grants join external_accounts using (account_id) where account_id = ${ids[1]}`);
    const rotation = await installation.rotate({ clock: hurriedClock });
    expect(rotation).toMatchObject({ rewrapped: 5 });
    const [moved] = await database.query<{ key_id: string; wrapped_key: Buffer; secrets: Buffer }>(
      sql`select key_id, wrapped_key, secrets from connect_attempts`,
    );
    expect(moved!.key_id).toBe(rotation.active);
    const place = {
      project: attempt.projectID,
      owner: `attempt:${attempt.attemptID}`,
      generation: 1,
      version: 1,
    };
    expect(
      await serving.vault.open(place, {
        keyID: moved!.key_id,
        wrappedKey: moved!.wrapped_key,
        fields: { secrets: moved!.secrets },
      }),
    ).toEqual({ secrets: JSON.stringify({ codeVerifier: 'v', nonce: 'n' }) });
    await serving.close();
  });
});

describe('a rotation that ends in the middle', () => {
  /** The database as a process sees it that ends before or after its n-th statement. */
  function dieAt(database: Database, at: number, when: 'before' | 'after'): Database {
    let statements = 0;
    const mortal = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      statements += 1;
      if (statements > at || (statements === at && when === 'before')) throw new Error('killed');
      const result = await work();
      if (statements >= at) throw new Error('killed');
      return result;
    };
    return {
      ...database,
      query: (statement) => mortal(() => database.query(statement)),
      transaction: (work) =>
        database.transaction((transaction) =>
          work({ ...transaction, query: (statement) => mortal(() => transaction.query(statement)) }),
        ),
    };
  }

  it.each(['before', 'after'] as const)(
    'goes on to the same key and finishes, wherever it was killed (%s each statement)',
    async (when) => {
      const installation = await newInstallation();
      const { database } = installation;
      const serving = await installation.serve();
      const { study, ids } = await fill(installation, serving.vault, 20);
      let points = 0;
      for (let at = 1; ; at++) {
        const before = await installation.keysInFile();
        const active = before.at(-1);
        const doomed = dieAt(database, at, when);
        // A process that serves has read the file again by then.
        const beat = () => registerEverywhere(installation);
        const first = await installation
          .rotate({ database: doomed, clock: { ...hurriedClock, sleep: beat } })
          .catch((error: unknown) => error as Error);
        if (!(first instanceof Error)) break;
        expect(first.message).toBe('killed');
        points += 1;
        await registerEverywhere(installation);
        const rotation = await installation.rotate({ clock: { ...hurriedClock, sleep: beat } });
        // Once it had retired the old key the first was finished, and this is another one.
        const keys = await installation.keysInFile();
        const made = keys.length - before.length;
        const states = await readKeyStates(database);
        expect(rotation).toMatchObject({ outcome: 'rotated', active: keys.at(-1) });
        expect(states.filter((key) => !key.retired).map(({ keyID }) => keyID)).toEqual([keys.at(-1)]);
        expect(await keysOfGrants(database)).toEqual([keys.at(-1)]);
        const finished = (await actionsOf(database)).includes(`sealing-key.retired ${active}`);
        expect(finished).toBe(true);
        if (rotation.outcome === 'rotated' && rotation.retired.includes(active!)) expect(made).toBe(1);
        else expect(made).toBe(2);
      }
      expect(points).toBeGreaterThan(20);
      const source = await installation.openSource();
      serving.source.takeOver(source.service);
      expect(await findWrong(database, serving.vault, study, ids)).toEqual([]);
      await serving.close();
    },
    120_000,
  );

  it('is not begun anew by whoever runs it again after its end', async () => {
    const installation = await newInstallation();
    await (await installation.serve()).close();
    const first = await installation.rotate({ clock: hurriedClock });
    const second = await installation.rotate({ clock: hurriedClock, again: false });
    expect(second).toEqual({ outcome: 'done-lately', active: first.active });
    const later = { ...hurriedClock, now: () => hurriedClock.now() + 11 * 60_000 };
    expect(await installation.rotate({ clock: later, again: false })).toMatchObject({ outcome: 'rotated' });
  });

  it('is one rotation when two people run it at the same moment', async () => {
    const installation = await newInstallation();
    const serving = await installation.serve();
    await fill(installation, serving.vault, 300);
    await serving.close();
    const [one, other] = await Promise.all([
      installation.rotate({ clock: hurriedClock }),
      installation.rotate({ clock: hurriedClock }),
    ]);
    const states = await readKeyStates(installation.database);
    expect(states.filter((key) => !key.retired)).toHaveLength(1);
    // Whoever came when the other had finished made one more.
    const rotations = new Set([one.active, other.active]).size;
    expect(await installation.keysInFile()).toHaveLength(1 + rotations);
    expect(states).toHaveLength(1 + rotations);
  });
});

/** All holders that this file has made serve from the same key file; as if each had read it just now. */
async function registerEverywhere(installation: KeyedInstallation): Promise<void> {
  const { database } = installation;
  const keyIDs = await installation.keysInFile();
  await database.query(sql`update key_holders set key_ids = ${keyIDs}::text[], seen_at = now()`);
}

describe('a new key', () => {
  it('does not become active before every process has it; who lacks it is named, and nothing is changed', async () => {
    const installation = await newInstallation();
    const { database } = installation;
    const serving = await installation.serve({ clock: { ...hurriedClock, every: () => () => undefined } });
    const refusal = installation.rotate({ patienceMs: 0 });
    await expect(refusal).rejects.toThrow(/is not active yet, because \S+ process \d+ cannot use it/);
    const states = await readKeyStates(database);
    expect(states.map(({ active, activated }) => [active, activated])).toEqual([
      [true, true],
      [false, false],
    ]);
    // The same one goes on as soon as the process has it.
    await registerEverywhere(installation);
    const rotation = await installation.rotate({ clock: hurriedClock });
    expect(rotation.active).toBe(states[1]!.keyID);
    expect(await installation.keysInFile()).toHaveLength(2);
    await serving.close();
  });

  it('is awaited from processes that are alive, and from no others', async () => {
    const installation = await newInstallation();
    const { database } = installation;
    await (await installation.serve()).close();
    await database.query(sql`
      insert into key_holders (process_id, name, key_ids, seen_at)
      values (gen_random_uuid(), 'killed', '{}', now() - interval '31 seconds')`);
    expect(await installation.rotate({ clock: hurriedClock, patienceMs: 0 })).toMatchObject({
      outcome: 'rotated',
    });
    await database.query(sql`update key_holders set seen_at = now() - interval '25 seconds'`);
    await expect(installation.rotate({ patienceMs: 0 })).rejects.toThrow(/because killed cannot use it/);
  });

  it('reaches a process that serves from the same file within seconds', async () => {
    const installation = await newInstallation();
    const serving = await installation.serve();
    const messages: string[] = [];
    const rotation = await installation.rotate({ onProgress: (message) => void messages.push(message) });
    expect(messages).toContain(`Waiting for 1 of 1 processes to have key ${rotation.active}.`);
    const place = { project: 'p', owner: 'account:1', generation: 1, version: 1 };
    expect((await serving.vault.seal(place, { token: 'x' })).keyID).toBe(rotation.active);
    await serving.close();
    expect(await installation.database.query(sql`select from key_holders`)).toEqual([]);
  });

  it('is the one that is at the source already; of several, the one that is named', async () => {
    const installation = await newInstallation();
    const { file } = installation;
    await (await installation.serve()).close();
    const [first, second, third] = [0, 1, 2].map(() => generateMasterKey(systemRandom));
    const old = (await readFile(file, 'utf8')).trim();
    await installation.writeKeys(old, first!.line, second!.line);
    await expect(installation.rotate()).rejects.toThrow(
      `has several new keys (${first!.keyID}, ${second!.keyID}): name one with --to`,
    );
    await expect(installation.rotate({ wanted: third!.keyID })).rejects.toThrow(
      /has no key \S+ that was not used before/,
    );
    const rotation = await installation.rotate({ wanted: second!.keyID, clock: hurriedClock });
    expect(rotation.active).toBe(second!.keyID);
    // The setting alone cannot grow, and takes part when it has a new key.
    const environment = { TRIBUTARY_MASTER_KEYS: `${old}, ${second!.line}` };
    await expect(installation.rotate({ environment })).rejects.toThrow(
      /has no new key, and none can be added from here/,
    );
    const grown = { TRIBUTARY_MASTER_KEYS: `${old}, ${second!.line}, ${third!.line}` };
    expect(await installation.rotate({ environment: grown, clock: hurriedClock })).toMatchObject({
      active: third!.keyID,
    });
  });

  it('of a rotation under way must be here, and no other is begun', async () => {
    const installation = await newInstallation();
    const serving = await installation.serve({ clock: { ...hurriedClock, every: () => () => undefined } });
    const [old] = (await readFile(installation.file, 'utf8')).split('\n');
    await expect(installation.rotate({ patienceMs: 0 })).rejects.toThrow(/not active yet/);
    const [, fresh] = await installation.keysInFile();
    await expect(installation.rotate({ wanted: 'k-other' })).rejects.toThrow(
      `A rotation to key ${fresh} is under way: finish it first`,
    );
    await installation.writeKeys(old!);
    await expect(installation.rotate()).rejects.toThrow(
      `A rotation to key ${fresh} is under way. The key file`,
    );
    await serving.close();
  });
});

describe('values that do not open', () => {
  let installation: KeyedInstallation;
  beforeAll(async () => {
    installation = await newInstallation();
  });

  it('stop the retirement of their key, are named, and keep nothing else back', async () => {
    const { database } = installation;
    const serving = await installation.serve();
    const { study, ids } = await fill(installation, serving.vault, 250);
    await serving.close();
    await database.query(sql`
      update grants set wrapped_key = set_byte(wrapped_key, 40, get_byte(wrapped_key, 40) # 1) where account_id = ${ids[5]}`);
    const [old] = await installation.keysInFile();
    await expect(installation.rotate({ clock: hurriedClock })).rejects.toThrow(
      `1 sealed values do not open with ${old} (grants ${ids[5]})`,
    );
    const counts = await database.query(
      sql`select key_id, count(*)::int as count from grants group by 1 order by 2`,
    );
    const [, fresh] = await installation.keysInFile();
    expect(counts).toEqual([
      { key_id: old, count: 1 },
      { key_id: fresh, count: 249 },
    ]);
    expect((await readKeyStates(database))[0]).toMatchObject({ keyID: old, retired: false });
    await database.query(sql`
      update grants set wrapped_key = set_byte(wrapped_key, 40, get_byte(wrapped_key, 40) # 1) where account_id = ${ids[5]}`);
    expect(await installation.rotate({ clock: hurriedClock })).toMatchObject({
      active: fresh,
      retired: [old],
      rewrapped: 1,
    });
    const again = await installation.serve();
    expect(await findWrong(database, again.vault, study, ids)).toEqual([]);
    await again.close();
  });
});
