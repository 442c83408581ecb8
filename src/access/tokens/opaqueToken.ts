import { hash } from 'node:crypto';
import type { Random } from '../../platform/random/random.ts';

/**
 * What our tokens begin with, so that a secret scanner recognises one that lies where it should not: `trb_` for a
 * service account's, `trp_` for a participant's.
 */
export type TokenPrefix = 'trb_' | 'trp_';

const randomPart = /^[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits that mean nothing by themselves. */
export function makeToken(prefix: TokenPrefix, random: Random): string {
  return prefix + random.bytes(32).toString('base64url');
}

/** What is stored and cached in the place of a token; undefined for a text that cannot be one of this kind. */
export function digestToken(prefix: TokenPrefix, token: string): string | undefined {
  return token.startsWith(prefix) && randomPart.test(token.slice(prefix.length))
    ? hash('sha256', token, 'hex')
    : undefined;
}
