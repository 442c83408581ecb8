import { sql, type Queryable } from '../../platform/storage/database.ts';
import type { AuthorizationServerFacts } from '../connection.ts';

/** What a FHIR server last said about itself, as it is kept. */
export interface StoredConfiguration {
  readonly facts: AuthorizationServerFacts;
  /** Null when the server sent none. */
  readonly etag: string | null;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
  /** A configuration with other hosts, which waits for an operator. */
  readonly proposed: AuthorizationServerFacts | null;
}

/** What was read last from the server at this base address, however long ago. */
export async function findConfiguration(
  database: Queryable,
  fhirBase: string,
): Promise<StoredConfiguration | undefined> {
  const [row] = await database.query<{
    facts: AuthorizationServerFacts;
    etag: string | null;
    read_at: Date;
    proposed: AuthorizationServerFacts | null;
  }>(sql`select facts, etag, read_at, proposed from server_configurations where base_url = ${fhirBase}`);
  if (row === undefined) return undefined;
  const { facts, etag, read_at, proposed } = row;
  return { facts, etag, readAt: read_at.getTime(), proposed };
}

/** From now on it is believed; whatever was proposed before is settled. */
export async function storeConfiguration(
  database: Queryable,
  fhirBase: string,
  {
    facts,
    etag,
    now,
  }: { readonly facts: AuthorizationServerFacts; readonly etag?: string; readonly now: number },
): Promise<void> {
  await database.query(sql`
    insert into server_configurations (base_url, facts, etag, read_at)
    values (${fhirBase}, ${JSON.stringify(facts)}, ${etag ?? null}, ${new Date(now)})
    on conflict (base_url) do update
       set facts = excluded.facts, etag = excluded.etag, read_at = excluded.read_at,
           proposed = null, proposed_at = null`);
}

/** The server says what is kept: whatever was proposed meanwhile is settled. */
export async function confirmConfiguration(
  database: Queryable,
  fhirBase: string,
  now: number,
): Promise<void> {
  await database.query(sql`
    update server_configurations set read_at = ${new Date(now)}, proposed = null, proposed_at = null
     where base_url = ${fhirBase}`);
}

/** Keeps another configuration beside the one that goes on being believed. */
export async function proposeConfiguration(
  database: Queryable,
  fhirBase: string,
  { facts, now }: { readonly facts: AuthorizationServerFacts; readonly now: number },
): Promise<void> {
  await database.query(sql`
    update server_configurations
       set proposed = ${JSON.stringify(facts)}, proposed_at = ${new Date(now)}, read_at = ${new Date(now)}
     where base_url = ${fhirBase}`);
}
