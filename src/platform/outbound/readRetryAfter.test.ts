import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './readRetryAfter.ts';

const now = Date.parse('2026-11-30T10:00:00Z');
const day = 86_400_000;

describe('readRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 120 ', 120_000],
    ['0', 0],
    ['1000000000000', day],
    ['9'.repeat(30), day],
    ['Mon, 30 Nov 2026 10:02:00 GMT', 120_000],
    ['Monday, 30-Nov-26 10:02:00 GMT', 120_000],
    ['Mon Nov 30 10:02:00 2026', 120_000],
    ['Tue Dec  1 10:00:00 2026', day],
    ['Wed, 30 Dec 2026 10:00:00 GMT', day],
  ])('takes %s', (header, pause) => {
    expect(readRetryAfter(header, now)).toBe(pause);
  });

  it.each([
    undefined,
    '',
    '-3',
    '+3',
    '1.5',
    '120, 60',
    'Sep 2027',
    'tomorrow',
    'NaN',
    'Mon, 30 Nov 2026 09:59:00 GMT',
    'Mon, 99 Nov 2026 10:02:00 GMT',
    '2026-11-30T10:02:00Z',
  ])('takes %s for none', (header) => {
    expect(readRetryAfter(header, now)).toBeUndefined();
  });

  it('takes a year alone for seconds, as the standard does', () => {
    expect(readRetryAfter('2027', now)).toBe(2_027_000);
  });
});
