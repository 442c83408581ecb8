import { join, raw, sql, type Queryable, type Sql } from '../../platform/storage/database.ts';
import type { SealedPlace } from '../../platform/sealing/vault.ts';

/** A sealed row as far as a rotation has to do with it. */
export interface SealedRow extends SealedPlace {
  readonly id: string;
  readonly keyID: string;
  readonly wrappedKey: Buffer;
}

interface SealedTable {
  readonly name: string;
  readonly id: string;
  readonly idType: 'integer' | 'uuid';
  /** Before all ids. */
  readonly start: string;
  /** SQL of {@link SealedPlace}: what the values were sealed for. */
  readonly place: string;
  readonly joined?: string;
}

const noUuid = '00000000-0000-0000-0000-000000000000';

/** Every table with sealed values. A test holds that against the schema. */
export const sealedTables: readonly SealedTable[] = [
  {
    name: 'grants',
    id: 'account_id',
    idType: 'integer',
    start: '0',
    place: `project_id as project, 'account:' || account_id as owner, sealed.generation, sealed.version`,
    joined: 'join external_accounts using (account_id)',
  },
  {
    name: 'connect_attempts',
    id: 'attempt_id',
    idType: 'uuid',
    start: noUuid,
    place: `project_id as project, 'attempt:' || attempt_id as owner, 1 as generation, 1 as version`,
  },
  {
    name: 'revocations',
    id: 'revocation_id',
    idType: 'uuid',
    start: noUuid,
    place: `project_id as project, 'account:' || account_id as owner, generation, version`,
  },
];

/** Rows sealed with one of the keys, in order of their ids, behind one of them. */
export function readSealedRows(
  database: Queryable,
  table: SealedTable,
  { keyIDs, after, limit }: { keyIDs: readonly string[]; after: string; limit: number },
): Promise<SealedRow[]> {
  const { name, id, idType, place, joined = '' } = table;
  return database.query<SealedRow>(sql`
    select ${raw(id)}::text as id, ${raw(place)}, key_id as "keyID", wrapped_key as "wrappedKey"
      from ${raw(name)} sealed ${raw(joined)}
     where key_id = any (${[...keyIDs]}::text[]) and ${raw(id)} > ${after}::${raw(idType)}
     order by ${raw(id)} limit ${limit}`);
}

/** A row and its data key wrapped anew. */
export interface RewrappedRow {
  readonly row: SealedRow;
  readonly keyID: string;
  readonly wrappedKey: Buffer;
}

/**
 * Puts new wrapped keys in the place of those that were read. A row that somebody sealed anew in between keeps what
 * it has. Gives the number of changed rows.
 */
export async function replaceWrappedKeys(
  database: Queryable,
  { name, id, idType }: SealedTable,
  fresh: readonly RewrappedRow[],
): Promise<number> {
  const changed = await database.query(sql`
    update ${raw(name)} sealed set key_id = fresh.key_id, wrapped_key = fresh.wrapped_key
      from unnest(${fresh.map(({ row }) => row.id)}::${raw(idType)}[],
                  ${fresh.map(({ row }) => row.wrappedKey)}::bytea[],
                  ${fresh.map(({ keyID }) => keyID)}::text[],
                  ${fresh.map(({ wrappedKey }) => wrappedKey)}::bytea[]) as fresh (id, old, key_id, wrapped_key)
     where sealed.${raw(id)} = fresh.id and sealed.wrapped_key = fresh.old
    returning 1 as changed`);
  return changed.length;
}

/** How many values are sealed with each key that seals any. */
export async function countSealed(database: Queryable): Promise<Map<string, number>> {
  const counts = sealedTables.map(
    ({ name }): Sql => sql`select key_id from ${raw(name)} where key_id is not null`,
  );
  const rows = await database.query<{ key_id: string; values: number }>(sql`
    select key_id, count(*)::float8 as values from (${join(counts, ' union all ')}) sealed group by key_id`);
  return new Map(rows.map(({ key_id, values }) => [key_id, values]));
}
