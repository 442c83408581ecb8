import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  openGrant,
  openTokens,
  removeGrant,
  sealGrant,
  sealTokens,
  storeGrant,
  withSealedGrant,
  type GrantPlace,
  type SealedGrant,
} from '../../src/accounts/grant.ts';
import { deleteAccount } from '../../src/accounts/deleteAccount.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { CannotOpen, type Vault } from '../../src/platform/sealing/vault.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

let database: Database;
let vault: Vault;
let study: Study;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  vault = createTestVault(database);
  study = await createStudy(database);
});

const accessExpiresAt = Date.parse('2026-05-04T04:00:00.123Z');
const refreshExpiresAt = Date.parse('2026-11-04T04:00:00Z');
const grantEndsAt = Date.parse('2027-05-04T04:00:00Z');
const whole = {
  accessToken: new Secret('access-1'),
  refreshToken: new Secret('refresh-1'),
  accessExpiresAt,
  refreshExpiresAt,
  grantEndsAt,
};
const bare = { accessToken: new Secret('access-2') };

async function newPlace(): Promise<GrantPlace> {
  return { projectID: study.projectID, accountID: await study.addAccount(), generation: 1, version: 1 };
}

const store = (place: GrantPlace, sealed: SealedGrant) =>
  database.transaction((transaction) => storeGrant(transaction, place, sealed));
const put = async (place: GrantPlace, grant: Parameters<typeof sealGrant>[2]) =>
  store(place, await sealGrant(vault, place, grant));

async function reveal(place: GrantPlace) {
  const opened = await openGrant(database, vault, place);
  if (opened === undefined) return undefined;
  const { accessToken, refreshToken, ...rest } = opened;
  return { access: accessToken.reveal(), refresh: refreshToken?.reveal(), ...rest };
}

