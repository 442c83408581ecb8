import { record } from '../audit/record.ts';
import type { FindServer } from '../oauth/authorizationServer.ts';
import { findConnection, type ConnectionParts } from '../oauth/findConnection.ts';
import { revokeGrant, type Revocation } from '../oauth/oauth2.ts';
import { logUnexpected, type Logger } from '../platform/log/logger.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import { sql, type Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { fetchSharingSoon } from './fetchSharingSoon.ts';
import { openTokens } from './grant.ts';

/** What it takes to give a grant back: the providers' addresses, and the vault that its tokens lie in. */
export interface RevocationParts extends ConnectionParts {
  readonly database: Database;
  readonly findServer: FindServer;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longer than any call and everything around it. */
const leaseMs = 2 * 60_000;
const atOnce = 16;
/** So that a provider that hangs holds up nobody else's. */
const ofOneProvider = 2;
/** Doubled with every try, up to an hour. */
const firstPauseMs = 30_000;
const pauseMaxMs = 60 * 60_000;
/** For a participant who is connecting the same provider again at this moment. */
const journeyPauseMs = 60_000;
/** For others whose codes are being exchanged there: that takes seconds. */
const exchangePauseMs = 5_000;
/** At a provider where somebody is always connecting, a grant is not kept waiting for strangers longer than this. */
const strangersWaitMs = 60 * 60_000;

/**
 * Gives back at the providers what is due, each grant by one process at a time, and forgets the sealed copy as soon as
 * the provider has said anything final, or a day has passed.
 *
 * A grant is kept at the provider, and forgotten here, while another account lives on it ({@link findSharing}): most
 * providers know one grant for a person and an application, and end all of it (GRANT-ENDS-ALONE).
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
  created_at: Date;
  expires_at: Date;
}

/** The lease is the next time at which it is due: whoever dies with it leaves it to the others. */
function claim({ database, clock }: RevocationParts): Promise<DueRow[]> {
  const now = clock.now();
  return database.query<DueRow>(sql`
    update revocations set due_at = ${new Date(now + leaseMs)}, tries = tries + 1
     where revocation_id in (
             select revocation_id from revocations
              where due_at <= ${new Date(now)} and revocation_id in (
                      select revocation_id from (
                        select revocation_id,
                               row_number() over (partition by provider_id order by due_at) as place
                          from revocations where due_at <= ${new Date(now)}) due
                       where place <= ${ofOneProvider})
              order by due_at limit ${atOnce} for update skip locked)
    returning *`);
}

async function giveBack(parts: RevocationParts, row: DueRow): Promise<void> {
  const { clock } = parts;
  if (row.expires_at.getTime() <= clock.now()) return settle(parts, row, 'given-up');
  switch (await findSharing(parts, row)) {
    case 'account':
      return settle(parts, row, 'kept-for-another-account');
    case 'journey':
      return putOff(parts, row, journeyPauseMs);
    case 'exchange':
      return putOff(parts, row, exchangePauseMs);
    case 'nobody':
      break;
  }
  const result = await call(parts, row);
  await fetchOthersSoon(parts, row);
  if (result === 'access-token-expired') return settle(parts, row, result);
  if (result.outcome !== 'trouble') return settle(parts, row, result.outcome);
  return putOff(parts, row, Math.min(pauseMaxMs, firstPauseMs * 2 ** (row.tries - 1)));
}

async function putOff({ database, clock }: RevocationParts, row: DueRow, pauseMs: number): Promise<void> {
  await database.query(sql`
    update revocations set due_at = least(expires_at, ${new Date(clock.now() + pauseMs)}::timestamptz)
     where revocation_id = ${row.revocation_id}`);
}

/**
 * Who else lives on the grant: another account with one of the same provider user, under any name of the endpoint, in
 * any study; the participant's own where nobody told whose it was; her account at a successor that knows us as the same
 * application. Or a journey on its way to such an account: one of hers, of which nobody knows yet how it ends, or
 * somebody else's whose code is being exchanged, of which nobody knows yet whose it is. Nobody where the provider knows
 * one grant for each consent.
 */
async function findSharing(
  { database, clock, catalogue }: RevocationParts,
  row: DueRow,
): Promise<'account' | 'journey' | 'exchange' | 'nobody'> {
  const { provider_id: providerID, provider_user_id: userID, participant_id: participantID } = row;
  const waitsForStrangers = row.created_at.getTime() > clock.now() - strangersWaitMs;
  const [found] = await database.query<{
    same: boolean;
    journey: boolean;
    exchange: boolean;
    own: string;
    newer: string[];
  }>(sql`
    with recursive wanted as (
      select provider_id from providers
       where provider_id = ${providerID}
          or endpoint_id = (select endpoint_id from providers where provider_id = ${providerID})
    ), newer (provider_id) as (
      select successor_id from providers where provider_id = ${providerID}
      union
      select p.successor_id from providers p join newer on p.provider_id = newer.provider_id
    )
    select exists (select from external_accounts a join grants using (account_id)
                    where a.provider_id = any (array(select provider_id from wanted)) and a.replaced_at is null
                      and (a.provider_user_id = ${userID}
                           or ${userID}::text is null and a.participant_id = ${participantID})) as same,
           exists (select from connect_attempts c
                    where c.participant_id = ${participantID} and c.phase in ('authorizing', 'exchanging')
                      and c.expires_at > ${new Date(clock.now())}
                      and c.provider_id = any (array(select provider_id from wanted))) as journey,
           exists (select from connect_attempts c
                    where ${waitsForStrangers} and c.phase = 'exchanging' and c.expires_at > ${new Date(clock.now())}
                      and c.provider_id = any (array(select provider_id from wanted))) as exchange,
           (select definition from providers where provider_id = ${providerID}) as own,
           array(select p.definition from external_accounts a join grants using (account_id)
                   join providers p using (provider_id) join newer using (provider_id)
                  where a.participant_id = ${participantID} and a.replaced_at is null) as newer`);
  if (found !== undefined && endsOneConsent(catalogue, found.own)) return 'nobody';
  const clientID = (definition: string) => catalogue.credentials.get(definition)?.clientID;
  const succeeded = found?.newer.some((definition) => clientID(definition) === clientID(found.own));
  if (found?.same === true || succeeded === true) return 'account';
  if (found?.journey === true) return 'journey';
  return found?.exchange === true ? 'exchange' : 'nobody';
}

function endsOneConsent(catalogue: RevocationParts['catalogue'], slug: string): boolean {
  const auth = catalogue.definitions.get(slug)?.auth;
  return auth !== undefined && auth.kind !== 'none' && auth.grantsPer === 'consent';
}

async function fetchOthersSoon({ database, clock, catalogue }: RevocationParts, row: DueRow): Promise<void> {
  const { provider_id: providerID, participant_id: participantID } = row;
  const [provider] = await database.query<{ definition: string }>(
    sql`select definition from providers where provider_id = ${providerID}`,
  );
  if (provider === undefined || endsOneConsent(catalogue, provider.definition)) return;
  const userID = row.provider_user_id ?? undefined;
  await fetchSharingSoon(database, { providerID, participantID, userID }, clock.now());
}

const unreachable: Revocation = {
  outcome: 'trouble',
  verdict: 'retry-later',
  cause: 'revocation-unreachable',
};

/** What the provider said, or why it was not asked. Credentials that are missing now may be there again tomorrow. */
async function call(parts: RevocationParts, row: DueRow): Promise<Revocation | 'access-token-expired'> {
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
    {
      keyID: row.key_id,
      wrappedKey: row.wrapped_key,
      accessToken: row.access_token,
      ...(row.refresh_token === null ? {} : { refreshToken: row.refresh_token }),
    },
  );
  const found = await parts.findServer(connection);
  if (found.outcome === 'trouble') return found;
  return revokeGrant(parts, connection, {
    server: found.server,
    accountID,
    ...tokens,
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
      projectID: row.project_id,
      actor: 'service',
      action: 'grant.given-back',
      accountID: row.account_id,
      details: { outcome },
      occurredAt: clock.now(),
    });
  });
}
