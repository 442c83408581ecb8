import { hash } from 'node:crypto';
import { record } from '../audit/record.ts';
import type { Random } from '../platform/random/random.ts';
import { sql, type Database, type Sql, type Transaction } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { AuthenticatedClient } from './clientAssertion.ts';

/** Marks our tokens, so that a secret scanner recognises one that lies where it should not. */
const prefix = 'trb_';
const tokenForm = /^trb_[A-Za-z0-9_-]{43}$/;

/** What is stored and cached in the place of a token; undefined for a text that cannot be one of ours. */
export function digestToken(token: string): string | undefined {
  return tokenForm.test(token) ? hash('sha256', token, 'hex') : undefined;
}

/** What a service account calls itself in the audit trail. */
export function actorOf(name: string): string {
  return `service-account:${name}`;
}

/**
 * A new access token for the client's project, as the only copy of it: 256 random bits that mean nothing by
 * themselves, of which the database keeps a SHA-256.
 *
 * Opaque and not a JWT, because it has to stop within seconds when its account or key is revoked, and then a
 * look-up is needed anyway.
 */
export async function issueAccessToken(
  transaction: Transaction,
  issue: {
    readonly client: AuthenticatedClient;
    readonly lifetimeS: number;
    readonly now: number;
    readonly random: Random;
  },
): Promise<string> {
  const { client, now } = issue;
  const token = prefix + issue.random.bytes(32).toString('base64url');
  await transaction.query(sql`
    insert into access_tokens (token_digest, service_account_id, key_id, project_id, expires_at)
    values (decode(${digestToken(token)}, 'hex'), ${client.serviceAccountID}, ${client.keyID}, ${client.projectID},
            ${new Date(now + issue.lifetimeS * 1000)})`);
  await record(transaction, {
    projectID: client.projectID,
    actor: actorOf(client.name),
    action: 'access-token.issued',
    details: { thumbprint: client.thumbprint },
    occurredAt: now,
  });
  return token;
}

const batchSize = 1_000;
const batchesMax = 100;
/** The clocks of processes on one database may differ; what one of them could still accept must stay. */
const clockDifferenceMaxMs = 10 * 60_000;

/**
 * Deletes what time has made useless: expired tokens, spent assertions that nobody would accept any more, and the
 * request counts of earlier hours.
 *
 * In small batches, each a transaction of its own, that step over each other: it may run in every process at
 * once. What is left after 100,000 rows of a kind waits for the next call.
 */
export async function removeExpired(database: Database, clock: Clock): Promise<void> {
  const before = new Date(clock.now() - clockDifferenceMaxMs);
  const windowsBefore = new Date(before.getTime() - 3_600_000);
  await deleteInBatches(
    database,
    sql`with old as (select token_digest from access_tokens where expires_at < ${before}
                      limit ${batchSize} for update skip locked)
        delete from access_tokens using old where access_tokens.token_digest = old.token_digest returning 1 as gone`,
  );
  await deleteInBatches(
    database,
    sql`with old as (select service_account_id, jti_digest from spent_assertions where expires_at < ${before}
                      limit ${batchSize} for update skip locked)
        delete from spent_assertions s using old
         where s.service_account_id = old.service_account_id and s.jti_digest = old.jti_digest returning 1 as gone`,
  );
  await deleteInBatches(
    database,
    sql`with old as (select caller from rate_limit_windows where window_began_at < ${windowsBefore}
                      limit ${batchSize} for update skip locked)
        delete from rate_limit_windows w using old where w.caller = old.caller returning 1 as gone`,
  );
}

async function deleteInBatches(database: Database, statement: Sql): Promise<void> {
  for (let batch = 0; batch < batchesMax; batch++)
    if ((await database.query(statement)).length < batchSize) return;
}
