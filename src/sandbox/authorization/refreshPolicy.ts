import type { RefreshPolicy } from '../../definitions/shape/auth.ts';
import type { DialSettings } from '../dials/dials.ts';
import type { Token } from './grantStore.ts';

/**
 * What a refresh token that is shown comes to. `good`: new tokens. `repeat`: the answer that it got before. `dead`:
 * refused. `stolen`: refused, and everybody who has a token of this consent loses it (RFC 9700 section 4.14.2).
 */
export type OldToken = 'good' | 'repeat' | 'dead' | 'stolen';

/** Judges a refresh token that has neither expired nor been revoked. */
export function judgeOldToken(
  policy: RefreshPolicy,
  token: Pick<Token, 'spentAt'>,
  { now, dials }: { readonly now: number; readonly dials: DialSettings },
): OldToken {
  const { spentAt } = token;
  if (spentAt === undefined) return 'good';
  const agoMs = now - spentAt;
  switch (policy.policy) {
    case 'none':
      return 'dead';
    case 'reusable':
    case 'extends-in-place':
      return 'good';
    case 'rotating':
      if (agoMs <= (policy.repeatsForS ?? -1) * 1_000) return 'repeat';
      return dials.reuseDetection === false ? 'dead' : 'stolen';
    // Until first use: the store ends the token when the new access token is used.
    case 'grace':
    case 'until-first-use':
      return agoMs <= policy.graceS * 1_000 ? 'good' : 'dead';
  }
}

/** Whether a refresh gives a new refresh token and uses up the old one. */
export function rotates(
  policy: RefreshPolicy,
  { refreshes, dials }: { readonly refreshes: number; readonly dials: DialSettings },
): boolean {
  if (policy.policy === 'none' || policy.policy === 'reusable' || policy.policy === 'extends-in-place')
    return false;
  return dials.rotation === 'sometimes' ? refreshes % 2 === 1 : dials.rotation !== 'never';
}
