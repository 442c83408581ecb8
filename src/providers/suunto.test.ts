import { describe, expect, it } from 'vitest';
import { isFailure, judgeError } from '../definitions/judgeError.ts';
import { provider } from './suunto.ts';

const definition = { ...provider, slug: 'suunto' };

describe('rules for failures of Suunto', () => {
  it('see an error or a code in an answer with status 200, whatever it says', () => {
    for (const body of [{ error: 'anything' }, { error: { nested: true } }, { error: 0 }, { code: 'E1' }]) {
      expect(isFailure(definition, 'data', { status: 200, body })).toBe(true);
      expect(judgeError(definition, 'data', { status: 200, body })).toBe('failed');
    }
  });

  it('do not take the absence of an error for one', () => {
    for (const body of [{ error: null, payload: [] }, { payload: [] }, [], null])
      expect(isFailure(definition, 'data', { status: 200, body })).toBe(false);
  });

  it('call an exhausted quota rate-limited and a refused token just that, whatever the body says', () => {
    const body = { error: 'anything', code: 1 };
    expect(judgeError(definition, 'data', { status: 403, body })).toBe('rate-limited');
    expect(judgeError(definition, 'data', { status: 401, body })).toBe('token-refused');
  });
});
