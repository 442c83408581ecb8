import { describe, expect, it } from 'vitest';
import { parseJsonBody } from './parseJsonBody.ts';

const parse = (text: string) => parseJsonBody(Buffer.from(text));

describe('parseJsonBody', () => {
  it('gives any JSON value, also after a byte order mark', () => {
    for (const value of [{ a: [1, 'ü', null] }, [], 'text', 0, null])
      expect(parse(JSON.stringify(value))).toEqual(value);
    expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it('gives undefined for what is no JSON', () => {
    for (const text of ['', '<html>', '{', '{"a":1}{', "{'a':1}", 'NaN']) expect(parse(text)).toBeUndefined();
    expect(parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });

  it('refuses to go deeper than 100 levels, and counts no bracket inside a string', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(parse(nested(100))).toBeDefined();
    expect(parse(nested(101))).toBeUndefined();
    expect(parse(nested(1_000_000))).toBeUndefined();
    const brackets = `\\"${'['.repeat(500)}{{\\\\`;
    expect(parse(JSON.stringify([brackets]))).toEqual([brackets]);
  });

  it('lets no member name change an object', () => {
    const value = parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value.admin).toBeUndefined();
  });
});
