import { hash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../platform/random/random.ts';

/**
 * A secret of 256 bits for an address, a cookie, a `state` or a `nonce`. In hexadecimal, because paths are matched
 * without regard to letter case.
 */
export function makeSecret(random: Random): string {
  return random.bytes(32).toString('hex');
}

/** A PKCE code verifier of 256 bits: 43 unreserved characters (RFC 7636 section 4.1). */
export function makeCodeVerifier(random: Random): string {
  return random.bytes(32).toString('base64url');
}

/** What is stored in the place of a secret, so that a copy of the database opens no journey. */
export function digestSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Whether both digests are there and the same, in constant time. */
export function isSameDigest(left: Buffer | null, right: Buffer | null): boolean {
  return left !== null && right !== null && left.length === right.length && timingSafeEqual(left, right);
}

/** base64url of the SHA-256 of a client's verifier, as clients of the platform hash it. */
export function hashVerifier(verifier: string): string {
  return hash('sha256', verifier, 'base64url');
}
