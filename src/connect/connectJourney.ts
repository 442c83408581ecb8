import { askProvider } from './steps/askProvider.ts';
import { completeConnection } from './steps/completeConnection.ts';
import { endJourney } from './steps/endJourney.ts';
import { openLink } from './steps/openLink.ts';
import { receiveAnswer } from './steps/receiveAnswer.ts';
import { startJourney } from './steps/startJourney.ts';

/**
 * A participant's way from a tap to a working account, step by step. Each step is one file, does one thing, and
 * leaves the journey in one phase; whoever comes out of turn finds another phase.
 *
 * | step | who acts | phase afterwards |
 * |---|---|---|
 * | `startJourney` | the study's client asks for a one-time address | `made` |
 * | `openLink` | the participant's browser opens it and proves the client's verifier | `opened` |
 * | `askProvider` | she agrees to go to the provider: state, code challenge, address | `authorizing` |
 * | `receiveAnswer` | the provider sends her back: the state is spent | `exchanging` |
 * | `completeConnection` | code for tokens, what was granted, who it is; one transaction | `ended` |
 * | `endJourney` | whatever cannot go on ends, with a reason in words for her | `ended` |
 *
 * A journey lives in the database alone: any process may take the next step, and none holds anything for it. What
 * is not finished in ten minutes cannot be finished (decision 0014).
 */
export const connectJourney = {
  startJourney,
  openLink,
  askProvider,
  receiveAnswer,
  completeConnection,
  endJourney,
} as const;
