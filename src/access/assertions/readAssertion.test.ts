import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePart } from '../../../test/builders/clientAssertion.ts';
import { readAssertion } from './readAssertion.ts';

const now = Date.parse('2026-05-04T03:02:01.500Z');
const seconds = now / 1000;
const audience = 'https://a.example/identityserver/connect/token';
const good = {
  iss: 'MyDataHelps.Org.Name',
  sub: 'MyDataHelps.Org.Name',
  aud: audience,
  exp: seconds + 200,
  jti: 'j',
};

function read(claims: unknown, header: unknown = { alg: 'RS256', typ: 'JWT' }) {
  return readAssertion(
    `${encodePart(header)}.${encodePart(claims)}.c2ln`,
    [audience, 'https://b.example/t'],
    now,
  );
}
const outcome = (claims: unknown, header?: unknown) => {
  const result = read(claims, header);
  return result.outcome === 'read' ? 'read' : result.reason;
};

describe('readAssertion', () => {
  it.each([
    ['seconds', seconds + 200],
    ['seconds with a fraction', seconds + 200.123456],
    ['milliseconds', now + 200_000],
    ['an hour ahead', seconds + 3600],
    ['an hour and the skew ahead', seconds + 3660],
    ['5 s ahead', seconds + 5],
    ['59 s ago, within the skew', seconds - 59],
  ])('accepts an exp in %s', (_name, exp) => {
    const result = read({ ...good, exp });
    const expected = (exp > 1e11 ? exp : exp * 1000) + 60_000;
    expect(result.outcome === 'read' && Math.abs(result.acceptedUntil - expected)).toBeLessThan(1);
  });

  it.each([
    ['at the end of the skew', seconds - 60, 'expired'],
    ['long ago in milliseconds', now - 3_600_000, 'expired'],
    ['zero', 0, 'expired'],
    ['negative', -seconds, 'expired'],
    ['more than an hour ahead', seconds + 3661, 'too-long-lived'],
    ['a year ahead in milliseconds', now + 31_536_000_000, 'too-long-lived'],
    ['endless', 1e308, 'too-long-lived'],
    ['text', String(seconds + 200), 'claims'],
    ['null', null, 'claims'],
    ['missing', undefined, 'claims'],
    ['an array', [seconds + 200], 'claims'],
  ])('refuses an exp that is %s', (_name, exp, reason) => {
    expect(outcome({ ...good, exp })).toBe(reason);
  });

  it('refuses an exp beyond what a number can be', () => {
    const text = JSON.stringify(good).replace(String(good.exp), '1e999');
    expect(outcome(text)).toBe('claims');
  });

  it.each(['iat', 'nbf'])('takes an %s that is missing, past, or at most a minute ahead', (name) => {
    expect(outcome({ ...good, [name]: seconds + 60 })).toBe('read');
    expect(outcome({ ...good, [name]: now + 60_000 })).toBe('read');
    expect(outcome({ ...good, [name]: 0 })).toBe('read');
    expect(outcome({ ...good, [name]: seconds + 61 })).toBe('not-yet-valid');
    expect(outcome({ ...good, [name]: now + 61_000 })).toBe('not-yet-valid');
    expect(outcome({ ...good, [name]: 'now' })).toBe('claims');
    expect(outcome({ ...good, [name]: null })).toBe('claims');
  });

  it.each([
    ['ours', audience, 'read'],
    ['another accepted one', 'https://b.example/t', 'read'],
    ['an array of ours', [audience], 'read'],
    ['ours with another end', `${audience}/`, 'audience'],
    ['the beginning of ours', audience.slice(0, -1), 'audience'],
    ['in capital letters', audience.toUpperCase(), 'audience'],
    ['two accepted ones', [audience, 'https://b.example/t'], 'audience'],
    ['ours and a foreign one', [audience, 'https://evil.example'], 'audience'],
    ['an array in an array', [[audience]], 'audience'],
    ['an empty array', [], 'audience'],
    ['foreign', 'https://evil.example/token', 'audience'],
    ['missing', undefined, 'audience'],
    ['an object', { 0: audience, length: 1 }, 'audience'],
  ])('judges an audience that is %s', (_name, aud, expected) => {
    expect(outcome({ ...good, aud })).toBe(expected);
  });

  it('needs iss and sub to be the same text, and a jti', () => {
    for (const claims of [
      { sub: 'another' },
      { sub: undefined },
      { iss: undefined },
      { iss: 1, sub: 1 },
      { iss: null, sub: null },
      { jti: undefined },
      { jti: '' },
      { jti: 7 },
      { jti: {} },
    ])
      expect(outcome({ ...good, ...claims })).toBe('claims');
  });

  it('refuses critical headers and JWTs of another kind, and takes no notice of key headers', () => {
    const withHeader = (header: object) => outcome(good, { alg: 'RS256', ...header });
    expect(withHeader({})).toBe('read');
    expect(withHeader({ typ: 'jwt' })).toBe('read');
    expect(withHeader({ typ: 'client-authentication+jwt' })).toBe('read');
    expect(
      withHeader({ kid: '../../dev/null', jku: 'https://evil.example', jwk: {}, x5u: 'x', x5c: [] }),
    ).toBe('read');
    expect(withHeader({ typ: 'at+jwt' })).toBe('type');
    expect(withHeader({ typ: ['JWT'] })).toBe('type');
    expect(withHeader({ crit: ['exp'] })).toBe('critical-header');
    expect(withHeader({ crit: [] })).toBe('critical-header');
    expect(withHeader({ crit: null })).toBe('critical-header');
    expect(withHeader({ crit: ['b64'], b64: false })).toBe('critical-header');
    expect(withHeader({ alg: undefined })).toBe('malformed');
    expect(withHeader({ alg: ['RS256'] })).toBe('malformed');
  });

  it('reads up to 16 KiB', () => {
    const padded = (length: number) => {
      const start = `${encodePart({ alg: 'RS256' })}.${encodePart(good)}.`;
      return readAssertion(start.padEnd(length, 'A'), [audience], now).outcome;
    };
    expect(padded(16_384)).toBe('read');
    expect(padded(16_385)).toBe('refused');
  });

  it('never throws, whatever it is given', () => {
    const part = fc.oneof(
      fc.string().map(encodePart),
      fc.json().map(encodePart),
      fc.base64String(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    const text = fc.oneof(
      fc.string(),
      fc.tuple(part, part, part).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(text, (assertion) => readAssertion(assertion, [audience], now).outcome === 'refused'),
    );
  });

  it('survives deep nesting', () => {
    const nested = '['.repeat(6_000) + ']'.repeat(6_000);
    expect(outcome(nested)).toBe('malformed');
    expect(outcome(`{"a":${nested.slice(3_000, -3_000)}}`)).toBe('claims');
  });
});
