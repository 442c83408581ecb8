import { DomainError } from '../../platform/errors/domainError.ts';
import type { Caller } from '../admit.ts';
import { unauthorized } from '../errors.ts';

/** A caller with a valid token of either kind. */
export type IdentifiedCaller = Extract<Caller, { readonly kind: 'serviceAccount' | 'participant' }>;

/**
 * The caller, if it came with a valid token.
 *
 * @throws {DomainError} `unauthorized`; what the look-up of the token failed with, when it did
 */
export function requireToken(caller: Caller): IdentifiedCaller {
  switch (caller.kind) {
    case 'unknown':
      throw caller.cause;
    case 'nobody':
      throw caller.sentToken
        ? refuseToken('The access token is not valid, or not any more.')
        : // A caller who tried nothing is told no error code (RFC 6750 section 3.1).
          new DomainError(unauthorized, 'The request carries no access token.', {
            'www-authenticate': 'Bearer',
          });
    case 'serviceAccount':
    case 'participant':
      return caller;
  }
}

/** The refusal of a token that is not valid here (RFC 6750 section 3.1), whatever the reason. */
export function refuseToken(detail: string): DomainError {
  return new DomainError(unauthorized, detail, { 'www-authenticate': 'Bearer error="invalid_token"' });
}
