import { describe, expect, it } from 'vitest';
import { isFailure, judgeError } from '../definitions/judgeError.ts';
import { provider } from './coros.ts';

const definition = { ...provider, slug: 'coros' };

describe('rules for failures of COROS', () => {
  it('believe the result in the body, not the status', () => {
    const refusal = { status: 200, body: { result: '1001' } };
    for (const phase of ['data', 'revoke'] as const) {
      expect(isFailure(definition, phase, refusal)).toBe(true);
      expect(judgeError(definition, phase, refusal)).toBe('failed');
    }
  });

  it('take a good result, or none, for a success', () => {
    for (const body of [{ result: '0000' }, {}, null, 'result'])
      expect(isFailure(definition, 'data', { status: 200, body })).toBe(false);
  });

  it('leave bare statuses to what they usually mean', () => {
    const body = { result: '1001' };
    expect(judgeError(definition, 'data', { status: 401, body })).toBe('token-refused');
    expect(judgeError(definition, 'data', { status: 503, body })).toBe('retry-later');
  });
});
