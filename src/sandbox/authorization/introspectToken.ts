import { writePath } from '../../definitions/writePath.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { buildFailure } from '../played/buildFailure.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { refuseClient } from './authenticateClient.ts';

/** RFC 7662. To ask is not to use: nothing is spent by it. */
export async function introspectToken(provider: PlayedProvider, call: ReceivedCall): Promise<SandboxAnswer> {
  const { store, credentials, auth } = provider;
  const refusal = await refuseClient(provider, call, `${call.url.origin}${call.url.pathname}`);
  if (refusal !== undefined) return buildFailure(provider, 'token', 'operator-alarm');
  const token = store.find(call.fields.get('token') ?? '');
  if (token === undefined || token.spentAt !== undefined || store.refuse(token) !== undefined)
    return { status: 200, json: { active: false } };
  const { grant, expiresAt } = token;
  const end = expiresAt ?? grant.endsAt;
  const told: Record<string, unknown> = omitUndefined({
    active: true,
    client_id: credentials.clientID,
    token_type: token.kind === 'access' ? 'access_token' : 'refresh_token',
    scope: grant.scopes.join(' '),
    sub: grant.login.key,
    exp: end === undefined ? undefined : Math.floor(end / 1_000),
    patient: auth.kind === 'smart' ? grant.person.userID : undefined,
    iss: auth.kind === 'smart' ? grant.fhirBase : undefined,
  });
  const { refresh: policy } = auth;
  const tellsEnd = policy.policy !== 'none' && policy.grantEnds?.from === 'introspection';
  if (!tellsEnd || grant.endsAt === undefined) return { status: 200, json: told };
  return { status: 200, json: writePath(told, policy.grantEnds.field, Math.floor(grant.endsAt / 1_000)) };
}
