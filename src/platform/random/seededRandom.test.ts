import { describe, expect, it } from 'vitest';
import { createSeededRandom, createXoshiro128 } from './seededRandom.ts';

describe('a seeded random', () => {
  it('is xoshiro128**: the values of the reference implementation in C', () => {
    const draw = (state: number[]) => {
      const next = createXoshiro128(state);
      return Array.from({ length: 10 }, next);
    };
    expect(draw([1, 2, 3, 4])).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
    expect(draw([0xdeadbeef, 0xcafebabe, 0x80000000, 0xffffffff])).toEqual([
      1667872595, 1273045634, 1927145814, 34113730, 1649896809, 2796384162, 1097788085, 471698630, 1050937562,
      874935986,
    ]);
  });

  it('repeats itself for the same seed and for no other', () => {
    const draw = (seed: string) => {
      const random = createSeededRandom(seed);
      return [
        random.uuid(),
        random.bytes(7).toString('hex'),
        random.fraction(),
        random.below(1000),
        random.wait(5),
      ];
    };
    expect(draw('river')).toEqual(draw('river'));
    expect(draw('river')).not.toEqual(draw('rivers'));
    expect(draw('river')).toMatchInlineSnapshot(`
      [
        "22af1738-f7d6-4558-a09e-f93b304ab719",
        "54e9bb9302fff6",
        0.8455112161735423,
        493,
        2.6537471216411785,
      ]
    `);
  });

  it('gives version 4 GUIDs in lower case', () => {
    const random = createSeededRandom('guid');
    for (let count = 0; count < 200; count++)
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('draws evenly and stays within its bounds', () => {
    const random = createSeededRandom('even');
    const counts = new Array<number>(10).fill(0);
    let waited = 0;
    let heads = 0;
    for (let count = 0; count < 100_000; count++) {
      const fraction = random.fraction();
      if (fraction < 0 || fraction >= 1) throw new Error(`fraction ${fraction}`);
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? Number.NaN) + 1;
      waited += random.wait(3);
      heads += random.chance(0.25) ? 1 : 0;
    }
    for (const drawn of counts) expect(Math.abs(drawn - 10_000)).toBeLessThan(400);
    expect(waited / 100_000).toBeCloseTo(3, 1);
    expect(heads / 100_000).toBeCloseTo(0.25, 2);
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.bytes(5)).toHaveLength(5);
  });
});
