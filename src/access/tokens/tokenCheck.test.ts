import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import { createSeededRandom } from '../../platform/random/seededRandom.ts';
import type { Database } from '../../platform/storage/database.ts';
import { digestToken, makeToken } from './opaqueToken.ts';
import { createTokenCheck, type CheckedTokenKind } from './tokenCheck.ts';

type Row = readonly [name: string, expiresAt: Date];
type Answer = () => Promise<readonly Row[]>;

const random = createSeededRandom('tokens');
const kind: CheckedTokenKind<string, Row> = {
  prefix: 'trb_',
  statement: { name: 'live', text: 'select …' },
  read: ([caller, expiresAt]) => ({ caller, expiresAt }),
};

/** A check over a database that answers as told, and every question that it was asked. */
function create(answer: Answer) {
  const clock = createFakeClock(1_000_000);
  const asked: unknown[] = [];
  let answering = answer;
  const database = {
    prepared: (...question: unknown[]) => {
      asked.push(question);
      return answering();
    },
  } as unknown as Database;
  return {
    check: createTokenCheck({ database, clock }, kind),
    clock,
    asked,
    answerWith: (next: Answer) => (answering = next),
  };
}

const inAnHour = new Date(1_000_000 + 3_600_000);
const good: Answer = () => Promise.resolve([['study', inAnHour]]);
const bad: Answer = () => Promise.resolve([]);

describe('a token that is looked up', () => {
  it('is asked for by its digest and the time, never by itself, and gives its caller', async () => {
    const { check, clock, asked } = create(good);
    const token = makeToken('trb_', random);
    expect(await check(token)).toBe('study');
    expect(asked).toEqual([[kind.statement, [digestToken('trb_', token), new Date(clock.now())]]]);
    expect(JSON.stringify(asked)).not.toContain(token);
  });

  it('that cannot be one is asked for nowhere', async () => {
    const { check, asked } = create(good);
    const token = makeToken('trb_', random);
    for (const text of [
      '',
      'trb_',
      token.slice(1),
      makeToken('trp_', random),
      `${token}A`,
      token.slice(0, -1),
      `${token}\n`,
      ` ${token}`,
      `${token.slice(0, -1)}=`,
    ])
      expect(await check(text)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each([
    ['good', good, 'study'],
    ['made up', bad, undefined],
  ])('and is %s is remembered for less than three seconds', async (_, answer, caller) => {
    const { check, clock, asked } = create(answer);
    const token = makeToken('trb_', random);
    for (let times = 0; times < 3; times++) {
      expect(await check(token)).toBe(caller);
      clock.advance(999);
    }
    expect(asked).toHaveLength(1);
    clock.advance(3);
    expect(await check(token)).toBe(caller);
    expect(asked).toHaveLength(2);
  });

  it('is looked up anew when the clock was set back, because nobody knows how long ago it was', async () => {
    const { check, clock, asked } = create(good);
    const token = makeToken('trb_', random);
    await check(token);
    clock.set(clock.now() - 1);
    await check(token);
    expect(asked).toHaveLength(2);
  });

  it('stops at its expiry, in the middle of being remembered', async () => {
    const { check, clock } = create(() => Promise.resolve([['study', new Date(1_000_500)]]));
    const token = makeToken('trb_', random);
    clock.set(1_000_499);
    expect(await check(token)).toBe('study');
    clock.set(1_000_500);
    expect(await check(token)).toBeUndefined();
  });

  it('that was revoked is nobody’s from the next look-up on, and stays it', async () => {
    const { check, clock, answerWith, asked } = create(good);
    const token = makeToken('trb_', random);
    expect(await check(token)).toBe('study');
    answerWith(bad);
    clock.advance(3_000);
    expect(await check(token)).toBeUndefined();
    // What was known before is not found again.
    expect(await check(token)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('that was nobody’s is good from the next look-up on', async () => {
    const { check, clock, answerWith } = create(bad);
    const token = makeToken('trb_', random);
    expect(await check(token)).toBeUndefined();
    answerWith(good);
    clock.advance(3_000);
    expect(await check(token)).toBe('study');
    expect(await check(token)).toBe('study');
  });

  it('by many at once is looked up once, and another token for itself', async () => {
    const { check, asked, answerWith } = create(good);
    const { promise, resolve } = Promise.withResolvers<readonly Row[]>();
    answerWith(() => promise);
    const [token, other] = [makeToken('trb_', random), makeToken('trb_', random)];
    const checks = [check(token), check(token), check(other), check(token)];
    expect(asked).toHaveLength(2);
    resolve([['study', inAnHour]]);
    expect(await Promise.all(checks)).toEqual(['study', 'study', 'study', 'study']);
  });

  it('is not answered by a look-up that began too long ago: that may have seen the state before a revocation', async () => {
    const { check, clock, asked, answerWith } = create(good);
    const slow = Promise.withResolvers<readonly Row[]>();
    answerWith(() => slow.promise);
    const token = makeToken('trb_', random);
    const early = check(token);
    clock.advance(3_000);
    answerWith(bad);
    expect(await check(token)).toBeUndefined();
    expect(asked).toHaveLength(2);
    slow.resolve([['study', inAnHour]]);
    expect(await early).toBe('study');
    // The late answer of the old look-up is old already.
    expect(await check(token)).toBeUndefined();
  });

  it('leaves a newer look-up alone when an older one ends', async () => {
    const { check, clock, asked, answerWith } = create(good);
    const [first, second] = [
      Promise.withResolvers<readonly Row[]>(),
      Promise.withResolvers<readonly Row[]>(),
    ];
    const token = makeToken('trb_', random);
    answerWith(() => first.promise);
    const early = check(token);
    clock.advance(3_000);
    answerWith(() => second.promise);
    const late = check(token);
    first.resolve([]);
    await early;
    const third = check(token);
    expect(asked).toHaveLength(2);
    second.resolve([['study', inAnHour]]);
    expect(await Promise.all([late, third])).toEqual(['study', 'study']);
  });

  it('fails as the database does, and is looked up anew afterwards', async () => {
    const { check, asked, answerWith } = create(() => Promise.reject(new Error('the database is away')));
    const token = makeToken('trb_', random);
    await expect(check(token)).rejects.toThrow('the database is away');
    answerWith(good);
    expect(await check(token)).toBe('study');
    expect(asked).toHaveLength(2);
  });

  it('is not pushed out by a flood of made-up ones, nor are the latest 20,000 of those', async () => {
    const { check, asked, answerWith } = create(good);
    const token = makeToken('trb_', random);
    await check(token);
    answerWith(bad);
    const flood = Array.from({ length: 20_001 }, () => makeToken('trb_', random));
    for (const made of flood) await check(made);
    asked.length = 0;
    expect(await check(token)).toBe('study');
    for (const made of flood.slice(1)) await check(made);
    expect(asked).toEqual([]);
    await check(flood[0]!);
    expect(asked).toHaveLength(1);
  });
});

describe('a new token', () => {
  it('begins as its kind does, and is 256 random bits', () => {
    const bytes = Buffer.alloc(32, 0xfb);
    expect(makeToken('trp_', { ...random, bytes: (count) => bytes.subarray(0, count) })).toBe(
      `trp_${bytes.toString('base64url')}`,
    );
    const token = makeToken('trb_', random);
    expect(digestToken('trb_', token)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestToken('trp_', token)).toBeUndefined();
  });
});
