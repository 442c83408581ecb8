import type { Database } from '../../platform/storage/database.ts';
import { readConnectPolicy } from '../../projects/connectPolicy.ts';
import { digestSecret, hashVerifier, isSameDigest, makeSecret } from '../secrets/journeySecrets.ts';
import { canTake } from '../connectJourney.ts';
import type { ConnectParts } from '../connectParts.ts';
import { claimForBrowser, findByLink, type Attempt } from '../store/attempts.ts';
import { endJourney } from './endJourney.ts';

/** What a browser that opens a one-time address is to be shown. */
export type LinkView =
  /** The page on which she agrees to go on. */
  | { readonly view: 'start'; readonly attempt: Attempt }
  /** How it ended; only for the browser that it belongs to. */
  | { readonly view: 'end'; readonly attempt: Attempt }
  | { readonly view: 'other-browser'; readonly attempt: Attempt }
  /** Opened from somewhere that is not the study. */
  | { readonly view: 'elsewhere' }
  | { readonly view: 'unknown' };

/** Who opens it: the cookie of the browser, and the page that led here. */
export interface LinkVisitor {
  /** Undefined for a browser that has opened no journey of ours. */
  readonly browserSecret: string | undefined;
  /** `Referer`. */
  readonly cameFrom: string | undefined;
}

/**
 * What to show for a one-time address; changes nothing, so that whatever looks at addresses beforehand (a scanner, a
 * preview) spends nothing.
 *
 * A link is begun only from a page of the study, because whoever is sent a link by somebody else would connect her
 * data to that person: her browser tells where she came from, and an attacker cannot make it lie. Where the journey
 * leads afterwards makes no difference, since whoever asks for the link chooses that. Apps open links from no page: a
 * study that has one allows them from anywhere.
 */
export async function viewLink(parts: ConnectParts, secret: string, visitor: LinkVisitor): Promise<LinkView> {
  const { database, clock } = parts;
  const attempt = await findByLink(database, digestSecret(secret));
  if (attempt === undefined) return { view: 'unknown' };
  if (!canTake('openLink', attempt.phase)) {
    if (!isHers(attempt, visitor.browserSecret)) return { view: 'other-browser', attempt };
    return { view: isOpen(attempt, clock.now()) ? 'start' : 'end', attempt };
  }
  if (attempt.expiresAt <= clock.now()) return { view: 'unknown' };
  return (await cameFromStudy(database, attempt, visitor.cameFrom))
    ? { view: 'start', attempt }
    : { view: 'elsewhere' };
}

/** What became of the attempt to open an address. */
export type Opening =
  | { readonly outcome: 'opened'; readonly attempt: Attempt; readonly browserSecret: string }
  | { readonly outcome: 'other-browser' | 'wrong-verifier' | 'expired'; readonly attempt: Attempt }
  | { readonly outcome: 'unknown' };

/**
 * Binds the journey to the browser that opens its address first, if it can prove the client's verifier. The same
 * browser may open it again. A wrong verifier ends the journey, so that nobody can try several; none at all changes
 * nothing, so that whatever runs the page without its fragment spends nothing.
 */
export async function openLink(
  parts: ConnectParts,
  secret: string,
  given: { readonly browserSecret: string | undefined; readonly verifier: string | undefined },
): Promise<Opening> {
  const { database, clock, random } = parts;
  const attempt = await findByLink(database, digestSecret(secret));
  if (attempt === undefined) return { outcome: 'unknown' };
  if (!canTake('openLink', attempt.phase)) {
    if (given.browserSecret === undefined || !isHers(attempt, given.browserSecret))
      return { outcome: 'other-browser', attempt };
    return isOpen(attempt, clock.now())
      ? { outcome: 'opened', attempt, browserSecret: given.browserSecret }
      : { outcome: 'expired', attempt };
  }
  if (attempt.expiresAt <= clock.now()) return { outcome: 'expired', attempt };
  if (!provesVerifier(attempt, given.verifier)) {
    if (given.verifier !== undefined) await endJourney(parts, attempt, 'wrong-verifier');
    return { outcome: 'wrong-verifier', attempt };
  }
  const browserSecret = given.browserSecret ?? makeSecret(random);
  return (await claimForBrowser(database, attempt.attemptID, digestSecret(browserSecret)))
    ? { outcome: 'opened', attempt, browserSecret }
    : { outcome: 'other-browser', attempt };
}

/** Whether the journey belongs to the browser with this cookie. */
export function isHers(attempt: Attempt, browserSecret: string | undefined): boolean {
  return browserSecret !== undefined && isSameDigest(attempt.browserDigest, digestSecret(browserSecret));
}

/** Whether she may (still) be sent to the provider. */
export function isOpen({ phase, expiresAt }: Attempt, now: number): boolean {
  return canTake('askProvider', phase) && expiresAt > now;
}

function provesVerifier({ verifierHash }: Attempt, verifier: string | undefined): boolean {
  if (verifierHash === null) return true;
  return (
    verifier !== undefined && isSameDigest(digestSecret(verifierHash), digestSecret(hashVerifier(verifier)))
  );
}

async function cameFromStudy(
  database: Database,
  { projectID, redirectTargets: targets }: Attempt,
  cameFrom: string | undefined,
): Promise<boolean> {
  const origin = URL.parse(cameFrom ?? '')?.origin;
  if (origin !== undefined && targets.includes(origin)) return true;
  return (await readConnectPolicy(database, projectID)).allowFromAnywhere;
}
