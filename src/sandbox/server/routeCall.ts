import { authorizationRoute } from '../authorization/authorizationRoute.ts';
import { smartRoute } from '../authorization/smartRoute.ts';
import { connectRoute } from '../authorization/connectRoute.ts';
import { dataRoute } from '../data/dataRoute.ts';
import { answerSubscriptionCall, findSubscriptionCall } from '../subscriptions/answerSubscriptionCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from './receiveCall.ts';
import type { FindRoute, SandboxRoute } from './route.ts';

/** In this order: what has an address of its own before what may lie anywhere. */
const routes: readonly FindRoute[] = [
  authorizationRoute,
  smartRoute,
  connectRoute,
  (provider, call) => {
    const found = findSubscriptionCall(provider, call);
    return found === undefined
      ? undefined
      : { operation: 'subscription', answer: () => answerSubscriptionCall(provider, call, found) };
  },
  (provider, call) => {
    const keyset = provider.answerKeyset(call);
    return keyset === undefined ? undefined : { operation: 'keys', answer: () => keyset };
  },
  dataRoute,
];

export function routeCall(provider: PlayedProvider, call: ReceivedCall): SandboxRoute {
  for (const find of routes) {
    const route = find(provider, call);
    if (route !== undefined) return route;
  }
  return { operation: 'unknown', answer: () => ({ status: 404, json: { error: 'not_found' } }) };
}
