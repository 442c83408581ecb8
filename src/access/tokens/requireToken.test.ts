import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/domainError.ts';
import type { Caller } from '../admit.ts';
import { unauthorized } from '../errors.ts';
import { refuseToken, requireToken } from './requireToken.ts';

function refusalOf(caller: Caller): unknown {
  try {
    requireToken(caller);
  } catch (error) {
    return error;
  }
  return 'let through';
}

describe('a caller', () => {
  it.each(['serviceAccount', 'participant'] as const)('who is a %s is let through as it is', (kind) => {
    const caller = { kind, caller: {} } as unknown as Caller;
    expect(requireToken(caller)).toBe(caller);
  });

  it('whose token is not valid is told so, and one without a token no error code (RFC 6750 section 3.1)', () => {
    const refused = refusalOf({ kind: 'nobody', sentToken: true });
    expect(refused).toBeInstanceOf(DomainError);
    expect(refused).toMatchObject({
      problem: unauthorized,
      message: expect.stringMatching(/not valid, or not any more/) as string,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    expect(refusalOf({ kind: 'nobody', sentToken: false })).toMatchObject({
      problem: unauthorized,
      message: expect.stringMatching(/carries no access token/) as string,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  it('of whom nobody knows is refused with what the look-up failed with', () => {
    const cause = new Error('the database is away');
    expect(refusalOf({ kind: 'unknown', cause })).toBe(cause);
  });
});

it('a refusal says what its caller is told', () => {
  expect(refuseToken('It is over.')).toMatchObject({ message: 'It is over.' });
});
