import { isObject } from '../../platform/members/isObject.ts';
/** Why an assertion was refused: for the log alone, the sender never learns it. */
export type RefusalReason =
  | 'too-large'
  | 'malformed'
  | 'type'
  | 'critical-header'
  | 'claims'
  | 'audience'
  | 'expired'
  | 'too-long-lived'
  | 'not-yet-valid'
  | 'unknown-account'
  | 'algorithm'
  | 'signature'
  | 'replayed';

/** What an assertion says, before anybody has looked at its signature. */
export interface ReadAssertion {
  readonly outcome: 'read';
  readonly algorithm: string;
  readonly issuer: string;
  readonly jti: string;
  /** First instant at which it is no longer accepted, in milliseconds. */
  readonly acceptedUntil: number;
}

/** An assertion that gives no token; the reason goes to the log, never to the caller. */
export interface Refused {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
}

const assertionLengthMax = 16 * 1024;
const skewMs = 60_000;
const lifetimeMaxMs = 3_600_000;
/** A NumericDate above this is in milliseconds: as seconds it would lie beyond the year 5000. */
const secondsMax = 1e11;

const compactForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;
const mediaTypes = new Set(['jwt', 'client-authentication+jwt']);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a JWT client assertion and judges everything but who signed it (RFC 7523 section 3).
 *
 * As strict as the standards where a mistake would open something (one audience, compared exactly; no `crit`; a
 * `typ` of another kind of JWT), and as tolerant as clients of the platform need elsewhere: `exp` in seconds, with
 * a fraction, or in milliseconds; `iat` and `nbf` may be missing. `kid`, `jku`, `x5u`, `x5c` and `jwk` mean
 * nothing: a message does not choose the key that it is checked with.
 */
export function readAssertion(
  assertion: string,
  audiences: readonly string[],
  now: number,
): ReadAssertion | Refused {
  if (assertion.length > assertionLengthMax) return refuse('too-large');
  const parts = compactForm.exec(assertion);
  const header = readObject(parts?.[1]);
  const claims = readObject(parts?.[2]);
  if (header === undefined || claims === undefined || typeof header.alg !== 'string')
    return refuse('malformed');
  if (!isAcceptedType(header.typ)) return refuse('type');
  if (Object.hasOwn(header, 'crit')) return refuse('critical-header');

  const { iss, sub, jti } = claims;
  if (typeof iss !== 'string' || iss !== sub || typeof jti !== 'string' || jti === '')
    return refuse('claims');
  if (!isAcceptedAudience(claims.aud, audiences)) return refuse('audience');
  const time = judgeTime(claims, now);
  if (typeof time !== 'number') return time;
  return { outcome: 'read', algorithm: header.alg, issuer: iss, jti, acceptedUntil: time };
}

/** Counted from now instead of from `iat`, which most clients leave out. */
function judgeTime(claims: Record<string, unknown>, now: number): number | Refused {
  const expiresAt = readNumericDate(claims.exp);
  if (expiresAt === undefined) return refuse('claims');
  if (expiresAt + skewMs <= now) return refuse('expired');
  if (expiresAt > now + lifetimeMaxMs + skewMs) return refuse('too-long-lived');
  for (const begin of [claims.iat, claims.nbf]) {
    if (begin === undefined) continue;
    const at = readNumericDate(begin);
    if (at === undefined) return refuse('claims');
    if (at > now + skewMs) return refuse('not-yet-valid');
  }
  return expiresAt + skewMs;
}

function readNumericDate(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return value > secondsMax ? value : value * 1000;
}

/** One string, or an array of one: with several audiences another service could pass the assertion on to us. */
function isAcceptedAudience(audience: unknown, accepted: readonly string[]): boolean {
  const only: unknown = Array.isArray(audience) && audience.length === 1 ? audience[0] : audience;
  return typeof only === 'string' && accepted.includes(only);
}

/** A JWT that was signed for another purpose says so in `typ` (RFC 8725 section 3.11). */
function isAcceptedType(type: unknown): boolean {
  if (type === undefined) return true;
  return typeof type === 'string' && mediaTypes.has(type.toLowerCase().replace(/^application\//, ''));
}

function readObject(segment: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (segment === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(Buffer.from(segment, 'base64url')));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refuse(reason: RefusalReason): Refused {
  return { outcome: 'refused', reason };
}
