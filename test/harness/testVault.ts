import { createActiveKey } from '../../src/platform/sealing/activeKey.ts';
import { makeCanary } from '../../src/platform/sealing/canary.ts';
import { createVault } from '../../src/platform/sealing/createVault.ts';
import { createLocalKeyService } from '../../src/platform/sealing/localKeyService.ts';
import { parseMasterKeys } from '../../src/platform/sealing/masterKeys.ts';
import type { Vault } from '../../src/platform/sealing/vault.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

/** For test databases and nothing else. A process that is configured with one takes it as `TRIBUTARY_MASTER_KEYS`. */
export const testMasterKeys = 'k-testonly Zm9yIHRlc3QgZGF0YWJhc2VzIGFuZCBub3RoaW5nIGU';

/**
 * A vault over the key of the tests, which becomes the active one of the database when something is sealed. Wraps are
 * not counted.
 */
export function createTestVault(database: Database): Vault {
  const read = parseMasterKeys(testMasterKeys);
  if (read.outcome === 'refused') throw new Error(read.mistakes.join());
  const [keyID = ''] = read.keys.keys();
  const keyService = createLocalKeyService(read.keys, systemRandom);
  const activeKeyID = createActiveKey({ database, clock: systemClock });
  let registered: Promise<unknown> | undefined;
  const register = async () => {
    const canary = await makeCanary(keyService, keyID);
    await database.query(sql`
      insert into sealing_keys (key_id, canary, active, created_at, activated_at)
      select ${keyID}, ${canary}, true, now(), now() where not exists (select from sealing_keys where active)
      on conflict do nothing`);
  };
  return createVault({
    keyService,
    activeKeyID: async () => {
      registered ??= register();
      await registered;
      return activeKeyID();
    },
    countWrap: () => Promise.resolve(),
    random: systemRandom,
  });
}
