import { describe, expect, it } from 'vitest';
import { parseQuery } from './parseQuery.ts';

describe('parseQuery', () => {
  it('keeps a byte order mark: without it another value would be asked for', () => {
    expect(parseQuery('a=%EF%BB%BFx&%EF%BB%BFb=1')).toEqual({ a: '\ufeffx', '\ufeffb': '1' });
  });
});
