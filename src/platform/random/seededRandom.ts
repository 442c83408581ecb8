import { hash } from 'node:crypto';
import type { Random } from './random.ts';

/** Chance that repeats itself: the same seed gives the same draws on every machine. Never for secrets. */
export interface SeededRandom extends Random {
  /** Uniform from 0 up to but not including 1, with 53 random bits. */
  fraction(): number;
  /** A whole number from 0 up to but not including `limit` (at most 2^32). */
  below(limit: number): number;
  /** True in the given share of draws. */
  chance(share: number): boolean;
  /** Exponentially distributed with the given mean: how long until something that happens now and then. */
  wait(mean: number): number;
}

/**
 * A generator for everything that hangs on `seed`, a text of any length.
 *
 * xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it), whose state is the beginning of the seed's
 * SHA-256. Seeds that differ in one character give unrelated draws, so a thing and its parts can have
 * generators of their own and do not disturb each other.
 */
export function createSeededRandom(seed: string): SeededRandom {
  const digest = hash('sha256', seed, 'buffer');
  const next = createXoshiro128([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)));
  const fraction = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  const bytes = (count: number) => {
    const drawn = Buffer.alloc(count);
    for (let index = 0; index < count; index += 4) {
      const word = next();
      for (let byte = 0; byte < 4 && index + byte < count; byte++) drawn[index + byte] = word >>> (8 * byte);
    }
    return drawn;
  };
  return {
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
    chance: (share) => fraction() < share,
    wait: (mean) => drawExponential(fraction) * mean,
    bytes,
    uuid: () => {
      const id = bytes(16);
      id.writeUInt8(((id[6] ?? 0) & 0x0f) | 0x40, 6);
      id.writeUInt8(((id[8] ?? 0) & 0x3f) | 0x80, 8);
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}

/**
 * Von Neumann's exponential draw ("Various techniques used in connection with random digits", 1951): comparisons
 * alone, because the last bit of a logarithm is the engine's choice and the same seed must give the same bytes.
 */
function drawExponential(fraction: () => number): number {
  for (let whole = 0; ; whole++) {
    const first = fraction();
    let descents = 1;
    for (let last = first, next = fraction(); next < last; next = fraction()) {
      last = next;
      descents++;
    }
    if (descents % 2 === 1) return whole + first;
  }
}

/** The bare xoshiro128** over four 32-bit words, not all of them zero; each call gives the next 32 bits. */
export function createXoshiro128(state: readonly number[]): () => number {
  let [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
  return () => {
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result;
  };
}
