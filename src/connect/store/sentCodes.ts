import type { AuthorizationServerFacts } from '../../oauth/connection.ts';
import { sql, type Database, type Queryable, type Transaction } from '../../platform/storage/database.ts';
import type { SealedFields } from '../../platform/sealing/vault.ts';
import { connectJourney } from '../connectJourney.ts';

/** A code that was sent to a provider and of which nobody has said what came of it. */
export interface SentCode {
  readonly attemptID: string;
  readonly projectID: string;
  readonly participantID: string;
  readonly providerID: number;
  readonly server: AuthorizationServerFacts | null;
  readonly redirectUri: string | null;
  readonly sealed: SealedFields | null;
  /** Milliseconds since the epoch: when its journey was begun. */
  readonly createdAt: number;
}

interface SentCodeRow {
  attempt_id: string;
  project_id: string;
  participant_id: string;
  provider_id: number;
  server: AuthorizationServerFacts | null;
  redirect_uri: string | null;
  key_id: string | null;
  wrapped_key: Buffer | null;
  secrets: Buffer | null;
  created_at: Date;
}

/** Longer than presenting a code takes with everything around it. */
const leaseMs = 2 * 60_000;
const atOnce = 16;

/**
 * Writes down a code before it is sent, for as long as its journey may take; false when the journey has ended
 * meanwhile, so that it must not be sent.
 */
export async function storeCode(
  database: Queryable,
  attemptID: string,
  { keyID, wrappedKey, fields }: SealedFields,
): Promise<boolean> {
  const rows = await database.query(sql`
    update connect_attempts
       set code_due_at = expires_at, key_id = ${keyID}, wrapped_key = ${wrappedKey}, secrets = ${fields['secrets']}
     where attempt_id = ${attemptID} and phase = any (${connectJourney.completeConnection.from}::connect_phase[])
    returning attempt_id`);
  return rows.length > 0;
}

/** It is known what came of the code: nothing, or tokens that are an account's or queued to be given back. */
export async function forgetCode(database: Queryable, attemptID: string): Promise<void> {
  await database.query(sql`
    update connect_attempts
       set code_due_at = null, key_id = null, wrapped_key = null, secrets = null, server = null
     where attempt_id = ${attemptID} and code_due_at is not null`);
}

/** Nobody is waiting for an answer any more: the code is presented again from `dueAt` on. */
export async function postponeCode(database: Queryable, attemptID: string, dueAt: number): Promise<void> {
  await database.query(sql`
    update connect_attempts set code_due_at = ${new Date(dueAt)}
     where attempt_id = ${attemptID} and code_due_at is not null`);
}

/**
 * Whether the journey has made an account. Waits for a transaction that is making one, whose end the caller has not
 * heard of.
 */
export async function hasConnected(transaction: Transaction, attemptID: string): Promise<boolean> {
  const [row] = await transaction.query<{ connected: boolean }>(sql`
    select outcome is not distinct from 'connected' as connected from connect_attempts
     where attempt_id = ${attemptID} for update`);
  return row?.connected === true;
}

/** Takes codes that are due. The lease is the next time at which they are: whoever dies with them leaves them so. */
export async function claimCodes(database: Database, now: number): Promise<readonly SentCode[]> {
  const rows = await database.query<SentCodeRow>(sql`
    update connect_attempts set code_due_at = ${new Date(now + leaseMs)}
     where attempt_id in (
             select attempt_id from connect_attempts
              where code_due_at <= ${new Date(now)} and phase = ${connectJourney.endJourney.to}
              order by code_due_at limit ${atOnce} for update skip locked)
    returning attempt_id, project_id, participant_id, provider_id, server, redirect_uri, key_id, wrapped_key, secrets,
              created_at`);
  return rows.map(readSentCode);
}

function readSentCode(row: SentCodeRow): SentCode {
  const { key_id: keyID, wrapped_key: wrappedKey, secrets } = row;
  return {
    attemptID: row.attempt_id,
    projectID: row.project_id,
    participantID: row.participant_id,
    providerID: row.provider_id,
    server: row.server,
    redirectUri: row.redirect_uri,
    sealed:
      keyID === null || wrappedKey === null || secrets === null
        ? null
        : { keyID, wrappedKey, fields: { secrets } },
    createdAt: row.created_at.getTime(),
  };
}
