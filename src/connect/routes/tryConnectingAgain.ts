import { Type } from 'typebox';
import { Guid } from '../../contract/scalars.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret } from '../browser/browserCookie.ts';
import { otherBrowser, tellEnd } from '../browser/findOpenAttempt.ts';
import { stepAnswers } from '../browser/pageAnswers.ts';
import { requireOwnPage } from '../browser/requireOwnPage.ts';
import type { StepBody } from '../browser/stepBody.ts';
import { strangerEndings } from '../journey/outcomes.ts';
import type { ConnectParts } from '../connectParts.ts';
import { resultAddress } from '../steps/endJourney.ts';
import { isHers } from '../steps/openLink.ts';
import { tryAgain, type NextTry } from '../steps/tryAgain.ts';
import { findByID, type Attempt } from '../store/attempts.ts';

/** The button of the page on which a journey has ended. */
export const route = defineRoute({
  operationID: 'tryConnectingAgain',
  method: 'POST',
  path: '/connect/result/:attemptID/again',
  summary: 'Another journey of the same browser, on to the provider at once',
  caller: 'none',
  parameters: Type.Object({ attemptID: Guid }),
  answers: stepAnswers,
  absent: () => ({ status: 200, body: unknown }),
  answer: async (call, parts: ConnectParts) => {
    requireOwnPage(call, parts.publicUrl);
    const attempt = await findByID(parts.database, call.parameters.attemptID);
    if (attempt === undefined) return { status: 200, body: unknown };
    if (!isHers(attempt, readBrowserSecret(call))) return { status: 200, body: otherBrowser };
    return { status: 200, body: tell(parts, attempt, await tryAgain(parts, attempt)) };
  },
});

const unknown: StepBody = { outcome: 'ended', ...strangerEndings.unknown };

function tell(parts: ConnectParts, ended: Attempt, next: NextTry): StepBody {
  switch (next.outcome) {
    case 'ask':
      return { outcome: 'go', address: next.address };
    case 'not-now':
      return { outcome: 'go', address: resultAddress(parts.publicUrl, ended) };
    case 'ended':
      return tellEnd(parts, next.attempt, next.end);
  }
}
