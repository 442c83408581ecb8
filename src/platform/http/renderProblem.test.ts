import { describe, expect, it } from 'vitest';
import { judgeFailure } from './renderProblem.ts';

describe('a failure', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    '57P01',
    '53300',
    '08006',
    '55P03',
  ])('of the database to be there (%s) is a 503, not a bug', (code) => {
    expect(judgeFailure(Object.assign(new Error('x'), { code })).problem.status).toBe(503);
  });

  it.each([
    [new Error('secret P-1')],
    [Object.assign(new Error('secret P-1'), { code: '42601' })],
    ['secret P-1'],
    [undefined],
  ])('that is a bug says nothing (%#)', (thrown) => {
    const { problem, detail } = judgeFailure(thrown);
    expect(problem.status).toBe(500);
    expect(detail).not.toContain('secret');
  });
});
