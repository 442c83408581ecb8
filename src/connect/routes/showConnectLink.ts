import { Type } from 'typebox';
import { logoUrl } from '../../catalogue/offerFacts.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret } from '../browser/browserCookie.ts';
import { canTake } from '../connectJourney.ts';
import type { ConnectParts } from '../connectParts.ts';
import { renderConnected, renderEnding, renderStranger, renderWaiting } from '../pages/endPage.ts';
import { renderStartPage } from '../pages/startPage.ts';
import { describeAsked } from '../../definitions/sharing.ts';
import { findAuth, findDecidedSharing } from '../journey/findDecidedSharing.ts';
import { describePage, describeRefusal, pageFailures } from '../browser/pageAnswers.ts';
import { viewLink } from '../steps/openLink.ts';
import type { Attempt } from '../store/attempts.ts';

/** The page behind a one-time address. */
export const route = defineRoute({
  operationID: 'showConnectLink',
  method: 'GET',
  path: '/connect/:link',
  summary: 'The page on which a participant agrees to go to a provider',
  description:
    'Opening it changes nothing; its script proves the verifier of the fragment. A page, for browsers.',
  caller: 'none',
  readsQuery: true,
  ...pageFailures,
  parameters: Type.Object({ link: Type.String() }),
  answers: {
    200: describePage('The page, or how the journey ended.'),
    403: describeRefusal('It was opened in another browser, or from somewhere that is not the study.'),
    404: describeRefusal('There is no such address, or no more.'),
  },
  answer: async (call, parts: ConnectParts) => {
    const { publicUrl } = parts;
    const found = await viewLink(parts, call.parameters.link, {
      browserSecret: readBrowserSecret(call),
      cameFrom: call.request.headers.referer,
    });
    switch (found.view) {
      case 'start':
        return showStart(parts, found.attempt);
      case 'end':
        return showEnd(parts, found.attempt);
      case 'other-browser':
        return renderStranger(publicUrl, 'other-browser', { status: 403 });
      case 'elsewhere':
        return renderStranger(publicUrl, 'elsewhere', { status: 403 });
      case 'unknown':
        return renderStranger(publicUrl, 'unknown', { status: 404 });
    }
  },
});

async function showStart(parts: ConnectParts, attempt: Attempt) {
  const { publicUrl } = parts;
  const auth = await findAuth(parts, attempt.providerID);
  return renderStartPage({
    publicUrl,
    provider: attempt.providerName,
    study: attempt.studyName,
    logoUrl: logoUrl(publicUrl, attempt.providerID),
    sharing: auth === undefined ? undefined : describeAsked(auth),
  });
}

async function showEnd(parts: ConnectParts, attempt: Attempt) {
  const { publicUrl } = parts;
  if (canTake('completeConnection', attempt.phase)) return renderWaiting(publicUrl, attempt);
  const sharing = await findDecidedSharing(parts, attempt);
  if (attempt.outcome === 'connected') return renderConnected(publicUrl, attempt, sharing);
  return renderEnding(publicUrl, attempt, { outcome: attempt.outcome ?? 'expired', sharing });
}
