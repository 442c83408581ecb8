import { record } from '../audit/record.ts';
import { findServer } from '../catalogue/authorizationServer.ts';
import { findConnection, type ConnectionParts } from '../catalogue/findConnection.ts';
import { revokeGrant, type Revocation } from '../catalogue/oauth2.ts';
import { logUnexpected, type Logger } from '../platform/log/logger.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import { sql, type Database, type Sql } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { openTokens } from './grant.ts';

export interface RevocationParts extends ConnectionParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longer than any call and everything around it. */
const leaseMs = 2 * 60_000;
const atOnce = 4;
/** Doubled with every try, up to an hour. */
const firstPauseMs = 30_000;
const pauseMaxMs = 60 * 60_000;

/**
 * Gives back at the providers what is due, each grant by one process at a time, and forgets the sealed copy as soon as
 * the provider has said anything final, or a day has passed.
 *
 * A grant is kept at the provider, and forgotten here, while another account of the same provider user is alive: most
 * providers know one grant for a person and an application, and end all of it.
 *
 * @returns how many were dealt with; 0 when nothing is due
 */
export async function runRevocations(parts: RevocationParts): Promise<number> {
  const due = await claim(parts);
  await Promise.all(
    due.map((row) =>
      giveBack(parts, row).catch((error: unknown) => {
        // It comes again when its lease ends.
        logUnexpected(parts.log, 'revocation', error);
      }),
    ),
  );
  return due.length;
}

interface DueRow {
  revocation_id: string;
  project_id: string;
  account_id: number;
  generation: number;
  version: number;
  participant_id: string;
  provider_id: number;
  provider_user_id: string | null;
  key_id: string;
  wrapped_key: Buffer;
  access_token: Buffer;
  refresh_token: Buffer | null;
  access_expires_at: Date | null;
  tries: number;
  expires_at: Date;
}

/** The lease is the next time at which it is due: whoever dies with it leaves it to the others. */
function claim({ database, clock }: RevocationParts): Promise<DueRow[]> {
  const now = clock.now();
  return database.query<DueRow>(sql`
    update revocations set due_at = ${new Date(now + leaseMs)}, tries = tries + 1
     where revocation_id in (select revocation_id from revocations where due_at <= ${new Date(now)}
                              order by due_at limit ${atOnce} for update skip locked)
    returning *`);
}

async function giveBack(parts: RevocationParts, row: DueRow): Promise<void> {
  const { clock } = parts;
  if (row.expires_at.getTime() <= clock.now()) return settle(parts, row, 'given-up');
  if (await isShared(parts.database, row)) return settle(parts, row, 'kept-for-another-account');
  const result = await call(parts, row);
  if (typeof result === 'string') return settle(parts, row, result);
  if (result.outcome !== 'trouble') return settle(parts, row, result.outcome);
  const pause = Math.min(pauseMaxMs, firstPauseMs * 2 ** (row.tries - 1));
  await parts.database.query(sql`
    update revocations set due_at = least(expires_at, ${new Date(clock.now() + pause)}::timestamptz)
     where revocation_id = ${row.revocation_id}`);
}

/** Whether another account lives on the same grant: of the same provider user, or the participant's own. */
async function isShared(database: Database, row: DueRow): Promise<boolean> {
  const sameUser: Sql = sql`a.provider_user_id = ${row.provider_user_id}`;
  const [found] = await database.query<{ shared: boolean }>(sql`
    select exists (select from external_accounts a join grants using (account_id)
                    where a.provider_id = ${row.provider_id} and a.replaced_at is null
                      and (${sameUser} or a.participant_id = ${row.participant_id} and ${row.provider_user_id}::text is null))
           as shared`);
  return found?.shared === true;
}

/** What the provider said, or why it was not asked. */
async function call(
  parts: RevocationParts,
  row: DueRow,
): Promise<Revocation | 'unreachable' | 'access-token-expired'> {
  const connection = await findConnection(parts.database, parts, row.provider_id);
  if (connection === undefined) return 'unreachable';
  const { revoke } = connection.definition.auth;
  // Vendors answer an expired token in the words of a grant that is gone: that would be a claim without proof.
  if (
    revoke.by === 'call' &&
    revoke.authentication === 'bearer' &&
    (row.access_expires_at?.getTime() ?? Infinity) <= parts.clock.now()
  )
    return 'access-token-expired';
  const { project_id: projectID, account_id: accountID, generation, version } = row;
  const tokens = await openTokens(
    parts.vault,
    { projectID, accountID, generation, version },
    {
      keyID: row.key_id,
      wrappedKey: row.wrapped_key,
      accessToken: row.access_token,
      ...(row.refresh_token === null ? {} : { refreshToken: row.refresh_token }),
    },
  );
  const found = await findServer(parts, connection);
  if (found.outcome === 'trouble') return found;
  return revokeGrant(parts, connection, {
    ...{ server: found.server, accountID, ...tokens },
    ...(row.provider_user_id === null ? {} : { userID: row.provider_user_id }),
  });
}

async function settle({ database, clock }: RevocationParts, row: DueRow, outcome: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const settled = await transaction.query(
      sql`delete from revocations where revocation_id = ${row.revocation_id} returning revocation_id`,
    );
    if (settled.length === 0) return;
    await record(transaction, {
      ...{
        projectID: row.project_id,
        actor: 'service',
        action: 'grant.given-back',
        accountID: row.account_id,
      },
      details: { outcome },
      occurredAt: clock.now(),
    });
  });
}
