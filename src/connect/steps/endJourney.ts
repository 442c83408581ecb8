import { record } from '../../audit/record.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { fillRedirect, judgeRedirect } from '../../projects/redirectTargets.ts';
import type { ConnectParts } from '../connectParts.ts';
import type { JourneyOutcome } from '../journey/outcomes.ts';
import { endAttempt, type Attempt } from '../store/attempts.ts';

/**
 * Ends a journey that becomes no account, with its audit row and what was granted, where the provider told it; one that has ended already keeps its end.
 */
export async function endJourney(
  { database, clock }: ConnectParts,
  { attemptID, projectID, participantID, providerID }: Attempt,
  outcome: Exclude<JourneyOutcome, 'connected'>,
  grantedScopes?: readonly string[],
): Promise<void> {
  await database.transaction(async (transaction) => {
    if (!(await endAttempt(transaction, 'endJourney', attemptID, omitUndefined({ outcome, grantedScopes }))))
      return;
    await record(transaction, {
      projectID,
      actor: `participant:${participantID}`,
      action: 'external-account.connect-ended',
      details: { providerID, outcome },
      occurredAt: clock.now(),
    });
  });
}

/** The page on which the browser of a journey reads how it ended, or waits for that. */
export function resultAddress(publicUrl: string, { attemptID }: Attempt): string {
  return `${publicUrl}/connect/result/${attemptID}`;
}

/**
 * Where the browser goes when all is said: where the client wanted, told whether the account is connected. Undefined
 * for a client that wanted nothing, and for an address that the study has taken off its list meanwhile.
 */
export function finalAddress(
  { finalRedirect, redirectTargets }: Attempt,
  connected: boolean,
): string | undefined {
  if (finalRedirect === null || judgeRedirect(redirectTargets, finalRedirect).outcome === 'refused')
    return undefined;
  return fillRedirect(finalRedirect, connected);
}

/**
 * The address as the target of a redirect. A redirect without a fragment passes on that of the request (Fetch standard,
 * "location URL"), so that whatever a provider has put there, tokens too, would reach the study's page: one of its own,
 * empty where the client gave none, keeps it out.
 */
export function redirectLocation(address: string): string {
  return address.includes('#') ? address : `${address}#`;
}
