import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { connectJourney } from '../connectJourney.ts';
import { findOpenAttempt, tellEnd, type Step } from '../findOpenAttempt.ts';
import { stepAnswers } from '../pageAnswers.ts';

/** The participant goes on to the provider. */
export const route = defineRoute({
  operationID: 'continueConnecting',
  method: 'POST',
  path: '/connect/:link/continue',
  summary: 'Where the provider asks for the participant’s consent',
  caller: 'none',
  parameters: Type.Object({ link: Type.String() }),
  answers: stepAnswers,
  answer: async (call, services) => {
    const found = await findOpenAttempt(call, services);
    if ('told' in found) return { status: 200, body: found.told };
    const question = await connectJourney.askProvider(services, found.attempt);
    const body: Step =
      question.outcome === 'ask'
        ? { outcome: 'go', address: question.address }
        : tellEnd(found.attempt, question.outcome);
    return { status: 200, body };
  },
});
