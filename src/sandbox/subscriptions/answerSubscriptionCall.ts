import { provesSecret } from '../authorization/authenticateClient.ts';
import { isServiceToken } from '../authorization/serviceAccount.ts';
import { writePath } from '../../definitions/writePath.ts';
import { buildFailure } from '../played/buildFailure.ts';
import type { ApiCall } from '../../definitions/shape/auth.ts';
import { passesChallenge } from './challengeSubscriber.ts';
import { matchCall, type CallMatch } from '../played/matchCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import type { Subscription } from './subscriptions.ts';

type Deed = 'create' | 'list' | 'renew' | 'remove' | 'reactivate';

/** What a call about the application's subscriptions is for, or undefined when it is none. */
export function findSubscriptionCall(
  { definition, values }: PlayedProvider,
  call: ReceivedCall,
): { readonly deed: Deed; readonly how: ApiCall; readonly match: CallMatch } | undefined {
  const facts = appSubscriptionOf(definition);
  if (facts === undefined) return undefined;
  const calls: Record<Deed, ApiCall | undefined> = {
    create: facts.create,
    list: facts.list,
    renew: facts.renew?.call,
    // Before the removal of one, whose name would fit the address as well.
    reactivate: facts.reactivate,
    remove: facts.remove,
  };
  for (const [deed, how] of Object.entries(calls) as [Deed, ApiCall | undefined][]) {
    const match = how === undefined ? undefined : matchCall(how, call, values);
    if (how !== undefined && match !== undefined) return { deed, how, match };
  }
  return undefined;
}

/** Makes, lists, renews and removes subscriptions as the definition's calls do (`appSubscription`). */
export function answerSubscriptionCall(
  provider: PlayedProvider,
  call: ReceivedCall,
  { deed, how, match }: { readonly deed: Deed; readonly how: ApiCall; readonly match: CallMatch },
): SandboxAnswer | Promise<SandboxAnswer> {
  const { subscriptions } = provider;
  if (!isProven(provider, call, how))
    return buildFailure(provider, 'connect', 'operator-alarm', 'unauthorized');
  if (match.wrong.length > 0) return buildFailure(provider, 'connect', 'failed');
  const [status = 200] = how.accepts ?? [];
  const { subscriptionID = '' } = match.variables;
  switch (deed) {
    case 'create':
      return makeSubscription(provider, match, status);
    case 'list':
      return {
        status,
        json: subscriptions.list().map(describeSubscription),
      };
    case 'remove':
      return subscriptions.remove(subscriptionID)
        ? { status: how.accepts?.[0] ?? 204 }
        : { status: 404, json: {} };
    case 'renew':
      return subscriptions.list().some(({ id }) => id === subscriptionID)
        ? { status, json: { id: subscriptionID } }
        : { status: 404, json: {} };
    case 'reactivate':
      return { status, json: {} };
  }
}

function isProven(provider: PlayedProvider, call: ReceivedCall, { authentication }: ApiCall): boolean {
  switch (authentication) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return provesSecret(provider, call, authentication);
    case 'service-account':
      return isServiceToken(provider, call);
    // The definition's headers and address hold what proves it.
    default:
      return true;
  }
}

/** An address that does not answer as the vendor wants it is not taken. */
async function makeSubscription(
  provider: PlayedProvider,
  { variables }: CallMatch,
  status: number,
): Promise<SandboxAnswer> {
  const { subscriptions, random, definition } = provider;
  const { webhookUrl = '', webhookSecret, ...chosen } = variables;
  if (!(await passesChallenge(provider, webhookUrl, webhookSecret)))
    return buildFailure(provider, 'connect', 'failed');
  const secretAt = appSubscriptionOf(definition)?.secretAt;
  const issued = secretAt === undefined ? {} : { issuedSecret: random.bytes(24).toString('base64url') };
  const secret = webhookSecret === undefined ? {} : { secret: webhookSecret };
  const added = subscriptions.add({ url: webhookUrl, chosen, ...issued, ...secret });
  const told = describeSubscription(added);
  // Told once, to whoever makes the subscription.
  return { status, json: secretAt === undefined ? told : writePath(told, secretAt, added.issuedSecret) };
}

function describeSubscription({ id, url, chosen }: Subscription): Record<string, unknown> {
  return { id, callback_url: url, ...chosen };
}

function appSubscriptionOf({ delivery }: PlayedProvider['definition']) {
  return delivery !== undefined && 'appSubscription' in delivery ? delivery.appSubscription : undefined;
}
