import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { findOpenAttempt, tellEnd } from '../browser/findOpenAttempt.ts';
import type { StepBody } from '../browser/stepBody.ts';
import type { ConnectParts } from '../connectParts.ts';
import { stepAnswers } from '../browser/pageAnswers.ts';
import { askProvider, type AskOutcome } from '../steps/askProvider.ts';
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
  answer: async (call, parts: ConnectParts) => {
    const found = await findOpenAttempt(call, parts);
    if ('told' in found) return { status: 200, body: found.told };
    const question = await askProvider(parts, found.attempt);
    return { status: 200, body: tell(parts, found.attempt, question) };
  },
});

function tell(parts: ConnectParts, attempt: Attempt, question: AskOutcome): StepBody {
  switch (question.outcome) {
    case 'ask':
      return { outcome: 'go', address: question.address };
    case 'overtaken':
      return { outcome: 'go', address: resultAddress(parts.publicUrl, attempt) };
    default:
      return tellEnd(parts, attempt, question.outcome);
  }
}
