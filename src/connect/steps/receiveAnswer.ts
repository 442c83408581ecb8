import { digestSecret } from '../secrets/journeySecrets.ts';
import { canTake } from '../connectJourney.ts';
import type { ConnectParts } from '../connectParts.ts';
import { findByState, findWaiting, spendState, type Attempt } from '../store/attempts.ts';
import { callbackAddress } from '../journey/callbackAddress.ts';
import { endJourney } from './endJourney.ts';
import { isHers } from './openLink.ts';

/** Longer than every call that completes a connection together. */
const exchangeLifetimeMs = 5 * 60_000;

/** A provider's answer as it reached us (RFC 6749 section 4.1.2). */
export interface ProviderAnswerCall {
  /** Of the path: the registration for which the answer is. */
  readonly projectID: string;
  readonly context: string;
  readonly answer: URLSearchParams;
  /** Of the cookie; undefined when the browser sent none. */
  readonly browserSecret: string | undefined;
}

/** What becomes of an answer. */
export type Reception =
  /** The state was spent by this call alone: go on with the code. */
  | { readonly outcome: 'received'; readonly attempt: Attempt; readonly state: string }
  /** The same browser showed the same answer before, or comes too late: where its journey stands. */
  | { readonly outcome: 'seen-before'; readonly attempt: Attempt }
  /**
   * It does not say to which journey it belongs, so that nothing of it is believed and nothing ends; with the one journey
   * of this browser that waits for an answer, if it is one.
   */
  | { readonly outcome: 'unmatched'; readonly attempt: Attempt | undefined }
  /** Nobody's answer, or not this browser's; nothing is told about any journey. */
  | { readonly outcome: 'unknown' };

/**
 * Finds the journey that an answer belongs to and spends its `state`, before anything is done with the code: of an
 * answer that comes twice, one is received.
 *
 * An answer that arrives in another browser than the journey's ends that journey: either somebody was sent to the
 * provider by another person, or her own answer went astray (CONNECT-SAME-BROWSER; RFC 9700 section 4.7). So does one
 * on the path of another registration (CONNECT-RIGHT-PROVIDER). No request to the provider is made for either.
 */
export async function receiveAnswer(parts: ConnectParts, call: ProviderAnswerCall): Promise<Reception> {
  const { database, clock, publicUrl } = parts;
  const states = call.answer.getAll('state');
  const [state] = states;
  if (states.length === 0) {
    const waiting =
      call.browserSecret === undefined
        ? []
        : await findWaiting(database, digestSecret(call.browserSecret), clock.now());
    return { outcome: 'unmatched', attempt: waiting.length === 1 ? waiting[0] : undefined };
  }
  if (state === undefined || states.length > 1 || !/^[0-9a-f]{64}$/.test(state))
    return { outcome: 'unknown' };
  const digest = digestSecret(state);
  const attempt = await findByState(database, digest);
  if (attempt === undefined) return { outcome: 'unknown' };
  const hers = isHers(attempt, call.browserSecret);
  const ours = attempt.redirectUri === callbackAddress(publicUrl, call.projectID, call.context);
  if (!hers || !ours) {
    if (canTake('receiveAnswer', attempt.phase))
      await endJourney(parts, attempt, hers ? 'wrong-issuer' : 'other-browser');
    return hers ? { outcome: 'seen-before', attempt } : { outcome: 'unknown' };
  }
  if (canTake('receiveAnswer', attempt.phase) && attempt.expiresAt <= clock.now()) {
    await endJourney(parts, attempt, 'expired');
    return { outcome: 'seen-before', attempt };
  }
  const until = clock.now() + exchangeLifetimeMs;
  return (await spendState(database, attempt.attemptID, { digest, until }))
    ? { outcome: 'received', attempt, state }
    : { outcome: 'seen-before', attempt };
}
