import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScopes, printScopes, type ScopeNotation } from './scopes.ts';

const facts = (scopeSeparator: ' ' | ',', more: object = {}): ScopeNotation => ({
  scopeSeparator,
  grantedScopes: { from: 'token-answer', ...more },
});

/** Any text that can be a name between these separators. */
const nameBetween = (separator: string) =>
  fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      fc.stringMatching(/^[!#-[\]-~]{1,80}$/),
      fc.constantFrom(
        '\u0000',
        '\t',
        '\n',
        '\u00a0',
        '\u2028',
        '\ud800',
        'é',
        'e\u0301',
        '__proto__',
        '"',
        '\\',
      ),
    )
    .filter((name) => !name.includes(separator) && name.replaceAll(/^ +| +$/g, '') === name);

describe('parseScopes', () => {
  it('keeps the order and takes each scope once', () => {
    expect(parseScopes('b a b c a', facts(' '))).toEqual(['b', 'a', 'c']);
    expect(parseScopes('b,a,b', facts(','))).toEqual(['b', 'a']);
    expect(parseScopes(['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'ACTIVITY_EXPORT'], facts(' '))).toEqual([
      'ACTIVITY_EXPORT',
      'HEALTH_EXPORT',
    ]);
  });

  it('finds no scope in nothing, and none between two separators', () => {
    for (const nothing of ['', ' ', '   ', []]) expect(parseScopes(nothing, facts(' '))).toEqual([]);
    expect(parseScopes(',, ,a,, b ,', facts(','))).toEqual(['a', 'b']);
    expect(parseScopes('  a   b ', facts(' '))).toEqual(['a', 'b']);
  });

  it('splits at the vendor’s separator and nowhere else', () => {
    expect(parseScopes('a,b\tc\nd e', facts(' '))).toEqual(['a,b\tc\nd', 'e']);
    expect(parseScopes('read write,b', facts(','))).toEqual(['read write', 'b']);
    expect(parseScopes('a\u00a0b\u2003c', facts(' '))).toEqual(['a\u00a0b\u2003c']);
    expect(parseScopes(['a b'], facts(' '))).toEqual(['a b']);
  });

  it('takes off the vendor’s prefix, once, and never the whole name', () => {
    const oura = facts(' ', { stripPrefix: 'extapi:' });
    expect(parseScopes('extapi:daily daily email extapi: extapi:extapi:x', oura)).toEqual([
      'daily',
      'email',
      'extapi:',
      'extapi:x',
    ]);
  });

  it('leaves out what is not ours where the definition says what is', () => {
    const google = facts(' ', { keepPrefix: 'https://health.example.org/' });
    expect(parseScopes('openid https://health.example.org/sleep https://mail.example.org/', google)).toEqual([
      'https://health.example.org/sleep',
    ]);
  });

  it('takes 40 KB of anything in a moment', () => {
    const many = Array.from({ length: 8_000 }, (_, index) => `s${index}`);
    const began = performance.now();
    expect(parseScopes(many.join(' '), facts(' '))).toEqual(many);
    expect(parseScopes(`${' '.repeat(40_000)}x${' '.repeat(40_000)}`, facts(','))).toEqual(['x']);
    expect(parseScopes('x'.repeat(40_000), facts(' '))).toEqual(['x'.repeat(40_000)]);
    expect(parseScopes(','.repeat(40_000), facts(','))).toEqual([]);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe('printScopes', () => {
  for (const separator of [' ', ',', ', '] as const) {
    const divider = separator === ' ' ? ' ' : ',';
    it(`writes with "${separator}" what parseScopes reads back, whatever the names hold`, () => {
      fc.assert(
        fc.property(fc.array(nameBetween(divider), { maxLength: 50 }), (names) => {
          const read = parseScopes(printScopes(names, separator), facts(divider));
          expect(read).toEqual([...new Set(names)]);
        }),
        { numRuns: 500 },
      );
    });

    it(`refuses a name that "${separator}" would take apart`, () => {
      for (const name of ['', `a${divider}b`, divider, ' a', 'a '])
        expect(() => printScopes(['good', name], separator)).toThrow('cannot stand in a list');
    });
  }
});
