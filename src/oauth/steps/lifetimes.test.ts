import fc from 'fast-check';
import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { buildDefinition, changeDefinition } from '../../../test/builders/definition.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import { readLifetimes, readSeconds } from './lifetimes.ts';

const sentAt = Date.parse('2026-05-04T03:02:01.500Z');
const century = 3_155_760_000;

function read(tokens: object, changes: Readonly<Record<string, unknown>> = {}, refreshToken?: string) {
  const { auth } = changeDefinition(buildDefinition(), changes);
  return readLifetimes(auth as AnyAuth, tokens as Record<string, unknown>, {
    sentAt,
    refreshToken: refreshToken ?? 'r3fresh',
  });
}

describe('a lifetime (CONNECT-LIFETIME)', () => {
  it.each([
    [3600, 3600],
    ['3600', 3600],
    [' 3600 ', 3600],
    [3599.998, 3599.998],
    ['3599.5', 3599.5],
    [0.001, 0.001],
    [1e12, century],
    ['1000000000000', century],
    [Number.MAX_VALUE, century],
    [0, undefined],
    [-1, undefined],
    ['-1', undefined],
    ['0', undefined],
    ['', undefined],
    ['never', undefined],
    ['3600s', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    [undefined, undefined],
    [null, undefined],
    [true, undefined],
    [[3600], undefined],
    [{}, undefined],
  ])('of %j is %j seconds', (value, seconds) => expect(readSeconds(value)).toBe(seconds));

  it('is never nothing, negative or endless, whatever a server says', () => {
    const anything = fc.oneof(fc.anything(), fc.double(), fc.double().map(String), fc.bigInt().map(String));
    fc.assert(
      fc.property(anything, (value) => {
        const { accessExpiresAt } = read({ expires_in: value });
        expect(accessExpiresAt).toBeGreaterThanOrEqual(sentAt);
        expect(accessExpiresAt).toBeLessThanOrEqual(sentAt + century * 1_000);
        expect(Number.isInteger(accessExpiresAt)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the end of an access token', () => {
  it('counts from the moment at which it was asked for', () => {
    expect(read({ expires_in: 60 }).accessExpiresAt).toBe(sentAt + 60_000);
    expect(read({ expires_in: 3599.9987 }).accessExpiresAt).toBe(sentAt + 3_599_998);
  });

  it('is what the definition says where the answer does not, and unknown where neither does', () => {
    for (const expires_in of [undefined, 0, -1, 'never'])
      expect(read({ expires_in }).accessExpiresAt).toBe(sentAt + 3_600_000);
    const unknown = { 'auth.refresh.accessTokenLifetimeS': 'unknown' };
    expect(read({}, unknown)).not.toHaveProperty('accessExpiresAt');
  });

  it('is read as an instant only where the vendor is known to tell one', () => {
    const told = { 'auth.tokenAnswer': { fields: { expires_at: 'expires_at' } } };
    expect(read({ expires_at: 1_800_000_000 }).accessExpiresAt).toBe(sentAt + 3_600_000);
    expect(read({ expires_at: 1_800_000_000 }, told).accessExpiresAt).toBe(1_800_000_000_000);
    expect(read({ expires_at: '1800000000' }, told).accessExpiresAt).toBe(1_800_000_000_000);
    expect(read({ expires_at: 1_800_000_000_123 }, told).accessExpiresAt).toBe(1_800_000_000_123);
    expect(read({ expires_at: '2027-06-04T03:02:01Z' }, told).accessExpiresAt).toBe(
      Date.parse('2027-06-04T03:02:01Z'),
    );
    // The lifetime needs no clock of the server's.
    expect(read({ expires_at: 1_800_000_000, expires_in: 60 }, told).accessExpiresAt).toBe(sentAt + 60_000);
    for (const expires_at of [0, -5, 'soon', null, {}, 1e300])
      expect(Number.isNaN(new Date(read({ expires_at }, told).accessExpiresAt ?? 0).getTime())).toBe(false);
  });
});

describe('the end of a refresh token', () => {
  const end = (tokens: object, lifetime: unknown, refreshToken?: string) =>
    read(tokens, { 'auth.refresh.refreshTokenLifetimeS': lifetime }, refreshToken).refreshExpiresAt;

  it('is what the answer says, else what the definition says', () => {
    expect(end({ refresh_token_expires_in: 100 }, 86_400)).toBe(sentAt + 100_000);
    expect(end({ refresh_token_expires_in: 0 }, 86_400)).toBe(sentAt + 86_400_000);
    expect(end({}, 86_400)).toBe(sentAt + 86_400_000);
    for (const lifetime of ['unlimited', 'unknown']) expect(end({}, lifetime)).toBeUndefined();
  });

  it('is nothing where there is none', () => {
    const { auth } = buildDefinition();
    const without = readLifetimes(auth as AnyAuth, {}, { sentAt, refreshToken: undefined });
    expect(without).not.toHaveProperty('refreshExpiresAt');
    expect(read({}, { 'auth.refresh': { policy: 'none', accessTokenLifetimeS: 60 } })).toEqual({
      accessExpiresAt: sentAt + 60_000,
    });
  });
});

describe('the end of a consent', () => {
  const end = (grantEnds: object, tokens: object, refreshToken?: string) =>
    read(tokens, { 'auth.refresh.grantEnds': grantEnds }, refreshToken).grantEndsAt;

  it.each([
    ['2027-06-04T03:02:01Z', '2027-06-04T03:02:01Z'],
    ['2027-06-04 03:02:01Z', '2027-06-04T03:02:01Z'],
    ['2027-06-04T03:02:01+02:00', '2027-06-04T01:02:01Z'],
    // Without a zone it is UTC, wherever this process runs.
    ['2027-06-04 03:02:01', '2027-06-04T03:02:01Z'],
    ['2027-06-04T03:02:01.250', '2027-06-04T03:02:01.250Z'],
    ['2027-06-04', '2027-06-04T00:00:00Z'],
    [1_800_000_000, '2027-01-15T08:00:00Z'],
  ])('of %j in the answer is %s', (value, instant) =>
    expect(end({ from: 'token-answer', field: 'ends' }, { ends: value })).toBe(Date.parse(instant)),
  );

  it('of a useless value is unknown', () => {
    for (const ends of [undefined, null, '', 'soon', 0, -1, {}, 'x'.repeat(1_000)])
      expect(end({ from: 'token-answer', field: 'ends' }, { ends })).toBeUndefined();
  });

  it('is read from a refresh token that is a JWT', () => {
    const claim = { from: 'refresh-token-claim', claim: 'exp' };
    expect(end(claim, {}, new UnsecuredJWT({ exp: 1_800_000_000 }).encode())).toBe(1_800_000_000_000);
    for (const token of ['opaque', 'a.b.c', new UnsecuredJWT({}).encode()])
      expect(end(claim, {}, token)).toBeUndefined();
    expect(end({ from: 'introspection', field: 'exp' }, {})).toBeUndefined();
    expect(end({ from: 'consent', afterS: 7_776_000 }, {})).toBe(sentAt + 7_776_000_000);
  });
});
