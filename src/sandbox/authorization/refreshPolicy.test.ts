import { describe, expect, it } from 'vitest';
import type { RefreshPolicy } from '../../definitions/shape/auth.ts';
import type { DialSettings } from '../dials/dials.ts';
import { judgeOldToken, rotates } from './refreshPolicy.ts';

const facts = { accessTokenLifetimeS: 3_600, refreshTokenLifetimeS: 'unlimited' } as const;
const second = 1_000;

/** What a token comes to that was first used so many seconds ago; undefined: never. */
function judge(policy: RefreshPolicy, agoS: number | undefined, dials: DialSettings = {}) {
  const now = 1_000_000 * second;
  return judgeOldToken(policy, agoS === undefined ? {} : { spentAt: now - agoS * second }, { now, dials });
}

describe('an old refresh token', () => {
  it.each<[RefreshPolicy, Record<string, string>]>([
    [
      { policy: 'rotating', ...facts },
      { never: 'good', 0: 'stolen', 1: 'stolen', 86_400: 'stolen' },
    ],
    [
      { policy: 'rotating', repeatsForS: 120, ...facts },
      { never: 'good', 0: 'repeat', 120: 'repeat', 121: 'stolen' },
    ],
    [
      { policy: 'reusable', ...facts },
      { never: 'good', 0: 'good', 86_400: 'good' },
    ],
    [
      { policy: 'extends-in-place', extendsByS: 60, ...facts },
      { never: 'good', 0: 'good', 86_400: 'good' },
    ],
    [
      { policy: 'grace', graceS: 60, ...facts },
      { never: 'good', 0: 'good', 60: 'good', 61: 'dead' },
    ],
    [
      { policy: 'until-first-use', graceS: 60, ...facts },
      { never: 'good', 60: 'good', 61: 'dead' },
    ],
  ])('of %o', (policy, expected) => {
    const found = Object.keys(expected).map((ago) => [
      ago,
      judge(policy, ago === 'never' ? undefined : Number(ago)),
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('is only dead where reuse is not noticed', () => {
    expect(judge({ policy: 'rotating', ...facts }, 1, { reuseDetection: false })).toBe('dead');
  });
});

describe('a refresh gives a new refresh token', () => {
  const give = (policy: RefreshPolicy['policy'], rotation?: 'always' | 'sometimes' | 'never') => {
    const whole = { policy, graceS: 60, extendsByS: 60, ...facts } as RefreshPolicy;
    const dials = rotation === undefined ? {} : { rotation };
    return [1, 2, 3].map((refreshes) => rotates(whole, { refreshes, dials }));
  };

  it('where the policy says so', () => {
    for (const policy of ['rotating', 'grace', 'until-first-use'] as const)
      expect(give(policy)).toEqual([true, true, true]);
    for (const policy of ['none', 'reusable', 'extends-in-place'] as const)
      expect(give(policy, 'always')).toEqual([false, false, false]);
  });

  it('as often as the dial says', () => {
    expect(give('rotating', 'sometimes')).toEqual([true, false, true]);
    expect(give('grace', 'never')).toEqual([false, false, false]);
  });
});
