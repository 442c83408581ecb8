import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { buildFailure } from '../played/buildFailure.ts';
import { reveal, type PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { readBearer } from './readBearer.ts';

export const serviceGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const lifetimeS = 3_600;

/** A token for calls about the whole project, for an assertion of its service account (RFC 7523 section 2.1). */
export async function answerServiceGrant(
  provider: PlayedProvider,
  call: ReceivedCall,
): Promise<SandboxAnswer> {
  const { credentials, nonces, random } = provider;
  const refusal = buildFailure(provider, 'token', 'operator-alarm');
  const key = Object.values(credentials.settings)
    .map((value) => readServiceAccountKey(reveal(value)))
    .find((found) => found !== undefined);
  if (key === undefined) return refusal;
  try {
    await jwtVerify(call.fields.get('assertion') ?? '', createPublicKey(key.private_key), {
      algorithms: ['RS256'],
      issuer: key.client_email,
      audience: `${call.url.origin}${call.url.pathname}`,
      requiredClaims: ['exp', 'scope'],
      currentDate: new Date(provider.now()),
    });
  } catch {
    return refusal;
  }
  const token = `service-${random.bytes(32).toString('base64url')}`;
  nonces.give(token, provider.now() + lifetimeS * 1_000);
  return { status: 200, json: { access_token: token, token_type: 'Bearer', expires_in: lifetimeS } };
}

/** Whether a call shows a token of {@link answerServiceGrant}; it can be shown again. */
export function isServiceToken(provider: PlayedProvider, call: ReceivedCall): boolean {
  return provider.nonces.has(readBearer(call) ?? '');
}

function readServiceAccountKey(
  text: string,
): { readonly client_email: string; readonly private_key: string } | undefined {
  try {
    const { client_email, private_key } = JSON.parse(text) as Record<string, unknown>;
    return typeof client_email === 'string' && typeof private_key === 'string'
      ? { client_email, private_key }
      : undefined;
  } catch {
    return undefined;
  }
}
