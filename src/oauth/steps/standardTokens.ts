import {
  OperationProcessingError,
  processAuthorizationCodeResponse,
  UnsupportedOperationError,
} from 'oauth4webapi';
import type { TokenAnswer } from '../../definitions/shape/auth.ts';
import { Secret } from '../../platform/config/secret.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { normaliseTokens } from './readTokenAnswer.ts';
import type { TokenObject } from './tokenObject.ts';

/** Tokens that can be used: printable, and to be shown as `Bearer`. */
interface UsableTokens {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
}

/** Printable ASCII (RFC 6749 appendix A): anything else could not stand in a header. */
const tokenCharacters = /^[\x20-\x7e]+$/;

/** The tokens of an answer as the library's parser of RFC 6749 section 5.1 reads them; undefined when it refuses them. */
export async function readStandardTokens(
  tokens: TokenObject,
  facts: TokenAnswer,
): Promise<UsableTokens | undefined> {
  try {
    const answer = await processAuthorizationCodeResponse(
      { issuer: 'https://-' },
      { client_id: '-' },
      Response.json(normaliseTokens(tokens, facts)),
    );
    const { access_token, refresh_token, token_type } = answer;
    const isUsable = [access_token, refresh_token ?? access_token].every((token) =>
      tokenCharacters.test(token),
    );
    if (token_type !== 'bearer' || !isUsable) return undefined;
    return omitUndefined({
      accessToken: new Secret(access_token),
      refreshToken: refresh_token === undefined ? undefined : new Secret(refresh_token),
    });
  } catch (error) {
    if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError)
      return undefined;
    throw error;
  }
}
