import { fetchSharingSoon } from '../accounts/fetchSharingSoon.ts';
import { planConnection } from '../accounts/connectAccount.ts';
import { withSealedGrant } from '../accounts/grant.ts';
import { queueUnusedGrant } from '../accounts/queueRevocation.ts';
import type { RevocationParts } from '../accounts/runRevocations.ts';
import { record } from '../audit/record.ts';
import type { FreshGrant, ProviderConnection } from '../oauth/connection.ts';
import { findConnection } from '../oauth/findConnection.ts';
import { presentCodeAgain, type SecondPresentation } from '../oauth/oauth2.ts';
import { defineEvent, logUnexpected } from '../platform/log/logger.ts';
import type { Transaction } from '../platform/storage/database.ts';
import { openSecrets } from './secrets/attemptSecrets.ts';
import { claimCodes, findNeighbour, forgetCode, postponeCode, type SentCode } from './store/sentCodes.ts';

/** For whoever is connecting there at this moment, and for a provider that does not answer. */
const pauseMs = 60_000;
/** From the beginning of the journey; a provider that is away for longer has forgotten the code. */
const lifetimeMs = 2 * 60 * 60_000;

/** A participant may have left a grant at this provider of which we have no tokens, and that we could not end. */
const grantLost = defineEvent('connect-grant-lost', 'error', 'providerID', 'reason');

/**
 * Finds out what came of codes that were sent and never answered for: the process died, or the answer was lost. Each is
 * presented again on purpose. A server that follows RFC 6749 section 4.1.2 refuses it and revokes what it gave for it
 * (a SHOULD there); tokens that come back are queued to be given back.
 *
 * Not where that may end an account: a provider that knows one grant for a person, or of which nobody knows, is not
 * asked once the participant has an account there, and journeys on their way to one are waited for. What is not ended
 * leaves its row in the audit trail (GRANT-NEVER-LOST).
 *
 * @returns how many were looked at; 0 when none is due
 */
export async function settleSentCodes(parts: RevocationParts): Promise<number> {
  const due = await claimCodes(parts.database, parts.clock.now());
  await Promise.all(
    due.map((code) =>
      settle(parts, code).catch((error: unknown) => {
        // It comes again when its lease ends.
        logUnexpected(parts.log, 'journeys', error);
      }),
    ),
  );
  return due.length;
}

async function settle(parts: RevocationParts, code: SentCode): Promise<void> {
  const { database, clock } = parts;
  if (code.sealed === null) return lose(parts, code, 'unreadable');
  const connection = await findConnection(database, parts, code.providerID);
  const neighbour = endsOneConsent(connection) ? 'nobody' : await findNeighbour(database, code, clock.now());
  if (neighbour === 'account') return lose(parts, code, 'left-for-another-account');
  if (clock.now() >= code.createdAt + lifetimeMs) return lose(parts, code, 'given-up');
  const result =
    connection === undefined || neighbour === 'journey' ? undefined : await present(parts, connection, code);
  if (connection === undefined || result === undefined || result.outcome === 'unanswered')
    return postponeCode(database, code.attemptID, clock.now() + pauseMs);
  if (result.outcome === 'granted') return giveBack(parts, code, result.grant);
  await database.transaction(async (transaction) => {
    if (!endsOneConsent(connection))
      await fetchSharingSoon(transaction, { ...code, userID: undefined }, clock.now());
    await close(parts, transaction, {
      code,
      action: 'connect-code.presented-again',
      details: { outcome: 'refused' },
    });
  });
}

/** Where a provider is not offered for the moment, nobody knows. */
function endsOneConsent(connection: ProviderConnection | undefined): boolean {
  return connection?.definition.auth.grantsPer === 'consent';
}

async function present(
  { clock, vault }: RevocationParts,
  connection: ProviderConnection,
  code: SentCode,
): Promise<SecondPresentation | undefined> {
  const { server, redirectUri, sealed } = code;
  if (server === null || redirectUri === null || sealed === null) return undefined;
  const { received, ...secrets } = await openSecrets(vault, code, sealed);
  if (received === undefined) return { outcome: 'refused' };
  const { state, answer } = received;
  return presentCodeAgain({ clock }, connection, {
    server,
    redirectUri,
    ...secrets,
    state,
    answer: new URLSearchParams(answer),
  });
}

/** The participant was told that nothing was connected. */
async function giveBack(parts: RevocationParts, code: SentCode, grant: FreshGrant): Promise<void> {
  const { database, clock, vault } = parts;
  const { projectID, participantID, providerID } = code;
  const plan = await planConnection(database, code);
  await withSealedGrant(vault, { place: { projectID, ...plan, version: 1 }, grant }, (sealed) =>
    database.transaction(async (transaction) => {
      await queueUnusedGrant(transaction, {
        projectID,
        participantID,
        providerID,
        ...plan,
        userID: grant.userID,
        grant: sealed,
        now: clock.now(),
      });
      await close(parts, transaction, {
        code,
        action: 'connect-code.presented-again',
        details: { outcome: 'granted' },
      });
    }),
  );
}

async function lose(
  parts: RevocationParts,
  code: SentCode,
  reason: 'left-for-another-account' | 'given-up' | 'unreadable',
): Promise<void> {
  await parts.database.transaction((transaction) =>
    close(parts, transaction, { code, action: 'grant.lost', details: { reason } }),
  );
  parts.log(grantLost, { providerID: code.providerID, reason });
}

function close(
  { clock }: RevocationParts,
  transaction: Transaction,
  {
    code,
    action,
    details,
  }: {
    readonly code: SentCode;
    readonly action: 'connect-code.presented-again' | 'grant.lost';
    readonly details: Readonly<Record<string, string>>;
  },
): Promise<void> {
  return forgetCode(transaction, code.attemptID).then(() =>
    record(transaction, {
      projectID: code.projectID,
      actor: 'service',
      action,
      details: { providerID: code.providerID, ...details },
      occurredAt: clock.now(),
    }),
  );
}
