import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parsePublicKey, type PublicKey } from '../../src/access/publicKey.ts';
import {
  addPublicKey,
  createServiceAccount,
  listServiceAccounts,
  revokePublicKey,
  revokeServiceAccount,
} from '../../src/access/serviceAccounts.ts';
import { DomainError } from '../../src/platform/errors/domainError.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { ecPair } from '../builders/clientAssertion.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const now = Date.parse('2026-05-04T03:02:01.500Z');
const actor = 'command-line:test';
let database: Database;
let keys: PublicKey[];
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  keys = await Promise.all([1, 2, 3, 4].map(() => parsePublicKey(ecPair('P-256').spki)));
});
const key = (index: number) => keys[index] as PublicKey;

async function addProject(): Promise<string> {
  const projectID = randomUUID();
  await database.query(sql`insert into projects (project_id, name) values (${projectID}, ${projectID})`);
  return projectID;
}

function create(projectID: string, name: string, ...publicKeys: PublicKey[]) {
  return database.transaction((transaction) =>
    createServiceAccount(transaction, { projectID, name, publicKeys, actor, now, random: systemRandom }),
  );
}

function add(projectID: string, name: string, publicKey: PublicKey) {
  return database.transaction((transaction) =>
    addPublicKey(transaction, { projectID, name, publicKey, actor, now, random: systemRandom }),
  );
}

function revokeKey(projectID: string, name: string, thumbprintPrefix: string) {
  return database.transaction((transaction) =>
    revokePublicKey(transaction, { projectID, name, thumbprintPrefix, actor, now }),
  );
}

function revoke(projectID: string, name: string) {
  return database.transaction((transaction) =>
    revokeServiceAccount(transaction, { projectID, name, actor, now }),
  );
}

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.problem.code : String(error)),
  );

async function audited(projectID: string): Promise<string[]> {
  const rows = await database.query<{ action: string }>(
    sql`select action from audit_entries where project_id = ${projectID} order by entry_id`,
  );
  return rows.map((row) => row.action);
}

describe('service accounts', () => {
  it('are created with up to two keys, listed with their thumbprints, and leave their trace', async () => {
    const projectID = await addProject();
    const serviceAccountID = await create(projectID, 'MyDataHelps.Org.Two', key(0), key(1));
    await create(projectID, 'MyDataHelps.Org.None');
    expect(await listServiceAccounts(database, projectID)).toEqual([
      expect.objectContaining({ name: 'MyDataHelps.Org.None', keys: [] }),
      {
        serviceAccountID,
        name: 'MyDataHelps.Org.Two',
        createdAt: new Date(now),
        revokedAt: undefined,
        keys: [key(0), key(1)].map(({ thumbprint }) => ({
          thumbprint,
          createdAt: new Date(now),
          revokedAt: undefined,
        })),
      },
    ]);
    expect(await audited(projectID)).toEqual([
      'service-account.created',
      'service-account.key-added',
      'service-account.key-added',
      'service-account.created',
    ]);
  });

  it('have a name that is unique in the installation, also after they were revoked', async () => {
    const [first, second] = [await addProject(), await addProject()];
    await create(first, 'Unique.Name');
    expect(await problemOf(create(second, 'Unique.Name'))).toBe('service-account-name-taken');
    await revoke(first, 'Unique.Name');
    expect(await problemOf(create(first, 'Unique.Name'))).toBe('service-account-name-taken');
    expect(await listServiceAccounts(database, second)).toEqual([]);
    expect(await audited(second)).toEqual([]);
  });

  it.each(['', ' x', 'x ', 'a\nb', 'a\0b', 'a\u200bb', 'a\ud800', 'x'.repeat(201)])(
    'cannot be called %j',
    async (name) => {
      expect(await problemOf(create(await addProject(), name))).toBe('service-account-name-unusable');
    },
  );

  it('need a project', async () => {
    expect(await problemOf(create(randomUUID(), 'Of.Nothing'))).toBe('not-found');
  });

  it('have no third live key, no key twice, and no revoked key again', async () => {
    const projectID = await addProject();
    expect(await problemOf(create(projectID, 'Keys.Three', key(0), key(1), key(2)))).toBe('too-many-keys');
    expect(await problemOf(create(projectID, 'Keys.Same', key(0), key(0)))).toBe('public-key-known');
    expect(await listServiceAccounts(database, projectID)).toEqual([]);

    await create(projectID, 'Keys', key(0));
    expect(await problemOf(add(projectID, 'Keys', key(0)))).toBe('public-key-known');
    await add(projectID, 'Keys', key(1));
    expect(await problemOf(add(projectID, 'Keys', key(2)))).toBe('too-many-keys');
    await revokeKey(projectID, 'Keys', key(0).thumbprint);
    expect(await problemOf(add(projectID, 'Keys', key(0)))).toBe('public-key-known');
    await add(projectID, 'Keys', key(2));
    const [account] = await listServiceAccounts(database, projectID);
    expect(account?.keys.filter((one) => one.revokedAt === undefined).map((one) => one.thumbprint)).toEqual(
      expect.arrayContaining([key(1).thumbprint, key(2).thumbprint]),
    );
  });

  it('keep at most two live keys when four are added at the same time', async () => {
    const projectID = await addProject();
    await create(projectID, 'Keys.AtOnce');
    const outcomes = await Promise.all(keys.map((one) => problemOf(add(projectID, 'Keys.AtOnce', one))));
    expect(outcomes.sort()).toEqual(['done', 'done', 'too-many-keys', 'too-many-keys']);
  });

  it('lose a key by enough of its beginning and by nothing less', async () => {
    const projectID = await addProject();
    await create(projectID, 'Keys.Prefix', key(0), key(1));
    const { thumbprint } = key(0);
    for (const prefix of ['', thumbprint.slice(0, 3), `${thumbprint}x`, '%%%%', '____'])
      expect(await problemOf(revokeKey(projectID, 'Keys.Prefix', prefix))).toBe('no-such-public-key');
    expect(await revokeKey(projectID, 'Keys.Prefix', thumbprint.slice(0, 8))).toBe(thumbprint);
    expect(await problemOf(revokeKey(projectID, 'Keys.Prefix', thumbprint))).toBe('no-such-public-key');
    expect((await audited(projectID)).at(-1)).toBe('service-account.key-revoked');
  });

  it('are not reached from another project, and not again after they were revoked', async () => {
    const [own, foreign] = [await addProject(), await addProject()];
    await create(own, 'Own.Account', key(0));
    expect(await problemOf(add(foreign, 'Own.Account', key(1)))).toBe('no-such-service-account');
    expect(await problemOf(revokeKey(foreign, 'Own.Account', key(0).thumbprint))).toBe(
      'no-such-service-account',
    );
    expect(await problemOf(revoke(foreign, 'Own.Account'))).toBe('no-such-service-account');
    expect(await audited(foreign)).toEqual([]);
    await revoke(own, 'Own.Account');
    expect((await listServiceAccounts(database, own))[0]?.revokedAt).toEqual(new Date(now));
    expect(await problemOf(revoke(own, 'Own.Account'))).toBe('no-such-service-account');
    expect(await problemOf(add(own, 'Own.Account', key(1)))).toBe('no-such-service-account');
  });
});
