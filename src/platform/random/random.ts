import { randomBytes, randomUUID } from 'node:crypto';

/** Chance as an argument: the real source in service, a seeded one in tests and samples. */
export interface Random {
  /** `count` bytes, unpredictable in the real source. */
  bytes(count: number): Buffer;
  /** A version 4 UUID in lower case (RFC 9562). */
  uuid(): string;
}

/** The operating system's cryptographic source. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
};
