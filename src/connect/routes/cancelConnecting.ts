import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import type { ConnectParts } from '../connectParts.ts';
import { findOpenAttempt, tellEnd } from '../browser/findOpenAttempt.ts';
import type { StepBody } from '../browser/stepBody.ts';
import { stepAnswers } from '../browser/pageAnswers.ts';
import { endJourney, finalAddress } from '../steps/endJourney.ts';

/** The participant does not want to go on; she goes back at once, because she knows why. */
export const route = defineRoute({
  operationID: 'cancelConnecting',
  method: 'POST',
  path: '/connect/:link/cancel',
  summary: 'End a journey before the provider is asked',
  caller: 'none',
  parameters: Type.Object({ link: Type.String() }),
  answers: stepAnswers,
  answer: async (call, parts: ConnectParts) => {
    const found = await findOpenAttempt(call, parts);
    if ('told' in found) return { status: 200, body: found.told };
    await endJourney(parts, found.attempt, 'cancelled');
    const address = finalAddress(found.attempt, false);
    const body: StepBody =
      address === undefined ? tellEnd(parts, found.attempt, 'cancelled') : { outcome: 'go', address };
    return { status: 200, body };
  },
});
