/** Where a journey stands. */
export type JourneyPhase = 'made' | 'opened' | 'authorizing' | 'exchanging' | 'ended';

/** What a step does to a journey: it finds it in one of these phases, or does nothing, and leaves it in that one. */
export interface JourneyStep {
  readonly from: readonly JourneyPhase[];
  readonly to: JourneyPhase;
}

/**
 * A participant's way from a tap to a working account. Each step is one file of `steps/` with this name, does one thing,
 * and takes effect by one conditional update with these phases: whoever comes out of turn changes nothing.
 *
 * | step | who acts |
 * |---|---|
 * | `startJourney` | the study's client asks for a one-time address |
 * | `openLink` | the participant's browser opens it and proves the client's verifier |
 * | `askProvider` | she agrees to go to the provider: state, code challenge, address; again, when she came back |
 * | `receiveAnswer` | the provider sends her back: the state is spent |
 * | `completeConnection` | code for tokens, what was granted, who it is; one transaction makes the account |
 * | `endJourney` | whatever cannot go on ends, with a reason in words for her; many at once when their time is over |
 * | `makeRoom` | her oldest ones beyond twenty are gone; one whose code is being exchanged stays |
 *
 * What the database does by itself when an account is deleted, and what accounts ask about journeys, is written in SQL:
 * `test/integration/journeyPhases.test.ts` holds it against this table.
 *
 * `tryAgain` is the first two in one, for a browser whose journey before has ended.
 *
 * A journey lives in the database alone: any process may take the next step, and none holds anything for it. What
 * is not finished in ten minutes cannot be finished (decision 0014).
 */
export const connectJourney = {
  startJourney: { from: [], to: 'made' },
  openLink: { from: ['made'], to: 'opened' },
  askProvider: { from: ['opened', 'authorizing'], to: 'authorizing' },
  receiveAnswer: { from: ['authorizing'], to: 'exchanging' },
  completeConnection: { from: ['exchanging'], to: 'ended' },
  endJourney: { from: ['made', 'opened', 'authorizing', 'exchanging'], to: 'ended' },
  makeRoom: { from: ['made', 'opened', 'authorizing'], to: 'ended' },
} as const satisfies Record<string, JourneyStep>;

/** Whether a step may be taken from this phase. */
export function canTake(step: keyof typeof connectJourney, phase: JourneyPhase): boolean {
  const { from }: JourneyStep = connectJourney[step];
  return from.includes(phase);
}
