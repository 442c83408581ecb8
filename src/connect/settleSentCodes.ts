import { fetchSharingSoon } from '../accounts/fetchSharingSoon.ts';
import { findSharing, type GrantToEnd } from '../accounts/findSharing.ts';
import { planConnection } from '../accounts/connectAccount.ts';
import { withSealedGrant } from '../accounts/grant.ts';
import { queueUnusedGrant } from '../accounts/queueRevocation.ts';
import type { RevocationParts } from '../accounts/runRevocations.ts';
import { record } from '../audit/record.ts';
import type { FreshGrant } from '../oauth/connection.ts';
import { findConnection } from '../oauth/findConnection.ts';
import { presentCodeAgain, type SecondPresentation } from '../oauth/oauth2.ts';
import { defineEvent } from '../platform/log/logger.ts';
import { logUnlessAway } from '../platform/storage/databaseUnavailable.ts';
import type { Transaction } from '../platform/storage/database.ts';
import { openSecrets } from './secrets/attemptSecrets.ts';
import { claimCodes, forgetCode, postponeCode, type SentCode } from './store/sentCodes.ts';

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
        logUnlessAway(parts.log, 'journeys', error);
      }),
    ),
  );
  return due.length;
}

async function settle(parts: RevocationParts, code: SentCode): Promise<void> {
  const { database, clock } = parts;
  const { sealed, server, redirectUri, providerID, participantID, attemptID } = code;
  if (sealed === null || server === null || redirectUri === null) return lose(parts, code, 'unreadable');
  const grant = { providerID, participantID, userID: undefined, since: code.createdAt };
  const sharing = await findSharing(parts, grant);
  if (sharing.by === 'account') return lose(parts, code, 'left-for-another-account');
  if (clock.now() >= code.createdAt + lifetimeMs) return lose(parts, code, 'given-up');
  const connection = sharing.by === 'nobody' ? await findConnection(database, parts, providerID) : undefined;
  if (connection === undefined) return postponeCode(database, attemptID, clock.now() + pauseMs);
  const { received, ...secrets } = await openSecrets(parts.vault, code, sealed);
  if (received === undefined) return lose(parts, code, 'unreadable');
  const result = await presentCodeAgain(parts, connection, {
    server,
    redirectUri,
    ...secrets,
    state: received.state,
    answer: new URLSearchParams(received.answer),
  });
  await settlePresented(parts, code, { result, grant, endsAlone: sharing.endsAlone });
}

async function settlePresented(
  parts: RevocationParts,
  code: SentCode,
  {
    result,
    grant,
    endsAlone,
  }: { readonly result: SecondPresentation; readonly grant: GrantToEnd; readonly endsAlone: boolean },
): Promise<void> {
  const { database, clock } = parts;
  if (result.outcome === 'granted') return giveBack(parts, code, result.grant);
  await database.transaction(async (transaction) => {
    // She may have connected meanwhile; and where nobody answered, the provider may have acted all the same.
    if (!endsAlone) await fetchSharingSoon(transaction, grant, clock.now());
    if (result.outcome === 'unanswered')
      return postponeCode(transaction, code.attemptID, clock.now() + pauseMs);
    await close(parts, transaction, {
      code,
      action: 'connect-code.presented-again',
      details: { outcome: 'refused' },
    });
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
