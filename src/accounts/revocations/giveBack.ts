import { findConnection } from '../../oauth/findConnection.ts';
import { revokeGrant, type Revocation } from '../../oauth/oauth2.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { sql } from '../../platform/storage/database.ts';
import { fetchSharingSoon } from '../fetchSharingSoon.ts';
import { findSharing, type GrantToEnd } from '../findSharing.ts';
import { openTokens } from '../grant.ts';
import type { ClaimedRevocation } from './claimRevocations.ts';
import type { RevocationParts } from './revocationParts.ts';

/** Doubled with every try, up to an hour. */
const firstPauseMs = 30_000;
const pauseMaxMs = 60 * 60_000;
/** A day of trying (DELETE-GIVES-BACK). */
const triesForMs = 24 * 60 * 60_000;
/** For a participant who is connecting the same provider again at this moment. */
const journeyPauseMs = 60_000;
/** For others whose codes are being exchanged there: that takes seconds. */
const exchangePauseMs = 5_000;
/** For a provider that has had enough calls. */
export const restMs = 60_000;

/**
 * Deals with one grant, once: it is given back, or kept for whoever else lives on it, or put off.
 *
 * @returns `too-many` when the provider wants no more calls for now: nobody's day runs while it does
 */
export async function giveBack(
  parts: RevocationParts,
  row: ClaimedRevocation,
): Promise<'dealt-with' | 'too-many'> {
  const grant = grantOf(row);
  const { by, endsAlone } = await findSharing(parts, grant);
  switch (by) {
    case 'account':
      await settle(parts, row, 'kept-for-another-account');
      return 'dealt-with';
    case 'journey':
      await postpone(parts, row, journeyPauseMs);
      return 'dealt-with';
    case 'exchange':
      await postpone(parts, row, exchangePauseMs);
      return 'dealt-with';
    case 'nobody':
      break;
  }
  const result = await call(parts, row);
  // Accounts of the same person that were connected while the call was out may have lost their grant with it.
  if (!endsAlone) await fetchSharingSoon(parts.database, grant, parts.clock.now());
  if (result === 'access-token-expired') await settle(parts, row, result);
  else if (result.outcome !== 'trouble') await settle(parts, row, result.outcome);
  else if (result.verdict === 'rate-limited') {
    await postpone(parts, row, restMs);
    return 'too-many';
  } else await tryAgain(parts, row, Math.min(pauseMaxMs, firstPauseMs * 2 ** (row.tries - 1)));
  return 'dealt-with';
}

function grantOf(row: ClaimedRevocation): GrantToEnd {
  return {
    providerID: row.provider_id,
    participantID: row.participant_id,
    userID: row.provider_user_id ?? undefined,
    since: row.created_at.getTime(),
  };
}

/** After a try. The first one starts the day: rows that wait for their turn do not grow old. */
async function tryAgain(
  { database, clock }: RevocationParts,
  { revocation_id: id, tries }: ClaimedRevocation,
  pauseMs: number,
): Promise<void> {
  const now = clock.now();
  await database.query(sql`
    update revocations
       set claimed = false, expires_at = least(expires_at, ${new Date(now + triesForMs)}::timestamptz),
           due_at = least(expires_at, ${new Date(now + triesForMs)}::timestamptz, ${new Date(now + pauseMs)}::timestamptz)
     where revocation_id = ${id} and tries = ${tries}`);
}

/** Without a try: the provider was not asked, or did not look at what it was asked. */
async function postpone(
  { database, clock }: RevocationParts,
  { revocation_id: id, tries }: ClaimedRevocation,
  pauseMs: number,
): Promise<void> {
  await database.query(sql`
    update revocations
       set claimed = false, tries = tries - 1,
           due_at = least(expires_at, ${new Date(clock.now() + pauseMs)}::timestamptz)
     where revocation_id = ${id} and tries = ${tries}`);
}

const unreachable: Revocation = {
  outcome: 'trouble',
  verdict: 'retry-later',
  cause: 'revocation-unreachable',
};

/** What the provider said, or why it was not asked. Credentials that are missing now may be there again tomorrow. */
async function call(
  parts: RevocationParts,
  row: ClaimedRevocation,
): Promise<Revocation | 'access-token-expired'> {
  const connection = await findConnection(parts.database, parts, row.provider_id);
  if (connection === undefined) return unreachable;
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
    omitUndefined({
      keyID: row.key_id,
      wrappedKey: row.wrapped_key,
      accessToken: row.access_token,
      refreshToken: row.refresh_token ?? undefined,
    }),
  );
  const found = await parts.findServer(connection);
  if (found.outcome === 'trouble') return found;
  return revokeGrant(
    parts,
    connection,
    omitUndefined({
      server: found.server,
      accountID,
      ...tokens,
      userID: row.provider_user_id ?? undefined,
    }),
  );
}

/** One statement: of several who settle the same grant, one leaves the audit row. */
async function settle(
  { database, clock }: RevocationParts,
  { revocation_id: id }: ClaimedRevocation,
  outcome: string,
): Promise<void> {
  await database.query(sql`
    with settled as (
      delete from revocations where revocation_id = ${id} returning project_id, account_id
    )
    insert into audit_entries (project_id, occurred_at, actor, action, account_id, details)
    select project_id, ${new Date(clock.now())}::timestamptz, 'service', 'grant.given-back', account_id,
           jsonb_build_object('outcome', ${outcome}::text)
      from settled`);
}
