import { matchAddress, matchCall } from '../played/matchCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { FindRoute, SandboxRoute } from '../server/route.ts';
import { takeDecision, showConsent } from './authorize.ts';
import { introspectToken } from './introspectToken.ts';
import { personOfCode, personOfToken } from './personOf.ts';
import { relayRequest } from './relayRequest.ts';
import { readBearer } from './readBearer.ts';
import { revokeByCall } from './revoke.ts';
import { answerServiceGrant, serviceGrant } from './serviceAccount.ts';
import { provesSignature } from './provesSignature.ts';
import { writePath } from '../../definitions/writePath.ts';
import { answerSuccess } from './answerSuccess.ts';
import { answerTokenCall, parametersOf, readGrantType } from './tokenEndpoint.ts';
import { buildFailure } from '../played/buildFailure.ts';

/** Minutes for which a nonce is good (Withings: 30). */
const nonceLifetimeMs = 1_800_000;

/** Authorization at the addresses that the definition names; of a SMART server nothing but what is called. */
export const authorizationRoute: FindRoute = (provider, call) => {
  const { auth, values } = provider;
  const revocation = findRevocation(provider, call);
  if (revocation !== undefined) return revocation;
  if (auth.kind !== 'oauth2') return undefined;
  const isAt = (address: string | undefined) =>
    address !== undefined && matchAddress(address, call.url, values) !== undefined;
  if (isAt(auth.introspectUrl) && call.method === 'POST')
    return { operation: 'introspect', answer: () => introspectToken(provider, call) };
  const { tokenUrl, refreshUrl = tokenUrl } = auth;
  const type = readGrantType(provider, call);
  if (type === 'token' && isAt(tokenUrl)) return tokenRoute(provider, call, 'token');
  if (type === 'refresh' && isAt(refreshUrl)) return tokenRoute(provider, call, 'refresh');
  if (isAt(tokenUrl) && call.fields.get('grant_type') === serviceGrant)
    return { operation: 'token', answer: () => answerServiceGrant(provider, call) };
  if (isAt(auth.authorizeUrl) && (call.method === 'GET' || call.method === 'POST'))
    return pageRoute(provider, call);
  if (isAt(tokenUrl) || isAt(refreshUrl))
    return { operation: 'token', answer: () => buildFailure(provider, 'token', 'failed') };
  return undefined;
};

/** The page for a person, and her decision. */
export function pageRoute(provider: PlayedProvider, call: ReceivedCall, fhirBase?: string): SandboxRoute {
  if (call.method === 'POST')
    return { operation: 'consent', answer: () => takeDecision(provider, call, fhirBase) };
  return {
    operation: 'authorize',
    answer: () => relayRequest(provider, call) ?? showConsent(provider, call, fhirBase),
  };
}

export function tokenRoute(
  provider: PlayedProvider,
  call: ReceivedCall,
  phase: 'token' | 'refresh',
): SandboxRoute {
  const asked = parametersOf(provider, call);
  const person =
    phase === 'token'
      ? personOfCode(provider, asked.get('code') ?? '')
      : personOfToken(provider, asked.get('refresh_token') ?? '');
  return { operation: phase, ...person, answer: () => answerTokenCall(provider, call, phase) };
}

function findRevocation(provider: PlayedProvider, call: ReceivedCall): SandboxRoute | undefined {
  const { revoke: how } = provider.auth;
  if (how.by !== 'call') return undefined;
  const match = matchCall(how, call, provider.values);
  if (match !== undefined) {
    const token = how.tokenIn === undefined ? readBearer(call) : tokenIn(call, how.tokenIn);
    const { userID } = match.variables;
    const person = userID === undefined ? personOfToken(provider, token ?? '') : { person: userID };
    return { operation: 'revoke', ...person, answer: () => revokeByCall(provider, call, { how, match }) };
  }
  return findFirstQuestion(provider, call);
}

/** What has to be asked before a revocation: a nonce. */
function findFirstQuestion(provider: PlayedProvider, call: ReceivedCall): SandboxRoute | undefined {
  const { revoke: how } = provider.auth;
  if (how.by !== 'call' || how.firstAsk === undefined) return undefined;
  const { call: question, path } = how.firstAsk;
  if (matchCall(question, call, provider.values) === undefined) return undefined;
  return {
    operation: 'revoke',
    answer: () => {
      if (question.authentication === 'hook' && !provesSignature(provider, call, question.sign))
        return buildFailure(provider, 'revoke', 'operator-alarm', 'failed');
      const nonce = provider.random.bytes(20).toString('hex');
      provider.nonces.give(nonce, provider.now() + nonceLifetimeMs);
      return answerSuccess(provider, writePath({}, path, nonce));
    },
  };
}

function tokenIn(
  { fields, url }: ReceivedCall,
  { place, name }: { readonly place: 'form' | 'query'; readonly name: string },
): string | undefined {
  return (place === 'form' ? fields : url.searchParams).get(name) ?? undefined;
}
