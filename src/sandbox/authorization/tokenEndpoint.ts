import { createHash } from 'node:crypto';
import { buildFailure } from '../played/buildFailure.ts';
import { fillIn } from '../../definitions/callVariables.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { refuseClient } from './authenticateClient.ts';
import type { PlayedConsent } from './grantStore.ts';
import { issueFirstTokens, issueNextTokens } from './issueTokens.ts';
import { judgeOldToken } from './refreshPolicy.ts';
import { buildTokenAnswer } from './buildTokenAnswer.ts';

/** Thirteen months, as Blue Button's. */
const grantLifetimeS = 395 * 86_400;

/** What is asked of a token endpoint, or undefined when it is nothing that it knows. */
export function readGrantType(provider: PlayedProvider, call: ReceivedCall): 'token' | 'refresh' | undefined {
  const asked = parametersOf(provider, call);
  const type = asked.get('grant_type');
  if (type === 'refresh_token') return 'refresh';
  if (type === 'authorization_code') return 'token';
  // iHealth names the grant otherwise.
  const { refreshParameters = {} } = provider.auth;
  return type === null && refreshParameters['response_type'] === 'refresh_token' && asked.has('refresh_token')
    ? 'refresh'
    : undefined;
}

/** In the body of a POST, in the query of a GET (iHealth). */
export function parametersOf({ auth }: PlayedProvider, { fields, url }: ReceivedCall): URLSearchParams {
  return auth.tokenMethod === 'GET' ? url.searchParams : fields;
}

/** RFC 6749 sections 4.1.3 and 6, in the style of the definition. */
export async function answerTokenCall(
  provider: PlayedProvider,
  call: ReceivedCall,
  phase: 'token' | 'refresh',
): Promise<SandboxAnswer> {
  const { auth } = provider;
  if (call.method !== (auth.tokenMethod ?? 'POST'))
    return { status: 405, headers: { allow: auth.tokenMethod ?? 'POST' } };
  const asked = parametersOf(provider, call);
  const objection = refuseForm(provider, call, asked);
  if (objection !== undefined) return buildFailure(provider, phase, 'failed');
  const refusal = await refuseClient(provider, call, `${call.url.origin}${call.url.pathname}`);
  if (refusal !== undefined) return buildFailure(provider, phase, 'operator-alarm');
  return phase === 'token' ? exchangeCode(provider, asked) : refresh(provider, asked);
}

/** What is wrong with a request that has nothing to do with whose it is. */
function refuseForm(
  provider: PlayedProvider,
  call: ReceivedCall,
  asked: URLSearchParams,
): string | undefined {
  const { auth } = provider;
  const names = [...asked.keys()];
  if (new Set(names).size !== names.length) return 'repeated parameter';
  // Secrets and tokens do not belong into an address (RFC 6749 section 2.3.1).
  if (auth.tokenMethod !== 'GET' && call.url.search !== '') return 'parameters in the query';
  const { tokenHeaders = {} } = auth;
  for (const [name, value] of Object.entries(tokenHeaders))
    if (call.headers[name.toLowerCase()] !== value) return 'header';
  return undefined;
}

function exchangeCode(provider: PlayedProvider, asked: URLSearchParams): SandboxAnswer {
  const { auth, store, dials } = provider;
  if (!holds(asked, auth.tokenParameters, {})) return buildFailure(provider, 'token', 'failed');
  const code = asked.get('code') ?? '';
  const consent = store.spendCode(code, (its) => refuseExchange(its, asked));
  // A vendor that answers every time with status 200 has no word for a dead code but that something failed.
  if ('refused' in consent) return refuseGrant(provider, 'token');
  const ends = auth.refresh.policy === 'none' ? undefined : auth.refresh.grantEnds;
  const hasEnd = ends !== undefined;
  const lifetimeS = ends?.from === 'consent' ? ends.afterS : grantLifetimeS;
  const endsAt = provider.now() + (dials().grantLifetimeS ?? lifetimeS) * 1_000;
  const grant = store.begin(consent, hasEnd ? { code, endsAt } : { code });
  return buildTokenAnswer(provider, issueFirstTokens(provider, grant), 'token');
}

function refuseExchange(
  { redirectUri, challenge }: PlayedConsent,
  asked: URLSearchParams,
): string | undefined {
  if (asked.get('redirect_uri') !== redirectUri) return 'redirect_uri';
  const verifier = asked.get('code_verifier');
  // RFC 9700 section 2.1.1: a verifier without a challenge was put there by somebody else.
  if (challenge === undefined) return verifier === null ? undefined : 'code_verifier not expected';
  if (verifier === null || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return 'code_verifier';
  return createHash('sha256').update(verifier).digest('base64url') === challenge
    ? undefined
    : 'code_verifier';
}

function refresh(provider: PlayedProvider, asked: URLSearchParams): SandboxAnswer {
  const { auth, store, ledger, dials } = provider;
  const value = asked.get('refresh_token') ?? '';
  const token = store.find(value);
  if (token?.kind !== 'refresh') return refuseGrant(provider, 'refresh');
  const { grant } = token;
  const { userID } = grant.person;
  const { refreshParameters, refreshRepeats = [] } = auth;
  const { refresh: optional = {} } = provider.quirk.refreshTokenNeeds ?? {};
  const needed = Object.fromEntries(
    Object.entries(refreshParameters ?? {}).filter(([name]) => !(name in optional)),
  );
  if (!holds(asked, needed, { userID })) return buildFailure(provider, 'refresh', 'failed');
  if (refreshRepeats.includes('redirect_uri') && asked.get('redirect_uri') !== grant.redirectUri)
    return buildFailure(provider, 'refresh', 'failed');
  const verdict =
    store.refuse(token) ?? judgeOldToken(auth.refresh, token, { now: provider.now(), dials: dials() });
  if (verdict === 'repeat' && token.answer !== undefined) {
    ledger.show(value);
    return token.answer;
  }
  if (verdict === 'stolen') store.end(grant, 'refresh-token-used-twice');
  ledger.show(value, verdict === 'good' ? undefined : verdict);
  if (verdict !== 'good') return refuseGrant(provider, 'refresh');
  const issued = issueNextTokens(provider, token, { mayRefresh: holds(asked, optional, {}) });
  const answer = buildTokenAnswer(provider, issued, 'refresh');
  token.answer = answer;
  return answer;
}

function refuseGrant(provider: PlayedProvider, phase: 'token' | 'refresh'): SandboxAnswer {
  return buildFailure(provider, phase, 'unauthorized', 'failed');
}

/** Whether every one of these parameters is there, with its value. */
function holds(
  asked: URLSearchParams,
  needed: Readonly<Record<string, string>> = {},
  values: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(needed).every(([name, value]) => asked.get(name) === fillIn(value, values));
}
