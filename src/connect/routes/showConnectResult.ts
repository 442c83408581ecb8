import { Type } from 'typebox';
import { Guid } from '../../contract/scalars.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret } from '../browser/browserCookie.ts';
import { renderConnected, renderEnding, renderStranger, renderWaiting } from '../pages/endPage.ts';
import { describePage, describeRefusal, pageFailures } from '../browser/pageAnswers.ts';
import type { ConnectParts } from '../connectParts.ts';
import { finalAddress, redirectLocation } from '../steps/endJourney.ts';
import { isAsAsked } from '../../definitions/sharing.ts';
import { findDecidedSharing } from '../journey/findDecidedSharing.ts';
import { isHers } from '../steps/openLink.ts';
import { findByID } from '../store/attempts.ts';

/** How a journey ended, for the browser that made it. */
export const route = defineRoute({
  operationID: 'showConnectResult',
  method: 'GET',
  path: '/connect/result/:attemptID',
  summary: 'The page that tells how connecting ended',
  caller: 'none',
  readsQuery: true,
  ...pageFailures,
  parameters: Type.Object({ attemptID: Guid }),
  answers: {
    200: describePage('How it ended, or that it has not yet.'),
    303: { description: 'Connected as it was asked for: to the client’s own address.' },
    404: describeRefusal('No journey of this browser.'),
  },
  absent: ({ publicUrl }: ConnectParts) => renderStranger(publicUrl, 'unknown', { status: 404 }),
  answer: async (call, parts: ConnectParts) => {
    const { database, publicUrl } = parts;
    const attempt = await findByID(database, call.parameters.attemptID);
    if (attempt === undefined || !isHers(attempt, readBrowserSecret(call)))
      return renderStranger(publicUrl, 'unknown', { status: 404 });
    if (attempt.outcome === null) return renderWaiting(publicUrl, attempt);
    const { outcome } = attempt;
    const sharing = await findDecidedSharing(parts, attempt);
    if (outcome !== 'connected') return renderEnding(publicUrl, attempt, { outcome, sharing });
    const location = finalAddress(attempt, true);
    return location === undefined || (sharing !== undefined && !isAsAsked(sharing))
      ? renderConnected(publicUrl, attempt, sharing)
      : { status: 303, headers: { location: redirectLocation(location) } };
  },
});
