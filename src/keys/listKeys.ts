import type { Database } from '../platform/storage/database.ts';
import { readHolders } from './holders/readHolders.ts';
import { countSealed } from './store/sealedTables.ts';
import { readSealingKeys } from './sealingKeys.ts';

interface ListedKey {
  readonly keyID: string;
  /** `new` until it is made active, `old` until it is retired. */
  readonly state: 'new' | 'active' | 'old' | 'retired';
  readonly sealedValues: number;
  /** Processes that serve and can use it, of all that serve. */
  readonly holders: number;
  readonly processes: number;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
}

/** The keys that the database knows, oldest first. */
export async function listKeys(database: Database): Promise<ListedKey[]> {
  const sealed = await countSealed(database);
  const keys = await readSealingKeys(database);
  return Promise.all(
    keys.map(async ({ keyID, active, createdAt, activatedAt, retiredAt }) => {
      const { all, lacking } = await readHolders(database, keyID);
      const state = retiredAt !== null ? 'retired' : active ? 'active' : activatedAt === null ? 'new' : 'old';
      return {
        keyID,
        state,
        sealedValues: sealed.get(keyID) ?? 0,
        holders: all.length - lacking.length,
        processes: all.length,
        createdAt,
        retiredAt,
      };
    }),
  );
}
