import { Type } from 'typebox';
import { defineRoute, readRawQuery, type Answer } from '../../platform/http/defineRoute.ts';
import { logUnexpected } from '../../platform/log/logger.ts';
import { readBrowserSecret } from '../browserCookie.ts';
import { connectJourney } from '../connectJourney.ts';
import type { JourneyServices } from '../journeyServices.ts';
import { renderStranger } from '../pages/endPage.ts';
import { describeRefusal } from '../pageAnswers.ts';
import { finalAddress } from '../steps/endJourney.ts';
import type { Attempt } from '../store/attempts.ts';

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
  parameters: Type.Object({ projectID: Type.String(), context: Type.String() }),
  answers: {
    303: { description: 'To the client’s own address, or to the page that tells how it ended.' },
    404: describeRefusal('The answer belongs to no journey of this browser.'),
  },
  answer: async (call, services) => {
    const { projectID = '', context = '' } = call.parameters;
    const answer = new URLSearchParams(readRawQuery(call));
    const browserSecret = readBrowserSecret(call);
    const reception = await connectJourney.receiveAnswer(services, {
      ...{ projectID, context, answer, browserSecret },
    });
    switch (reception.outcome) {
      case 'unknown':
        return renderStranger(services.publicUrl, 'unknown', 404);
      case 'seen-before':
        return goTo(resultAddress(services, reception.attempt));
      case 'received':
        return complete(services, reception.attempt, { answer, state: reception.state });
    }
  },
});

async function complete(
  services: JourneyServices,
  attempt: Attempt,
  received: { readonly state: string; readonly answer: URLSearchParams },
): Promise<Answer> {
  try {
    const outcome = await connectJourney.completeConnection(services, attempt, received);
    const address = outcome === 'connected' ? finalAddress(attempt, true) : undefined;
    return goTo(address ?? resultAddress(services, attempt));
  } catch (error) {
    // Her journey is over, whatever went wrong with us: she is told so on a page, and the log has the rest.
    logUnexpected(services.log, 'receiveConnectAnswer', error);
    await connectJourney.endJourney(services, attempt, 'interrupted');
    return goTo(resultAddress(services, attempt));
  }
}

function resultAddress({ publicUrl }: JourneyServices, { attemptID }: Attempt): string {
  return `${publicUrl}/connect/result/${attemptID}`;
}

function goTo(location: string): Answer {
  return { status: 303, headers: { location } };
}
