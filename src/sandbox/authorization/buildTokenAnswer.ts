import { writePath } from '../../definitions/writePath.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { tellLifetime, tellScopes, tellUserID, type AnswerMember } from '../dials/oddities.ts';
import { identifyPerson } from './identifyPerson.ts';
import type { IssuedTokens } from './issueTokens.ts';
import { answerSuccess } from './answerSuccess.ts';

/** The answer to a code or a refresh in the form of the definition (`tokenAnswer`, RFC 6749 section 5.1). */
export function buildTokenAnswer(
  provider: PlayedProvider,
  tokens: IssuedTokens,
  phase: 'token' | 'refresh',
): SandboxAnswer {
  const { auth } = provider;
  const { tokenAnswer: form, refresh: policy } = auth;
  const success = { optional: phase === 'token' };
  // The same tokens live on, and there is nothing to say about them.
  if (phase === 'refresh' && policy.policy === 'extends-in-place' && form.mayOmitTokens === true)
    return noStore(answerSuccess(provider, { ...provider.quirk.alsoTold?.refresh }, success));
  const told = [
    ...tellTokens(provider, tokens),
    ...tellScopes(provider, tokens.grant),
    ...tellPerson(provider, tokens, phase),
    ...(auth.kind === 'smart' ? Object.entries(identifyPerson(provider, tokens.grant, phase)) : []),
    ...tellEnd(provider, tokens),
    ...Object.entries(provider.quirk.alsoTold?.[phase] ?? {}),
  ].filter(([path]) => provider.quirk.neverTold?.[phase]?.includes(path) !== true);
  const body = told.reduce<Record<string, unknown>>(
    (before, [path, value]) => (value === undefined ? before : writePath(before, path, value)),
    {},
  );
  const whole = form.at === undefined ? body : writePath({}, form.at, body);
  return noStore(answerSuccess(provider, whole, success));
}

function tellTokens(provider: PlayedProvider, { access, refresh }: IssuedTokens): readonly AnswerMember[] {
  const { fields = {} } = provider.auth.tokenAnswer;
  const pathOf = (name: keyof typeof fields) => fields[name] ?? name;
  const secondsTo = (end: number | undefined) =>
    end === undefined ? undefined : Math.round((end - provider.now()) / 1_000);
  const expiresAt = fields.expires_at === undefined ? undefined : access?.expiresAt;
  return [
    [pathOf('access_token'), access?.value],
    ['token_type', 'Bearer'],
    [pathOf('refresh_token'), refresh?.value],
    ...(fields.refresh_token_expires_in === undefined
      ? []
      : [[fields.refresh_token_expires_in, secondsTo(refresh?.expiresAt)] as const]),
    [pathOf('expires_in'), tellLifetime(provider, secondsTo(access?.expiresAt))],
    [pathOf('expires_at'), expiresAt === undefined ? undefined : Math.round(expiresAt / 1_000)],
  ];
}

function tellPerson(
  provider: PlayedProvider,
  { grant }: IssuedTokens,
  phase: 'token' | 'refresh',
): readonly AnswerMember[] {
  const { userIDOnlyAt = phase } = provider.quirk;
  if (userIDOnlyAt !== phase) return [];
  return provider.auth.userID.flatMap((source): readonly AnswerMember[] =>
    source.from === 'token-answer' ? [[source.field, tellUserID(provider, grant)]] : [],
  );
}

/** The fixed end of the consent, where the definition reads it from the answer. Blue Button. */
function tellEnd(
  { auth: { refresh: policy } }: PlayedProvider,
  { grant: { endsAt } }: IssuedTokens,
): readonly AnswerMember[] {
  if (policy.policy === 'none' || policy.grantEnds?.from !== 'token-answer' || endsAt === undefined)
    return [];
  return [[policy.grantEnds.field, new Date(endsAt).toISOString()]];
}

/** RFC 6749 section 5.1. */
function noStore(answer: SandboxAnswer): SandboxAnswer {
  return { ...answer, headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...answer.headers } };
}
