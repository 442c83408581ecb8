import { sql, type Queryable } from '../../platform/storage/database.ts';

/** A process that has not been heard of for so long is gone, or will find out when it comes back. */
const aliveFor = '30 seconds';

/** Processes that serve now, by name, and those of them that cannot use a key. */
interface Holders {
  readonly all: readonly string[];
  readonly lacking: readonly string[];
}

/** Who serves now, in order of name, and who of them cannot use the key. */
export async function readHolders(database: Queryable, keyID: string): Promise<Holders> {
  const rows = await database.query<{ name: string; holds: boolean }>(sql`
    select name, ${keyID} = any (key_ids) as holds from key_holders
     where seen_at > now() - ${aliveFor}::interval order by name`);
  return {
    all: rows.map(({ name }) => name),
    lacking: rows.filter(({ holds }) => !holds).map(({ name }) => name),
  };
}
