import { record } from '../../audit/record.ts';
import type { ConnectParts } from '../connectParts.ts';
import { canTake } from '../connectJourney.ts';
import { judgeJourney } from '../journey/judgeJourney.ts';
import { mayTryAgain, type JourneyOutcome } from '../journey/outcomes.ts';
import { digestSecret, makeSecret } from '../secrets/journeySecrets.ts';
import { claimForBrowser, findByID, insertAttempt, type Attempt } from '../store/attempts.ts';
import { askProvider } from './askProvider.ts';
import { endJourney } from './endJourney.ts';
import { journeyLifetimeMs } from './startJourney.ts';

/** Where the browser goes now, or why there is no other journey. */
export type NextTry =
  | { readonly outcome: 'ask'; readonly address: string }
  /** The journey has not ended, or in a way that a repetition does not change. */
  | { readonly outcome: 'not-now' }
  /** The new journey ended at once, or could not begin: `attempt` is the one to tell of. */
  | {
      readonly outcome: 'ended';
      readonly attempt: Attempt;
      readonly end: Exclude<JourneyOutcome, 'connected'>;
    };

/**
 * Another journey of the same participant, provider and browser after one that has ended, on to the provider at once.
 *
 * It is `startJourney` and `openLink` in one: whose browser it is was proved by the journey before, whose page asks for
 * this, so neither the study nor its verifier is needed again. The caller makes sure of the browser.
 */
export async function tryAgain(parts: ConnectParts, ended: Attempt): Promise<NextTry> {
  const outcome = await settle(parts, ended);
  if (outcome === undefined || !mayTryAgain(outcome) || ended.browserDigest === null)
    return { outcome: 'not-now' };
  const { providerID, reason } = await judgeJourney(parts, ended);
  if (reason !== undefined) return { outcome: 'ended', attempt: ended, end: 'not-offered' };
  const attempt = await begin(parts, { ...ended, providerID }, ended.browserDigest);
  if (attempt === undefined) return { outcome: 'not-now' };
  const question = await askProvider(parts, attempt);
  switch (question.outcome) {
    case 'ask':
      return question;
    case 'overtaken':
      return { outcome: 'not-now' };
    default:
      return { outcome: 'ended', attempt, end: question.outcome };
  }
}

/** How it ended; one whose time is over and that nobody has ended yet ends now. */
async function settle(parts: ConnectParts, attempt: Attempt): Promise<JourneyOutcome | undefined> {
  if (attempt.outcome !== null) return attempt.outcome;
  if (canTake('completeConnection', attempt.phase) || attempt.expiresAt > parts.clock.now()) return undefined;
  await endJourney(parts, attempt, 'expired');
  return 'expired';
}

async function begin(
  { database, clock, random }: ConnectParts,
  { projectID, participantID, providerID, finalRedirect, verifierHash }: Attempt,
  browserDigest: Buffer,
): Promise<Attempt | undefined> {
  const attemptID = random.uuid();
  const now = clock.now();
  return database.transaction(async (transaction) => {
    await insertAttempt(transaction, {
      projectID,
      participantID,
      providerID,
      attemptID,
      // Nobody is given the secret: this journey is not opened by an address.
      linkDigest: digestSecret(makeSecret(random)),
      verifierHash,
      finalRedirect,
      createdAt: now,
      expiresAt: now + journeyLifetimeMs,
    });
    await claimForBrowser(transaction, attemptID, browserDigest);
    await record(transaction, {
      projectID,
      actor: `participant:${participantID}`,
      action: 'external-account.connect-started',
      details: { providerID },
      occurredAt: now,
    });
    return findByID(transaction, attemptID);
  });
}
