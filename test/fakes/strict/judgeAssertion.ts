import { constants, verify, type KeyObject } from 'node:crypto';
import { countBits } from './parameters.ts';
import type { Accuse } from './rules.ts';

/** The key with which the client registered. */
export interface RegisteredKey {
  readonly algorithm: 'RS384' | 'ES384';
  readonly kid: string;
  readonly publicKey: KeyObject;
}

export interface AssertionCircumstances {
  readonly clientID: string;
  readonly key: RegisteredKey;
  /** Addresses of which one must be the audience. */
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Identifiers of assertions so far. */
  readonly seen: Set<string>;
}

const lifetimeSMax = 300;
/** Header parameters that let whoever signs choose the key, or that a reader has to understand. */
const forbidden = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc'];
const claims = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/** Judges a client assertion (RFC 7523, SMART App Launch 2.2), with Node's own crypto. */
export function judgeAssertion(text: string, circumstances: AssertionCircumstances, accuse: Accuse): void {
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  const header = readPart(head);
  const payload = readPart(body);
  if (header === undefined || payload === undefined || more.length > 0 || !isBase64url(signature)) {
    accuse('assertion-form');
    return;
  }
  judgeHeader(header, circumstances.key, accuse);
  if (!isSigned(`${head}.${body}`, Buffer.from(signature, 'base64url'), circumstances.key))
    accuse('assertion-signature');
  judgeClaims(payload, circumstances, accuse);
}

type Part = Readonly<Record<string, unknown>>;

function judgeHeader(header: Part, key: RegisteredKey, accuse: Accuse): void {
  if (header.alg !== key.algorithm) accuse('assertion-alg');
  if (header.typ !== 'JWT') accuse('assertion-typ');
  if (header.kid !== key.kid) accuse('assertion-kid');
  if (forbidden.some((name) => name in header)) accuse('assertion-header');
}

function judgeClaims(
  payload: Part,
  { clientID, audiences, now, seen }: AssertionCircumstances,
  accuse: Accuse,
): void {
  const { iss, sub, aud, exp, jti } = payload;
  if (iss !== clientID || sub !== clientID) accuse('assertion-client');
  if (typeof aud !== 'string' || !audiences.includes(aud)) accuse('assertion-aud');
  const nowS = now / 1000;
  const isAhead =
    typeof exp === 'number' && Number.isInteger(exp) && exp > nowS && exp <= nowS + lifetimeSMax;
  if (!isAhead) accuse('assertion-exp');
  for (const begin of [payload.nbf, payload.iat])
    if (begin !== undefined && (typeof begin !== 'number' || begin > nowS)) accuse('assertion-begin');
  if (typeof jti !== 'string' || countBits(jti) < 96) accuse('assertion-jti');
  else if (seen.has(jti)) accuse('assertion-jti-reused');
  else seen.add(jti);
  if (Object.keys(payload).some((name) => !claims.has(name))) accuse('assertion-claims');
}

function isSigned(input: string, signature: Buffer, { algorithm, publicKey }: RegisteredKey): boolean {
  return algorithm === 'RS384'
    ? verify(
        'sha384',
        Buffer.from(input),
        { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
        signature,
      )
    : verify('sha384', Buffer.from(input), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

function isBase64url(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64url').toString('base64url') === text;
}

function readPart(text: string): Part | undefined {
  if (!isBase64url(text)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : undefined;
  } catch {
    return undefined;
  }
}
