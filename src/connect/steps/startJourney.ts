import { record } from '../../audit/record.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { readConnectPolicy } from '../../projects/connectPolicy.ts';
import { judgeRedirect, listRedirectTargets } from '../../projects/redirectTargets.ts';
import { providerNotConnectable, redirectNotAllowed, verifierRequired } from '../errors.ts';
import type { ConnectParts } from '../connectParts.ts';
import { judgeJourney } from '../journey/judgeJourney.ts';
import { digestSecret, makeSecret } from '../secrets/journeySecrets.ts';
import { insertAttempt } from '../store/attempts.ts';

/** From the one-time address to the answer of the provider (CONNECT-SAME-BROWSER). */
export const journeyLifetimeMs = 10 * 60_000;

interface JourneyWish {
  readonly projectID: string;
  readonly participantID: string;
  readonly actor: string;
  /** As the client asked for it. */
  readonly providerID: number;
  /** Where the browser goes in the end, as the client wrote it. */
  readonly finalRedirect: string | undefined;
  /** base64url SHA-256 of the verifier that the client will open the address with. */
  readonly verifierHash: string | undefined;
}

/**
 * Begins a journey and gives the one-time address that the participant's browser has to open within ten minutes. The
 * address holds a secret of its own and no fragment, because clients append one.
 *
 * A retired provider's journey is that of its successor, so that clients which know only the old one lead to something
 * that works. She may connect again what she has connected before, in whatever state it is; everything else that closes
 * the provider for her closes it here.
 *
 * @throws {DomainError} `no-such-provider`, `provider-not-connectable`, `redirect-not-allowed`, `verifier-required`
 */
export async function startJourney(parts: ConnectParts, wish: JourneyWish): Promise<string> {
  const { database, clock, random, publicUrl } = parts;
  const { projectID, participantID, actor } = wish;
  const { providerID, reason } = await judgeJourney(parts, wish);
  if (reason !== undefined) throw new DomainError(providerNotConnectable, reason);
  await refuseUnsafe(parts, wish);
  const secret = makeSecret(random);
  const now = clock.now();
  await database.transaction(async (transaction) => {
    await insertAttempt(transaction, {
      projectID,
      participantID,
      providerID,
      attemptID: random.uuid(),
      linkDigest: digestSecret(secret),
      verifierHash: wish.verifierHash ?? null,
      finalRedirect: wish.finalRedirect ?? null,
      createdAt: now,
      expiresAt: now + journeyLifetimeMs,
    });
    await record(transaction, {
      projectID,
      actor,
      action: 'external-account.connect-started',
      details: providerID === wish.providerID ? { providerID } : { providerID, inPlaceOf: wish.providerID },
      occurredAt: now,
    });
  });
  return `${publicUrl}/connect/${secret}`;
}

async function refuseUnsafe({ database }: ConnectParts, wish: JourneyWish): Promise<void> {
  const { projectID, finalRedirect, verifierHash } = wish;
  if (finalRedirect !== undefined) {
    const verdict = judgeRedirect(await listRedirectTargets(database, projectID), finalRedirect);
    if (verdict.outcome === 'refused') throw new DomainError(redirectNotAllowed, refusals[verdict.reason]);
  }
  if (verifierHash === undefined && !(await readConnectPolicy(database, projectID)).allowWithoutVerifier)
    throw new DomainError(verifierRequired, 'Send verifierHash: the study allows no connection without it.');
}

const refusals = {
  'not-absolute':
    'finalRedirectPath must be an absolute address, such as https://study.example.org/accounts.',
  'not-allowed': 'The origin or app scheme of finalRedirectPath is not on the list of the study.',
  malformed: 'finalRedirectPath is not an address that every browser reads in the same way.',
} as const;