describe('a grant', () => {
  it('comes back as it was stored, with and without a refresh token and instants', async () => {
    const [first, second] = [await newPlace(), await newPlace()];
    expect(await put(first, whole)).toBe(true);
    expect(await put(second, bare)).toBe(true);
    expect(await reveal(first)).toEqual({
      access: 'access-1',
      refresh: 'refresh-1',
      generation: 1,
      version: 1,
      accessExpiresAt,
      refreshExpiresAt,
      grantEndsAt,
    });
    expect(await reveal(second)).toEqual({
      access: 'access-2',
      refresh: undefined,
      generation: 1,
      version: 1,
    });
  });

  it('cannot be printed by accident, sealed or opened', async () => {
    const place = await newPlace();
    await put(place, whole);
    const opened = await openGrant(database, vault, place);
    const sealed = await sealGrant(vault, place, whole);
    for (const value of [opened, sealed])
      for (const text of [JSON.stringify(value), inspect(value, { depth: null, showHidden: true })])
        expect(text).not.toMatch(/access-1|refresh-1/);
  });

  it('is replaced whole by a newer version or generation, and by no older or equal one', async () => {
    const place = await newPlace();
    await put(place, whole);
    expect(await put({ ...place, version: 3 }, bare)).toBe(true);
    const third = { access: 'access-2', refresh: undefined, generation: 1, version: 3 };
    expect(await reveal(place)).toEqual(third);
    for (const version of [1, 2, 3]) expect(await put({ ...place, version }, whole)).toBe(false);
    expect(await reveal(place)).toEqual(third);
    await database.query(
      sql`update external_accounts set generation = 2 where account_id = ${place.accountID}`,
    );
    expect(await put({ ...place, generation: 2, version: 1 }, whole)).toBe(true);
    expect(await reveal(place)).toMatchObject({ access: 'access-1', generation: 2, version: 1 });
    expect(await put({ ...place, version: 99 }, bare)).toBe(false);
  });

  it('of two that store the same version at once is one of both, whole', async () => {
    const place = await newPlace();
    const grants = Array.from({ length: 8 }, (_, index) => ({
      accessToken: new Secret(`a-${index}`),
      refreshToken: new Secret(`r-${index}`),
    }));
    const stored = await Promise.all(grants.map((grant) => put(place, grant)));
    expect(stored.filter((done) => done)).toHaveLength(1);
    const winner = stored.indexOf(true);
    expect(await reveal(place)).toMatchObject({ access: `a-${winner}`, refresh: `r-${winner}` });
  });

  it('is not stored for an account of another project, of another generation, or that is gone', async () => {
    const place = await newPlace();
    const stranger = await createStudy(database);
    expect(await put({ ...place, projectID: stranger.projectID }, whole)).toBe(false);
    expect(await put({ ...place, generation: 2 }, whole)).toBe(false);
    await deleteAccount(database, { ...place, actor: 'test', now: 0 });
    expect(await put(place, whole)).toBe(false);
    expect(await database.query(sql`select from grants where account_id = ${place.accountID}`)).toEqual([]);
  });

  it('is not given for another project, nor when the account has another generation by now', async () => {
    const place = await newPlace();
    await put(place, whole);
    const stranger = await createStudy(database);
    expect(await reveal({ ...place, projectID: stranger.projectID })).toBeUndefined();
    await database.query(
      sql`update external_accounts set generation = 2 where account_id = ${place.accountID}`,
    );
    expect(await reveal(place)).toBeUndefined();
  });

  it('does not open in the row of another account, in another field, or in a row whose numbers were changed', async () => {
    const [one, other] = [await newPlace(), await newPlace()];
    await put(one, whole);
    await put(other, whole);
    const changes = [
      sql`update grants set wrapped_key = o.wrapped_key, access_token = o.access_token, refresh_token = o.refresh_token
            from grants o where o.account_id = ${other.accountID} and grants.account_id = ${one.accountID}`,
      sql`update grants set access_token = refresh_token, refresh_token = access_token where account_id = ${one.accountID}`,
      sql`update grants set version = 2 where account_id = ${one.accountID}`,
      sql`update grants set refresh_token = access_token where account_id = ${one.accountID}`,
    ];
    for (const change of changes) {
      const [before] = await database.query<Record<string, unknown>>(
        sql`select * from grants where account_id = ${one.accountID}`,
      );
      await database.query(change);
      await expect(openGrant(database, vault, one)).rejects.toThrow(CannotOpen);
      await database.query(sql`
        update grants set wrapped_key = ${before!['wrapped_key']}, access_token = ${before!['access_token']},
                          refresh_token = ${before!['refresh_token']}, version = ${before!['version']}
         where account_id = ${one.accountID}`);
      expect(await reveal(one)).toMatchObject({ access: 'access-1' });
    }
  });

  it('is forgotten on demand', async () => {
    const place = await newPlace();
    await put(place, whole);
    await database.transaction((transaction) => removeGrant(transaction, place.accountID));
    expect(await reveal(place)).toBeUndefined();
  });

  it('stays good when its row is moved to those that are given back, and outlives its account', async () => {
    const place = await newPlace();
    await put(place, whole);
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               key_id, wrapped_key, access_token, refresh_token, created_at, due_at, expires_at)
      select gen_random_uuid(), project_id, account_id, grants.generation, version, participant_id, provider_id,
             key_id, wrapped_key, access_token, refresh_token, now(), now(), now()
        from grants join external_accounts using (account_id) where account_id = ${place.accountID}`);
    await deleteAccount(database, { ...place, actor: 'test', now: 0 });
    const [row] = await database.query<{
      key_id: string;
      wrapped_key: Buffer;
      access_token: Buffer;
      refresh_token: Buffer;
    }>(sql`select key_id, wrapped_key, access_token, refresh_token from revocations
            where account_id = ${place.accountID}`);
    const tokens = await openTokens(vault, place, {
      keyID: row!.key_id,
      wrappedKey: row!.wrapped_key,
      accessToken: row!.access_token,
      refreshToken: row!.refresh_token,
    });
    expect([tokens.accessToken.reveal(), tokens.refreshToken?.reveal()]).toEqual(['access-1', 'refresh-1']);
  });
});

describe('a writer that is slower than a rotation', () => {
  /** As if the key had been retired after the first sealing, and another made active. */
  async function retireAfterFirst(place: GrantPlace) {
    const retired = 'k-was-retired';
    await database.query(sql`
      insert into sealing_keys (key_id, canary, created_at, activated_at, retired_at)
      values (${retired}, '', now(), now(), now()) on conflict do nothing`);
    const seals: string[] = [];
    return withSealedGrant(vault, { place, grant: whole }, (sealed) => {
      seals.push(sealed.keyID);
      return store(place, seals.length === 1 ? { ...sealed, keyID: retired } : sealed);
    }).then((stored) => ({ stored, seals: seals.length }));
  }

  it('cannot store what it sealed with a retired key, and seals once more', async () => {
    const place = await newPlace();
    expect(await retireAfterFirst(place)).toEqual({ stored: true, seals: 2 });
    expect(await reveal(place)).toMatchObject({ access: 'access-1' });
  });

  it('gives up on every other failure at once', async () => {
    const place = await newPlace();
    let calls = 0;
    const failing = withSealedGrant(vault, { place, grant: whole }, () => {
      calls += 1;
      return Promise.reject(new Error('the disk is full'));
    });
    await expect(failing).rejects.toThrow('the disk is full');
    expect(calls).toBe(1);
  });
});

describe('tokens alone', () => {
  it('are sealed for their place', async () => {
    const place = await newPlace();
    const sealed = await sealTokens(vault, place, whole);
    expect((await openTokens(vault, place, sealed)).accessToken.reveal()).toBe('access-1');
    await expect(openTokens(vault, { ...place, version: 2 }, sealed)).rejects.toThrow(CannotOpen);
    const { refreshToken, ...without } = sealed;
    expect(refreshToken).toBeDefined();
    expect(await openTokens(vault, place, without)).not.toHaveProperty('refreshToken');
  });
});
