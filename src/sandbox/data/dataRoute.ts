import { admitToken } from '../authorization/connectCalls.ts';
import { personOfToken } from '../authorization/personOf.ts';
import { buildFailure } from '../played/buildFailure.ts';
import { readBackfill, type AskedBackfill } from './backfill.ts';
import { readDataToken } from './parameters.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import { reportEvent } from '../played/reportEvent.ts';
import type { FindRoute } from '../server/route.ts';
import type { SandboxAnswer, SandboxPerson } from '../server/sandboxCall.ts';

/** Everything else: the data of whoever's access token is shown. */
export const dataRoute: FindRoute = (provider, call) => {
  const shown = readDataToken(call, provider.patterns);
  if (shown === undefined && !isData(provider, call)) return undefined;
  return {
    operation: readBackfill(call, provider.patterns) === undefined ? 'data' : 'backfill',
    ...personOfToken(provider, shown ?? ''),
    answer: () => answer(provider, call, shown),
  };
};

function answer(provider: PlayedProvider, call: ReceivedCall, shown: string | undefined): SandboxAnswer {
  const token = admitToken(provider, shown, 'data');
  if ('refused' in token)
    return isData(provider, call) ? token.refused : { status: 404, json: { error: 'not_found' } };
  const answered = provider.answerData(call, token.grant);
  if (answered === undefined) return { status: 404, json: { error: 'not_found' } };
  const asked = readBackfill(call, provider.patterns);
  return asked === undefined || answered.status > 299
    ? answered
    : answerOnce(provider, call, { answered, asked, person: token.grant.person });
}

/** Whether an address is one of data, whoever asks: somebody who released nothing is not let in, but seen. */
function isData(provider: PlayedProvider, call: ReceivedCall): boolean {
  const [person] = provider.people;
  return person !== undefined && provider.answerData(call, { person, scopes: [] }) !== undefined;
}

/** History of the same days is asked for once (Garmin: 409), and comes by webhook while the answer is on its way. */
function answerOnce(
  provider: PlayedProvider,
  call: ReceivedCall,
  { answered, asked, person }: AcceptedBackfill,
): SandboxAnswer {
  const { backfill, resource, period } = asked;
  const isNews = provider.subscriptions.isNews(`${person.userID} ${call.url.href}`);
  if (!isNews && backfill.alreadyAsked !== undefined)
    return { ...buildFailure(provider, 'data', 'failed'), status: backfill.alreadyAsked };
  if (period !== undefined)
    reportEvent(provider, { means: 'data', person, resource, period }).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      provider.ledger.addEntry({
        slug: provider.slug,
        what: 'webhook',
        person: person.userID,
        status: 0,
        why,
      });
    });
  return answered;
}

interface AcceptedBackfill {
  readonly answered: SandboxAnswer;
  readonly asked: AskedBackfill;
  readonly person: SandboxPerson;
}
