import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { TokenAnswer } from '../../definitions/shape/auth.ts';
import { isFailure, judgeError, type VendorAnswer } from '../../definitions/judgeError.ts';
import { isObject } from '../../platform/members/isObject.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { readPath } from '../../definitions/readPath.ts';
import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import { readAnswer } from '../calls/callProvider.ts';
import { readSeconds } from './lifetimes.ts';
import { readTokenField, type TokenObject } from './tokenObject.ts';

/**
 * An answer of a token endpoint. Some vendors write a form although JSON was asked for: its fields are read like the
 * members of an object.
 */
export function readTokenBody(
  answered: Extract<ProviderAnswer, { outcome: 'answered' }>,
): VendorAnswer & { readonly status: number } {
  const answer = readAnswer(answered);
  const type = answered.headers['content-type'] ?? '';
  if (answer.body !== undefined || !type.startsWith('application/x-www-form-urlencoded')) return answer;
  const text = new TextDecoder().decode(answered.body);
  return { ...answer, body: Object.fromEntries(new URLSearchParams(text)) };
}

/**
 * The tokens of an answer, or what its failure means: by its status, by the vendor's rules, by what must hold in a
 * success, and by an OAuth error in an answer that calls itself one.
 */
export function findTokens(
  definition: ConnectableDefinition,
  phase: 'token' | 'refresh',
  answer: VendorAnswer,
): { readonly outcome: 'found'; readonly tokens: TokenObject } | ProviderTrouble {
  const { auth } = definition;
  if (isFailure(definition, phase, answer) || !succeeds(auth.tokenAnswer, answer.body))
    return createTrouble('token-refused', judgeError(definition, phase, answer));
  const error = readPath(answer.body, 'error');
  // An empty one is none: the code is spent, and nobody could help her.
  if (typeof error === 'string' && !isEmpty(error))
    // GitHub and others: as if it had come with the status that it should have had.
    return createTrouble('token-refused', judgeError(definition, phase, { ...answer, status: 400 }));
  const tokens = readPath(answer.body, auth.tokenAnswer.at ?? '');
  return isObject(tokens) ? { outcome: 'found', tokens } : createTrouble('token-malformed', 'failed');
}

function succeeds({ succeedsWhen }: TokenAnswer, body: unknown): boolean {
  if (succeedsWhen === undefined) return true;
  const value = readPath(body, succeedsWhen.path);
  return value === undefined ? succeedsWhen.orAbsent === true : value === succeedsWhen.equals;
}

/**
 * The tokens as RFC 6749 section 5.1 writes them, for a parser that knows nothing else. Left out is what is empty,
 * a lifetime that is none, and what is read elsewhere: scopes and the ID token.
 */
export function normaliseTokens(tokens: TokenObject, facts: TokenAnswer): Record<string, unknown> {
  const refreshToken = readTokenField(tokens, 'refresh_token', facts);
  const expiresIn = readSeconds(readTokenField(tokens, 'expires_in', facts));
  return omitUndefined({
    access_token: readTokenField(tokens, 'access_token', facts),
    token_type: normaliseType(tokens['token_type']),
    refresh_token: isEmpty(refreshToken) ? undefined : refreshToken,
    expires_in: expiresIn,
  });
}

/** Withings and COROS leave it out now and then; gateways of Apigee say `BearerToken`. */
function normaliseType(type: unknown): unknown {
  if (isEmpty(type)) return 'bearer';
  return typeof type === 'string' && type.toLowerCase() === 'bearertoken' ? 'bearer' : type;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
