import type { RawCall } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret } from './browserCookie.ts';
import { digestSecret } from '../secrets/journeySecrets.ts';
import { canTake } from '../connectJourney.ts';
import type { ConnectParts } from '../connectParts.ts';
import { strangerEndings, type JourneyOutcome } from '../journey/outcomes.ts';
import { describeEnding } from '../pages/endPage.ts';
import { requireOwnPage } from './requireOwnPage.ts';
import type { StepBody } from './stepBody.ts';
import { finalAddress, resultAddress } from '../steps/endJourney.ts';
import { isHers, isOpen } from '../steps/openLink.ts';
import { findByLink, type Attempt } from '../store/attempts.ts';

/**
 * The journey of the address in the path, if it is this browser's and still open; else what to tell it.
 *
 * @throws {DomainError} `not-from-here`
 */
export async function findOpenAttempt(
  call: RawCall & { readonly parameters: { readonly link: string } },
  parts: ConnectParts,
): Promise<{ readonly attempt: Attempt } | { readonly told: StepBody }> {
  requireOwnPage(call, parts.publicUrl);
  const attempt = await findByLink(parts.database, digestSecret(call.parameters.link));
  if (attempt === undefined) return { told: { outcome: 'ended', ...strangerEndings.unknown } };
  if (!isHers(attempt, readBrowserSecret(call))) return { told: otherBrowser };
  return isOpen(attempt, parts.clock.now())
    ? { attempt }
    : { told: tellEnd(parts, attempt, attempt.outcome ?? 'expired') };
}

/** For the browser of the journey: how it ended, or where it will be told. */
export function tellEnd(
  { publicUrl }: Pick<ConnectParts, 'publicUrl'>,
  attempt: Attempt,
  outcome: JourneyOutcome,
): StepBody {
  if (canTake('completeConnection', attempt.phase))
    return { outcome: 'go', address: resultAddress(publicUrl, attempt) };
  if (outcome !== 'connected') return { outcome: 'ended', ...describeEnding(publicUrl, attempt, outcome) };
  const address = finalAddress(attempt, true);
  const title = `${attempt.providerName} is connected`;
  return address === undefined
    ? { outcome: 'ended', title, sentence: 'You can close this window.' }
    : { outcome: 'go', address };
}

/** For any other browser, which is told nothing and led nowhere. */
export const otherBrowser: StepBody = { outcome: 'ended', ...strangerEndings['other-browser'] };
