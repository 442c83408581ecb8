import type { ApiCall } from '../../definitions/shape/auth.ts';
import type { RevocationCall } from '../played/definitionFacts.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';

type Sign = NonNullable<(ApiCall | RevocationCall)['sign']>;

/** Seconds by which a client's `timestamp` may differ. */
const skewMaxS = 300;

/**
 * Whether the fields of a form are signed by the client, as the definition's own hook signs them, with a nonce that
 * was given out and not used, or with the time of now (Withings).
 */
export function provesSignature(provider: PlayedProvider, call: ReceivedCall, sign: Sign): boolean {
  const { credentials, nonces } = provider;
  const { signature, client_id: clientID, ...fields } = call.form;
  if (signature === undefined || clientID !== credentials.clientID) return false;
  const client = { id: credentials.clientID, secret: credentials.clientSecret?.reveal() ?? '' };
  try {
    if (sign(fields, client)['signature'] !== signature) return false;
  } catch {
    return false;
  }
  const { nonce, timestamp } = fields;
  if (nonce !== undefined) return nonces.take(nonce);
  return Math.abs(Number(timestamp) - provider.now() / 1_000) <= skewMaxS;
}
