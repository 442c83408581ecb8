import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { connectJourney } from '../connectJourney.ts';
import { findOpenAttempt, tellEnd, type Step } from '../browser/findOpenAttempt.ts';
import type { JourneyServices } from '../journey/journeyServices.ts';
import { stepAnswers } from '../browser/pageAnswers.ts';
import type { Question } from '../steps/askProvider.ts';
import { resultAddress } from '../steps/endJourney.ts';
import type { Attempt } from '../store/attempts.ts';

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
    return { status: 200, body: tell(services, found.attempt, question) };
  },
});

function tell(services: JourneyServices, attempt: Attempt, question: Question): Step {
  switch (question.outcome) {
    case 'ask':
      return { outcome: 'go', address: question.address };
    case 'overtaken':
      return { outcome: 'go', address: resultAddress(services.publicUrl, attempt) };
    default:
      return tellEnd(services, attempt, question.outcome);
  }
}
