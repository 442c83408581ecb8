import { Type } from 'typebox';
import { defineRoute, readRawQuery, type Answer } from '../../platform/http/defineRoute.ts';
import { logUnlessAway } from '../../platform/storage/databaseUnavailable.ts';
import { readBrowserSecret } from '../browser/browserCookie.ts';
import type { ConnectParts } from '../connectParts.ts';
import { renderEnding, renderStranger } from '../pages/endPage.ts';
import { describeRefusal, pageFailures } from '../browser/pageAnswers.ts';
import { completeConnection } from '../steps/completeConnection.ts';
import { endJourney, finalAddress, redirectLocation, resultAddress } from '../steps/endJourney.ts';
import { receiveAnswer } from '../steps/receiveAnswer.ts';
import type { Attempt } from '../store/attempts.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** The redirect URI of one registration with a provider (RFC 6749 section 3.1.2). */
export const route = defineRoute({
  operationID: 'receiveConnectAnswer',
  method: 'GET',
  path: '/connect/callback/:projectID/:context',
  summary: 'A provider sends a participant back',
  description:
    'The code is exchanged before anything is answered, and the answer leads to an address that holds nothing of it.',
  caller: 'none',
  readsQuery: true,
  ...pageFailures,
  parameters: Type.Object({ projectID: Type.String(), context: Type.String() }),
  answers: {
    303: { description: 'To the client’s own address, or to the page that tells how it ended.' },
    404: describeRefusal('The answer belongs to no journey of this browser.'),
  },
  answer: async (call, parts: ConnectParts) => {
    const { projectID, context } = call.parameters;
    const answer = new URLSearchParams(readRawQuery(call));
    const browserSecret = readBrowserSecret(call);
    const reception = await receiveAnswer(parts, {
      projectID,
      context,
      answer,
      browserSecret,
    });
    switch (reception.outcome) {
      case 'unmatched':
        return reception.attempt === undefined
          ? renderStranger(
              parts.publicUrl,
              'unmatched',
              omitUndefined({
                status: 404,
                // An answer in the fragment, which no server sees, is brought here by the script.
                script: readRawQuery(call) === '' ? ('fragment' as const) : undefined,
              }),
            )
          : { ...renderEnding(parts.publicUrl, reception.attempt, { outcome: 'unmatched' }), status: 404 };
      case 'unknown':
        return renderStranger(parts.publicUrl, 'unknown', { status: 404 });
      case 'seen-before':
        return goTo(resultAddress(parts.publicUrl, reception.attempt));
      case 'received':
        return complete(parts, reception.attempt, { answer, state: reception.state });
    }
  },
});

async function complete(
  parts: ConnectParts,
  attempt: Attempt,
  received: { readonly state: string; readonly answer: URLSearchParams },
): Promise<Answer> {
  try {
    const { outcome, asAsked } = await completeConnection(parts, attempt, received);
    // Whatever came out otherwise than it was asked for, she is told on our page first.
    const address = outcome === 'connected' && asAsked === true ? finalAddress(attempt, true) : undefined;
    return goTo(address === undefined ? resultAddress(parts.publicUrl, attempt) : redirectLocation(address));
  } catch (error) {
    // Her journey is over, whatever went wrong with us: she is told so on a page, and the log has the rest.
    logUnlessAway(parts.log, 'receiveConnectAnswer', error);
    // What ends it otherwise is its time.
    await endJourney(parts, attempt, 'interrupted').catch(() => undefined);
    return goTo(resultAddress(parts.publicUrl, attempt));
  }
}

function goTo(location: string): Answer {
  return { status: 303, headers: { location } };
}
