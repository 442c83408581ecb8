import { chmod, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openVault } from '../../src/keys/openVault.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { generateMasterKey } from '../../src/platform/sealing/masterKeys.ts';
import { CannotOpen } from '../../src/platform/sealing/vault.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import {
  attentiveClock,
  createKeyedInstallation,
  hurriedClock,
  type KeyedInstallation,
} from '../harness/testKeys.ts';

const installations: KeyedInstallation[] = [];
afterAll(() => Promise.all(installations.map((installation) => installation.remove())));

let installation: KeyedInstallation;
let clock: FakeClock;
beforeEach(async () => {
  installation = await createKeyedInstallation();
  installations.push(installation);
  clock = createFakeClock();
});

const place = { project: 'p', owner: 'account:1', generation: 1, version: 1 };
const beat = () => clock.advance(5_000);
const eventsOf = (log: readonly string[]) =>
  log.map((line) => {
    const { event, reason, keyIDs } = JSON.parse(line) as Record<string, string>;
    return {
      event,
      ...(reason === undefined ? {} : { reason }),
      ...(keyIDs === undefined ? {} : { keyIDs }),
    };
  });
const heldKeys = async (database: Database) =>
  (await database.query<{ ids: string[] }>(sql`select key_ids as ids from key_holders`)).map(
    ({ ids }) => ids,
  );
/** Until the process has looked at its keys and told of itself two more times. */
async function beatTwiceMore(database: Database): Promise<void> {
  for (let beats = 0; beats < 2; beats++) {
    await database.query(sql`update key_holders set seen_at = 'epoch'`);
    await vi.waitFor(async () => {
      beat();
      const seen = await database.query(sql`select from key_holders where seen_at > 'epoch'`);
      expect(seen).toHaveLength(1);
    });
  }
}
const firstLine = async () => (await readFile(installation.file, 'utf8')).trim();

describe('a process that serves', () => {
  it('is known with its keys for as long as it runs', async () => {
    const serving = await installation.serve({ clock });
    expect(await heldKeys(installation.database)).toEqual([await installation.keysInFile()]);
    await installation.database.query(sql`update key_holders set seen_at = now() - interval '1 hour'`);
    beat();
    await vi.waitFor(async () => {
      const recent = await installation.database.query(
        sql`select from key_holders where seen_at > now() - interval '1 minute'`,
      );
      expect(recent).toHaveLength(1);
    });
    await serving.close();
    expect(await heldKeys(installation.database)).toEqual([]);
  });

  it('takes over a key that is added to its file', async () => {
    const serving = await installation.serve({ clock });
    const { keyID, line } = generateMasterKey(systemRandom);
    const old = await firstLine();
    await installation.writeKeys(old, line);
    beat();
    const both = [old.split(' ')[0]!, keyID];
    await vi.waitFor(async () => expect(await heldKeys(installation.database)).toEqual([both]));
    expect(eventsOf(serving.log)).toEqual([{ event: 'sealing-keys-changed', keyIDs: both.join(' ') }]);
    await serving.close();
  });

  it('goes on with the keys that it has when the file is spoiled, says so once, and takes a mended one', async () => {
    const serving = await installation.serve({ clock });
    const sealed = await serving.vault.seal(place, { token: 'x' });
    const good = await firstLine();
    const { line } = generateMasterKey(systemRandom);
    const [keyID, secret] = good.split(' ');
    const spoilings: [() => Promise<unknown>, RegExp][] = [
      [
        () => writeFile(installation.file, 'half a li'),
        /line 1 has a key of 1 bytes|is not a key id and a key/,
      ],
      [
        () => writeFile(installation.file, `${line}\n`),
        new RegExp(`key ${keyID}, which the database needs, is not there`),
      ],
      [
        () => writeFile(installation.file, `${keyID} ${line.split(' ')[1]}\n`),
        /is not the one that the database knows by this name/,
      ],
      [() => chmod(installation.file, 0o644), /others can get at it/],
      [() => unlink(installation.file), /it is gone/],
    ];
    for (const [spoil, reason] of spoilings) {
      const before = serving.log.length;
      await spoil();
      // A beat is left out while the one before is under way.
      await vi.waitFor(() => {
        beat();
        expect(serving.log.length).toBeGreaterThan(before);
      });
      await beatTwiceMore(installation.database);
      const told = eventsOf(serving.log.slice(before));
      expect(told).toEqual([
        { event: 'sealing-keys-refused', reason: expect.stringMatching(reason) as string },
      ]);
      expect(await serving.vault.open(place, sealed)).toEqual({ token: 'x' });
    }
    expect(serving.log.join()).not.toContain(secret);
    await installation.writeKeys(good, line);
    await vi.waitFor(() => {
      beat();
      expect(eventsOf(serving.log).at(-1)?.event).toBe('sealing-keys-changed');
    });
    expect(await serving.vault.open(place, sealed)).toEqual({ token: 'x' });
    await serving.close();
  });

  it('takes a change over although the database was away when it happened', async () => {
    const { database } = installation;
    let away = false;
    const flaky: Database = {
      ...database,
      query: (statement) => (away ? Promise.reject(new Error('away')) : database.query(statement)),
    };
    const log: string[] = [];
    const serving = await openVault({
      database: flaky,
      source: await installation.openSource(),
      clock,
      random: systemRandom,
      log: createWatchedLog(log).log,
    });
    away = true;
    await installation.writeKeys(await firstLine(), generateMasterKey(systemRandom).line);
    beat();
    await vi.waitFor(() => expect(log).toHaveLength(1));
    expect(eventsOf(log)).toEqual([{ event: 'unexpected-error' }]);
    away = false;
    await vi.waitFor(async () => {
      beat();
      expect((await heldKeys(database))[0]).toHaveLength(2);
    });
    await serving.close();
  });

  it('reports a key that the database needs and it lacks, once', async () => {
    const serving = await installation.serve({ clock });
    await installation.database.query(sql`
      insert into sealing_keys (key_id, canary, created_at, activated_at) values ('k-elsewhere', '', now(), now())`);
    beat();
    await vi.waitFor(() => expect(serving.log).toHaveLength(1));
    await beatTwiceMore(installation.database);
    expect(eventsOf(serving.log)).toEqual([{ event: 'sealing-key-missing', keyIDs: 'k-elsewhere' }]);
    await serving.close();
  });

  it('does not start with keys from before a rotation, and leaves no trace', async () => {
    const old = await firstLine();
    await (await installation.serve()).close();
    const elsewhere = await installation.openSource({ TRIBUTARY_MASTER_KEYS: old });
    await installation.rotate({ clock: hurriedClock });
    const starting = openVault({
      database: installation.database,
      source: elsewhere,
      clock,
      random: systemRandom,
      log: createWatchedLog().log,
    });
    await expect(starting).rejects.toThrow(
      /does not fit this database: key \S+, which the database needs, is not there/,
    );
    expect(await heldKeys(installation.database)).toEqual([]);
  });

  it('may start while a key is handed out that it does not have yet, and then holds up its activation', async () => {
    const old = await firstLine();
    const serving = await installation.serve({ clock });
    await expect(installation.rotate({ patienceMs: 0 })).rejects.toThrow(/is not active yet/);
    const late = await installation.serve({ clock, environment: { TRIBUTARY_MASTER_KEYS: old } });
    await serving.close();
    await expect(installation.rotate({ patienceMs: 0 })).rejects.toThrow(/is not active yet/);
    await late.close();
    expect(await installation.rotate({ clock: hurriedClock })).toMatchObject({ outcome: 'rotated' });
  });

  it('takes the first of several keys for a database that knows none, also when two start at once', async () => {
    const [first, second] = [generateMasterKey(systemRandom), generateMasterKey(systemRandom)];
    await installation.writeKeys(first.line, second.line);
    const both = await Promise.all([installation.serve({ clock }), installation.serve({ clock })]);
    const keys = await installation.database.query(sql`select key_id, active from sealing_keys`);
    expect(keys).toEqual([{ key_id: first.keyID, active: true }]);
    await Promise.all(both.map((serving) => serving.close()));
  });
});

