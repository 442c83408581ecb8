import type { SandboxAnswer, SandboxCall } from '../server/sandboxCall.ts';
import { createTinkKey } from './tinkKey.ts';

/**
 * The public keys with which the vendor's webhooks are verified, at the address that the definition names; undefined
 * for any other call. Anybody may ask.
 */
export function answerKeyset(
  { definition, url, method }: SandboxCall,
  clientSecret: string,
): SandboxAnswer | undefined {
  const { delivery } = definition;
  const authentication =
    delivery !== undefined && 'webhook' in delivery ? delivery.webhook.authentication : undefined;
  if (authentication?.by !== 'hook' || method !== 'GET') return undefined;
  if (authentication.keysetUrl !== `${url.origin}${url.pathname}`) return undefined;
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: createTinkKey(clientSecret).keyset,
  };
}
