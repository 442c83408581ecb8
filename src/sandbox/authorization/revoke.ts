import { writePath } from '../../definitions/writePath.ts';
import { buildFailure } from '../played/buildFailure.ts';
import type { RevocationCall } from '../played/definitionFacts.ts';
import type { CallMatch } from '../played/matchCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { provesSecret, refuseClient } from './authenticateClient.ts';
import type { PlayedGrant } from './grantStore.ts';
import { provesSignature } from './provesSignature.ts';
import { readBearer } from './readBearer.ts';
import { answerSuccess } from './answerSuccess.ts';

/** The revocation endpoint of a SMART server (RFC 7009): 200, whatever there was to revoke. */
export async function revokeByEndpoint(provider: PlayedProvider, call: ReceivedCall): Promise<SandboxAnswer> {
  const refusal = await refuseClient(provider, call, `${call.url.origin}${call.url.pathname}`);
  if (refusal !== undefined) return buildFailure(provider, 'revoke', 'operator-alarm');
  const given = call.fields.get('token');
  if (given === null) return buildFailure(provider, 'revoke', 'failed');
  const token = provider.store.find(given);
  if (token !== undefined) endWithOthers(provider, token.grant);
  return { status: 200, headers: { 'cache-control': 'no-store' } };
}

/** The vendor's own call: the whole consent ends, whichever token is given back. */
export function revokeByCall(
  provider: PlayedProvider,
  call: ReceivedCall,
  { how, match }: { readonly how: RevocationCall; readonly match: CallMatch },
): SandboxAnswer {
  const { store } = provider;
  const { authentication } = how;
  const proven =
    authentication === 'client_secret_basic' || authentication === 'client_secret_post'
      ? provesSecret(provider, call, authentication)
      : authentication !== 'hook' || provesSignature(provider, call, how.sign);
  if (!proven) return buildFailure(provider, 'revoke', 'operator-alarm', 'failed');
  if (match.wrong.length > 0) return buildFailure(provider, 'revoke', 'failed');
  const named = match.variables['userID'];
  const grants = how.token === 'none' ? store.grantsOf(named ?? '') : findGrant(provider, call, how);
  if (named !== undefined && grants.some(({ person }) => person.userID !== named))
    return buildFailure(provider, 'revoke', 'failed');
  if (grants.length === 0) return answerGone(provider, how);
  for (const grant of grants) endWithOthers(provider, grant);
  return answerSuccess(provider, {}, { status: how.succeeds[0] });
}

/** A vendor that knows one grant for a person ends all that she has agreed to. */
function endWithOthers({ auth, store }: PlayedProvider, grant: PlayedGrant): void {
  const others = auth.grantsPer === 'person' ? store.grantsOf(grant.person.userID) : [];
  for (const one of [grant, ...others]) store.end(one, 'revoked-by-client');
}

/** The consent of the token that is given back, if it has not ended; empty for a token of the other kind. */
function findGrant(
  provider: PlayedProvider,
  call: ReceivedCall,
  how: RevocationCall,
): readonly PlayedGrant[] {
  const place =
    how.tokenIn === undefined
      ? readBearer(call)
      : (how.tokenIn.place === 'form' ? call.fields : call.url.searchParams).get(how.tokenIn.name);
  const token = provider.store.find(place ?? '');
  if (token?.kind !== how.token) return [];
  const refused = provider.store.refuse(token);
  // An expired access token still says whose consent it was, where nobody has to be let in with it.
  const isGood = refused === undefined || (refused === 'expired' && how.authentication !== 'bearer');
  return isGood ? [token.grant] : [];
}

/** That there was nothing to revoke any more, as the definition knows it. */
function answerGone(provider: PlayedProvider, how: RevocationCall): SandboxAnswer {
  const { errors, lifecycle } = provider.definition;
  if (how.alreadyGoneWhen !== undefined) {
    const json = writePath({}, how.alreadyGoneWhen.path, how.alreadyGoneWhen.in[0]);
    // Some vendors tell everything with status 200.
    return { status: errors.some((rule) => rule.status === 200) ? 200 : 400, json };
  }
  const shutDown = lifecycle?.state === 'retired' ? lifecycle.goneStatus : undefined;
  const status = how.alreadyGone.find((one) => one !== shutDown);
  return status === undefined
    ? answerSuccess(provider, {}, { status: how.succeeds[0] })
    : { status, json: { error: 'invalid_token' } };
}
