import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { tellLifetime, tellScopes, tellUserID } from '../dials/oddities.ts';
import { identify } from './identify.ts';
import type { IssuedTokens } from './issueTokens.ts';
import { setPath } from './setPath.ts';
import { succeed } from './succeed.ts';

/** The answer to a code or a refresh in the form of the definition (`tokenAnswer`, RFC 6749 section 5.1). */
export function tokenAnswer(
  provider: PlayedProvider,
  tokens: IssuedTokens,
  phase: 'token' | 'refresh',
): SandboxAnswer {
  const { auth } = provider;
  const { tokenAnswer: form, refresh: policy } = auth;
  const success = { optional: phase === 'token' };
  // The same tokens live on, and there is nothing to say about them.
  if (phase === 'refresh' && policy.policy === 'extends-in-place' && form.mayOmitTokens === true)
    return noStore(succeed(provider, {}, success));
  const body: Record<string, unknown> = {};
  tellTokens(provider, tokens, body);
  tellScopes(provider, tokens.grant, body);
  if (phase === 'token' || provider.quirk.userIDWithCodeOnly !== true) tellPerson(provider, tokens, body);
  if (auth.kind === 'smart') Object.assign(body, identify(provider, tokens.grant, phase));
  tellEnd(provider, tokens, body);
  const whole: Record<string, unknown> = {};
  if (form.at === undefined) Object.assign(whole, body);
  else setPath(whole, form.at, body);
  return noStore(succeed(provider, whole, success));
}

function tellTokens(
  provider: PlayedProvider,
  { access, refresh }: IssuedTokens,
  body: Record<string, unknown>,
): void {
  const { fields = {} } = provider.auth.tokenAnswer;
  const put = (name: keyof typeof fields, value: unknown) => {
    if (value !== undefined) setPath(body, fields[name] ?? name, value);
  };
  const secondsTo = (end: number | undefined) =>
    end === undefined ? undefined : Math.round((end - provider.now()) / 1_000);
  put('access_token', access?.value);
  body['token_type'] = 'Bearer';
  put('refresh_token', refresh?.value);
  put('refresh_token_expires_in', secondsTo(refresh?.expiresAt));
  put('expires_in', tellLifetime(provider, secondsTo(access?.expiresAt)));
  if (fields.expires_at !== undefined && access?.expiresAt !== undefined)
    put('expires_at', Math.round(access.expiresAt / 1_000));
}

function tellPerson(provider: PlayedProvider, { grant }: IssuedTokens, body: Record<string, unknown>): void {
  const { userID: source } = provider.auth;
  const told = source.from === 'token-answer' ? tellUserID(provider, grant) : undefined;
  if (source.from === 'token-answer' && told !== undefined) setPath(body, source.field, told);
}

/** The fixed end of the consent, where the definition reads it from the answer. Blue Button. */
function tellEnd(
  { auth: { refresh: policy } }: PlayedProvider,
  { grant: { endsAt } }: IssuedTokens,
  body: Record<string, unknown>,
): void {
  if (policy.policy === 'none' || policy.grantEnds?.from !== 'token-answer' || endsAt === undefined) return;
  setPath(body, policy.grantEnds.field, new Date(endsAt).toISOString());
}

/** RFC 6749 section 5.1. */
function noStore(answer: SandboxAnswer): SandboxAnswer {
  return { ...answer, headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...answer.headers } };
}
