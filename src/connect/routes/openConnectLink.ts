import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret, writeBrowserSecret } from '../browser/browserCookie.ts';
import { otherBrowser, tellEnd } from '../browser/findOpenAttempt.ts';
import type { StepBody } from '../browser/stepBody.ts';
import { strangerEndings } from '../journey/outcomes.ts';
import { stepAnswers } from '../browser/pageAnswers.ts';
import { requireOwnPage } from '../browser/requireOwnPage.ts';
import type { ConnectParts } from '../connectParts.ts';
import { openLink, type Opening } from '../steps/openLink.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** The start page proves that the study's client opened it. */
export const route = defineRoute({
  operationID: 'openConnectLink',
  method: 'POST',
  path: '/connect/:link/open',
  summary: 'Bind a journey to the browser that proves its verifier',
  caller: 'none',
  parameters: Type.Object({ link: Type.String() }),
  form: { schema: Type.Object({ verifier: Type.Optional(Type.String()) }), bytesMax: 2048 },
  answers: stepAnswers,
  answer: async (call, parts: ConnectParts) => {
    requireOwnPage(call, parts.publicUrl);
    const opening = await openLink(parts, call.parameters.link, {
      browserSecret: readBrowserSecret(call),
      verifier: call.form.verifier,
    });
    return omitUndefined({
      status: 200 as const,
      headers: opening.outcome === 'opened' ? writeBrowserSecret(opening.browserSecret) : undefined,
      body: tell(parts, opening),
    });
  },
});

function tell(parts: ConnectParts, opening: Opening): StepBody {
  switch (opening.outcome) {
    case 'opened':
      return { outcome: 'opened' };
    case 'unknown':
      return { outcome: 'ended', ...strangerEndings.unknown };
    case 'other-browser':
      return otherBrowser;
    case 'wrong-verifier':
      return tellEnd(parts, { ...opening.attempt, finalRedirect: null }, 'wrong-verifier');
    case 'expired':
      return tellEnd(parts, opening.attempt, opening.attempt.outcome ?? 'expired');
  }
}
