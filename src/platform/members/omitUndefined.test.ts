import { expect, it } from 'vitest';
import { omitUndefined } from './omitUndefined.ts';

it('leaves out what is undefined, keeps every other value and the order', () => {
  const made: { readonly b: number; readonly a?: string; readonly c: null; readonly d: false } =
    omitUndefined({
      b: 0,
      a: undefined as string | undefined,
      c: null,
      d: false as const,
    });
  expect(JSON.stringify(made)).toBe('{"b":0,"c":null,"d":false}');
  expect('a' in made).toBe(false);
});
