import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { reveal, type PlayedProvider } from './playedProvider.ts';
import type { SandboxEvent, WebhookKeys } from './sandboxEvent.ts';
import type { Subscription } from '../subscriptions/subscriptions.ts';

const forgedSecret = 'a secret that the vendor does not have';

/**
 * Posts what the vendor would send to everybody who subscribed, and gives the statuses of their answers (0: none).
 * Nothing is sent by vendors without webhooks, or when the dial says so; forged messages are signed with a secret
 * that is not the vendor's. Nothing is sent a second time.
 */
export async function reportEvent(provider: PlayedProvider, event: SandboxEvent): Promise<readonly number[]> {
  const { definition, slug, ledger, subscriptions } = provider;
  const { webhooks = 'on' } = provider.dials();
  const { delivery } = definition;
  if (webhooks === 'off' || delivery === undefined || !('webhook' in delivery)) return [];
  const { userID } = event.person;
  const statuses: number[] = [];
  // Several subscriptions of one address, for different kinds of events, are one message.
  const byAddress = new Map(subscriptions.list(userID).map((one) => [one.url, one]));
  for (const { url, ...secrets } of byAddress.values()) {
    const keys = keysOf(provider, secrets, webhooks === 'forged');
    for (const message of provider.buildWebhook(event, keys)) {
      const { status } = await provider.callSubscriber(url, { method: 'POST', ...message });
      statuses.push(status);
      ledger.addEntry({ slug, what: 'webhook', person: userID, status, why: `${event.means} ${webhooks}` });
    }
  }
  return statuses;
}

function keysOf(
  { credentials }: PlayedProvider,
  { issuedSecret, secret }: Pick<Subscription, 'issuedSecret' | 'secret'>,
  isForged: boolean,
): WebhookKeys {
  const { clientID, clientSecret, settings } = credentials;
  if (isForged)
    return { clientID, clientSecret: forgedSecret, issuedSecret: forgedSecret, webhookSecret: forgedSecret };
  // Shown on the vendor's site, where it is not told when subscribing. Suunto.
  const entered = settings['WEBHOOK_SECRET'];
  const issued = issuedSecret ?? (entered === undefined ? undefined : reveal(entered));
  return omitUndefined({
    clientID,
    clientSecret: clientSecret === undefined ? undefined : clientSecret.reveal(),
    issuedSecret: issued,
    webhookSecret: secret,
  });
}
