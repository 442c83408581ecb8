import { createHmac } from 'node:crypto';
import type { WebhookAuthentication } from '../../definitions/shape/delivery.ts';
import type { WebhookKeys } from '../played/sandboxEvent.ts';
import { createTinkKey } from './tinkKey.ts';

type Hmac = Extract<WebhookAuthentication, { readonly by: 'hmac' }>;

/**
 * The headers by which a receiver knows the sender, for exactly these bytes sent at this instant.
 *
 * @throws {Error} when the vendor signs with a secret that is not among the keys
 */
export function signWebhook(
  authentication: WebhookAuthentication,
  body: Uint8Array,
  { keys, now }: { readonly keys: WebhookKeys; readonly now: number },
): Readonly<Record<string, string>> {
  switch (authentication.by) {
    case 'secret-path':
      return authentication.clientIDHeader === undefined
        ? {}
        : { [authentication.clientIDHeader]: keys.clientID };
    case 'hmac':
      return signHmac(authentication, body, { secret: findSecret(authentication, keys), now });
    case 'hook': {
      const { header, authorizationSecret } = authentication;
      const signature = createTinkKey(requireSecret(keys.clientSecret)).sign(body);
      return keys.webhookSecret === undefined || !authorizationSecret
        ? { [header]: signature }
        : { [header]: signature, authorization: `Bearer ${keys.webhookSecret}` };
    }
  }
}

function findSecret({ key }: Hmac, { clientSecret, issuedSecret }: WebhookKeys): string {
  switch (key) {
    case 'client-secret':
      return requireSecret(clientSecret);
    case 'client-secret-with-ampersand':
      return `${requireSecret(clientSecret)}&`;
    case 'issued-secret':
      return requireSecret(issuedSecret);
  }
}

function requireSecret(secret: string | undefined): string {
  if (secret === undefined)
    throw new Error('The vendor signs its webhooks with a secret that was not given.');
  return secret;
}

function signHmac(
  { header, algorithm, encoding, message, timestamp }: Hmac,
  body: Uint8Array,
  { secret, now }: { readonly secret: string; readonly now: number },
): Readonly<Record<string, string>> {
  const time = timestamp?.unit === 'ms' ? String(now) : String(Math.floor(now / 1000));
  const hmac = createHmac(algorithm, secret);
  if (message !== 'body') hmac.update(time);
  if (message === 'timestamp-dot-body') hmac.update('.');
  const digest = hmac.update(body).digest();
  const text =
    encoding === 'base64'
      ? digest.toString('base64')
      : encoding === 'hex-upper'
        ? digest.toString('hex').toUpperCase()
        : digest.toString('hex');
  if (message === 'timestamp-dot-body') return { [header]: `t=${time},v1=${text}` };
  return timestamp === undefined ? { [header]: text } : { [header]: text, [timestamp.header]: time };
}
