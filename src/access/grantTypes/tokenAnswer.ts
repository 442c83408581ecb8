import type { TokenErrorBody } from '../../contract/problem.ts';
import type { Answer } from '../../platform/http/defineRoute.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** The answer that hands out a token (RFC 6749 section 5.1). */
export function answerToken(token: string, lifetimeS: number, scope: string): Answer {
  return {
    status: 200,
    headers: uncached,
    body: { access_token: token, expires_in: lifetimeS, token_type: 'Bearer', scope },
  };
}

/** The answer that hands out none (RFC 6749 section 5.2). */
export function refuseGrant(error: TokenErrorBody['error'], description?: string): Answer {
  const body: TokenErrorBody = omitUndefined({
    error,
    error_description: description === undefined ? undefined : describe(description),
  });
  return { status: 400, headers: uncached, body };
}

/** The characters that RFC 6749 section 5.2 allows in a description. */
function describe(text: string): string {
  return text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

/** RFC 6749 section 5.1. */
const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' };
