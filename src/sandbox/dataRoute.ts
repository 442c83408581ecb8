import { admit } from './authorization/connectCalls.ts';
import { personOfToken } from './authorization/personOf.ts';
import { buildFailure } from './buildFailure.ts';
import { readDataToken } from './data/parameters.ts';
import { matchCall } from './matchCall.ts';
import type { PlayedProvider } from './playedProvider.ts';
import type { ReceivedCall } from './receiveCall.ts';
import type { FindRoute } from './route.ts';
import type { SandboxAnswer } from './sandboxCall.ts';

/** Everything else: the data of whoever's access token is shown. */
export const dataRoute: FindRoute = (provider, call) => {
  const shown = readDataToken(call);
  if (shown === undefined && !isData(provider, call)) return undefined;
  return {
    operation: isBackfill(provider, call) ? 'backfill' : 'data',
    ...personOfToken(provider, shown ?? ''),
    answer: () => answer(provider, call, shown),
  };
};

function answer(provider: PlayedProvider, call: ReceivedCall, shown: string | undefined): SandboxAnswer {
  const token = admit(provider, shown, 'data');
  if ('refused' in token)
    return isData(provider, call) ? token.refused : { status: 404, json: { error: 'not_found' } };
  const answered = provider.answerData(call, token.grant);
  if (answered === undefined) return { status: 404, json: { error: 'not_found' } };
  return isBackfill(provider, call)
    ? answerOnce(provider, call, { answered, person: token.grant.person.userID })
    : answered;
}

/** Whether an address is one of data, whoever asks: somebody who released nothing is not let in, but seen. */
function isData(provider: PlayedProvider, call: ReceivedCall): boolean {
  const [person] = provider.people;
  return person !== undefined && provider.answerData(call, { person, scopes: [] }) !== undefined;
}

function backfillOf({ definition }: PlayedProvider) {
  const { delivery } = definition;
  return delivery?.by === 'push' ? delivery.backfill : undefined;
}

function isBackfill(provider: PlayedProvider, call: ReceivedCall): boolean {
  const backfill = backfillOf(provider);
  return backfill !== undefined && matchCall(backfill.call, call, provider.values) !== undefined;
}

/** History of the same days is asked for once. Garmin: 409. */
function answerOnce(
  provider: PlayedProvider,
  call: ReceivedCall,
  { answered, person }: { readonly answered: SandboxAnswer; readonly person: string },
): SandboxAnswer {
  const { alreadyAsked } = backfillOf(provider) ?? {};
  if (alreadyAsked === undefined || answered.status > 299) return answered;
  return provider.subscriptions.isNews(`${person} ${call.url.href}`)
    ? answered
    : { ...buildFailure(provider.definition, 'data', 'failed'), status: alreadyAsked };
}
