import type { Random } from '../platform/random/random.ts';
import { sql, type Sql, type Transaction } from '../platform/storage/database.ts';

/** What became of the wanted participants of a project. */
export interface StoredParticipants {
  readonly created: number;
  /** Known before, by their identifier. */
  readonly found: number;
  /** Whether all of them were made with the wanted GUID. */
  readonly asWanted: boolean;
}

/** Where {@link storeParticipants} puts them, and with which time and chance. */
export interface ParticipantsToStore {
  readonly projectID: string;
  readonly now: number;
  readonly random: Random;
}

/**
 * Makes the temporary table `wanted_participants` for the caller to fill: each `participant_identifier` once,
 * with the `wanted_id` it should get if that is free, or null. Gone at the end of the transaction.
 */
export async function createWantedParticipants(transaction: Transaction): Promise<void> {
  await transaction.query(sql`
    create temporary table wanted_participants (
      participant_identifier text not null,
      wanted_id uuid
    ) on commit drop`);
}

/**
 * Makes participants of all `wanted_participants` that the project does not have yet.
 *
 * A wanted GUID that belongs to somebody else, here or in another project, is not taken; a new one is made
 * instead. Somebody who adds one of them at the same moment is waited for, and that participant then counts as
 * found. Set-based: costs about 10 s for a million on two cores, most of it in the three keys of the table.
 */
export async function storeParticipants(
  transaction: Transaction,
  { projectID, now, random }: ParticipantsToStore,
): Promise<StoredParticipants> {
  const at = new Date(now);
  const wanted = await count(transaction, sql`select count(*)::integer as rows from wanted_participants`);
  const asWanted = await addAsWanted(transaction, projectID, at);
  let created = asWanted;
  for (let attempt = 1; created < wanted && (await countMissing(transaction, projectID)) > 0; attempt++) {
    // A GUID of 122 random bits is taken once in a lifetime; again and again, the source of chance is broken.
    if (attempt > 3) throw new Error('New participant GUIDs are taken again and again');
    created += await addUnderNewGuids(transaction, projectID, at, random.bytes(32));
  }
  // With the statistics of an emptier table, the foreign key of what is stored next is looked up by the project
  // alone: every row by walking all of the project's participants.
  if (wanted > 1000) await transaction.query(sql`analyze participants`);
  return { created, found: wanted - created, asWanted: asWanted === wanted };
}

/** In the order of the GUIDs, two of the three keys grow at their end instead of all over the place. */
function addAsWanted(transaction: Transaction, projectID: string, at: Date): Promise<number> {
  return count(
    transaction,
    sql`with added as (
      insert into participants (project_id, participant_id, participant_identifier, inserted_at)
      select ${projectID}, wanted_id, participant_identifier, ${at}
        from wanted_participants wanted
       where wanted_id is not null
         and not exists (select from participants p where p.participant_id = wanted.wanted_id)
         and not exists (${sameIdentifier(projectID)})
       order by wanted_id
      on conflict do nothing
      returning 1)
    select count(*)::integer as rows from added`,
  );
}

function countMissing(transaction: Transaction, projectID: string): Promise<number> {
  return count(
    transaction,
    sql`select count(*)::integer as rows from wanted_participants wanted
         where not exists (${sameIdentifier(projectID)})`,
  );
}

/**
 * GUIDs for many rows from one draw of chance: SHA-256 of 256 random bits and the identifier, as version 8
 * (RFC 9562 section 5.8). Nobody who lacks the draw can tell them from random ones.
 */
function addUnderNewGuids(
  transaction: Transaction,
  projectID: string,
  at: Date,
  draw: Buffer,
): Promise<number> {
  return count(
    transaction,
    sql`with added as (
      insert into participants (project_id, participant_id, participant_identifier, inserted_at)
      select ${projectID},
             encode(set_byte(set_byte(digest, 6, get_byte(digest, 6) & 15 | 128),
                             8, get_byte(digest, 8) & 63 | 128), 'hex')::uuid as participant_id,
             participant_identifier, ${at}
        from (select participant_identifier,
                     substr(sha256(${draw}::bytea || convert_to(participant_identifier, 'UTF8')), 1, 16) as digest
                from wanted_participants wanted
               where not exists (${sameIdentifier(projectID)})
              -- Keeps the digest from being computed once for every time it is used.
              offset 0) digested
       order by participant_id
      on conflict do nothing
      returning 1)
    select count(*)::integer as rows from added`,
  );
}

function sameIdentifier(projectID: string): Sql {
  return sql`select from participants p
              where p.project_id = ${projectID} and p.participant_identifier = wanted.participant_identifier`;
}

async function count(transaction: Transaction, statement: Sql): Promise<number> {
  const [row] = await transaction.query<{ rows: number }>(statement);
  return row?.rows ?? 0;
}
