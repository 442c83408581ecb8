import { decodeJwt } from 'jose';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { FreshGrant } from '../connection.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import { readPath } from '../../definitions/readPath.ts';
import { readTokenField, type TokenObject } from './tokenObject.ts';

type Lifetimes = Pick<FreshGrant, 'accessExpiresAt' | 'refreshExpiresAt' | 'grantEndsAt'>;

/** Longer than any token and any study lives: a hundred years. */
const lifetimeMaxS = 3_155_760_000;
/** Unix time in seconds passes it in the year 5138, in milliseconds it did in 1973. */
const epochSecondsMax = 100_000_000_000;

/**
 * When tokens end, by our clock: `expires_in` counts from the moment at which the request was sent, which is never
 * too late. The definition says it where the answer does not; nobody says it where both are silent.
 *
 * What only introspection tells (`grantEnds`) is asked for by whoever refreshes, who also keeps an end that counts from the
 * consent as the answer to the code had it.
 */
export function readLifetimes(
  auth: AnyAuth,
  tokens: TokenObject,
  { sentAt, refreshToken }: { readonly sentAt: number; readonly refreshToken: string | undefined },
): Lifetimes {
  const { refresh, tokenAnswer } = auth;
  const after = (lifetime: unknown) => {
    const seconds = readSeconds(lifetime);
    return seconds === undefined ? undefined : sentAt + Math.floor(seconds * 1_000);
  };
  const at = (name: Parameters<typeof readTokenField>[1]) => readTokenField(tokens, name, tokenAnswer);
  const accessExpiresAt =
    after(at('expires_in')) ??
    // Others use the name for other things.
    (tokenAnswer.fields?.expires_at === undefined ? undefined : readInstant(at('expires_at'))) ??
    after(refresh.accessTokenLifetimeS);
  const refreshExpiresAt =
    refreshToken === undefined || refresh.policy === 'none'
      ? undefined
      : (after(at('refresh_token_expires_in')) ?? after(refresh.refreshTokenLifetimeS));
  const grantEndsAt = findGrantEnd(auth, tokens, { sentAt, refreshToken });
  return omitUndefined({
    accessExpiresAt,
    refreshExpiresAt,
    grantEndsAt,
  });
}

function findGrantEnd(
  { refresh }: AnyAuth,
  tokens: TokenObject,
  { sentAt, refreshToken }: { readonly sentAt: number; readonly refreshToken: string | undefined },
): number | undefined {
  if (refresh.policy === 'none' || refresh.grantEnds === undefined) return undefined;
  switch (refresh.grantEnds.from) {
    case 'token-answer':
      return readInstant(readPath(tokens, refresh.grantEnds.field));
    case 'refresh-token-claim':
      return refreshToken === undefined
        ? undefined
        : readInstant(readClaim(refreshToken, refresh.grantEnds.claim));
    case 'introspection':
      return undefined;
    case 'consent':
      return sentAt + refresh.grantEnds.afterS * 1_000;
  }
}

/**
 * A lifetime in seconds, of a number or a text that is one; at most a hundred years. Undefined for what is none: zero
 * and less mean to some servers that nothing ends, and to us that nothing was said.
 */
export function readSeconds(value: unknown): number | undefined {
  const seconds = readNumber(value);
  return seconds === undefined || seconds <= 0 ? undefined : Math.min(seconds, lifetimeMaxS);
}

/** An instant in milliseconds, of Unix time in either unit or of a date; undefined for what is none. */
function readInstant(value: unknown): number | undefined {
  const number = readNumber(value);
  if (number !== undefined)
    return number > 0
      ? Math.floor(Math.min(number < epochSecondsMax ? number * 1_000 : number, 8.64e15))
      : undefined;
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const instant = Date.parse(withZone(value.trim()));
  // Also keeps what no database stores: years before Christ.
  return instant > 0 ? instant : undefined;
}

/** Dates are UTC where they do not say otherwise, and some have a space for the `T`. */
function withZone(text: string): string {
  const dated = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T');
  return /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(dated) ? `${dated}Z` : dated;
}

function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s{0,9}-?\d{1,30}(\.\d{1,30})?\s{0,9}$/.test(value)) return undefined;
  return Number(value);
}

/** A claim of a token that is a JWT, read without verification: it came over TLS from the token endpoint. */
export function readClaim(token: string, claim: string): unknown {
  try {
    return readPath(decodeJwt(token), claim);
  } catch {
    return undefined;
  }
}