describe('keys of a key service', () => {
  /** A module that keeps its keys in a file beside it, as a KMS keeps them somewhere. */
  const serviceText = (keys: string) => `
    import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
    import { readFileSync } from 'node:fs';
    const keys = () => JSON.parse(readFileSync(${JSON.stringify(keys)}, 'utf8'));
    export const createKeyService = async () => ({
      keyIDs: async () => Object.keys(keys()),
      wrap: async (keyID, plaintext, aad) => {
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', Buffer.from(keys()[keyID], 'hex'), nonce);
        cipher.setAAD(aad);
        return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      },
      unwrap: async (keyID, wrapped, aad) => {
        const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keys()[keyID], 'hex'), wrapped.subarray(0, 12), { authTagLength: 16 });
        decipher.setAAD(aad);
        decipher.setAuthTag(wrapped.subarray(-16));
        return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
      },
    });`;

  it('are used, handed out and rotated like those of a file, and never come into our hands', async () => {
    const keys = join(installation.folder, 'kms.json');
    const module = join(installation.folder, 'keyService.js');
    await writeFile(module, serviceText(keys));
    const put = (...names: string[]) =>
      writeFile(keys, JSON.stringify(Object.fromEntries(names.map((name) => [name, name.padEnd(64, '0')]))));
    await put('aa');
    const environment = { TRIBUTARY_KEY_SERVICE: module };
    const serving = await installation.serve({ environment, clock: attentiveClock });
    const sealed = await serving.vault.seal(place, { token: 'x' });
    expect(sealed.keyID).toBe('aa');
    await expect(installation.rotate({ environment })).rejects.toThrow(
      /has no new key, and none can be added from here/,
    );
    await put('aa', 'bb');
    const rotation = await installation.rotate({ environment });
    expect(rotation).toMatchObject({ outcome: 'rotated', active: 'bb', retired: ['aa'] });
    expect((await serving.vault.seal(place, { token: 'y' })).keyID).toBe('bb');
    expect(await serving.vault.open(place, sealed)).toEqual({ token: 'x' });
    await put('bb');
    await expect(serving.vault.open(place, sealed)).rejects.toThrow(CannotOpen);
    await serving.close();
    await put('cc');
    await expect(installation.serve({ environment })).rejects.toThrow(
      /key bb, which the database needs, is not there/,
    );
  }, 60_000);
});
