import { countBits, readParameters } from './parameters.ts';
import { judgeScopes } from './judgeScopes.ts';
import type { Accuse } from './rules.ts';

/** What the server knows of its one client and of its own. */
export interface Registration {
  readonly clientID: string;
  readonly redirectUris: readonly string[] | undefined;
  readonly fhirBase: string;
  readonly scopeVersions: readonly ('v1' | 'v2')[];
  /** Parameters that the vendor wants beside the standard's, with their values. */
  readonly extraParameters: Readonly<Record<string, string>>;
}

/** Values that may never come twice. */
export interface Seen {
  readonly states: Set<string>;
  readonly challenges: Set<string>;
  readonly nonces: Set<string>;
}

export interface AuthorizationRequest {
  readonly method: string;
  /** Query, or the form that was posted. */
  readonly parameters: string;
  readonly addressLength: number;
  readonly referer: string | undefined;
}

const standard = [
  ...['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'aud'],
  ...['code_challenge', 'code_challenge_method', 'nonce'],
];
const secrets = ['client_secret', 'client_assertion', 'code_verifier', 'access_token', 'refresh_token'];

/** Judges every parameter of an authorization request; gives what of it can be used. */
export function judgeAuthorization(
  request: AuthorizationRequest,
  known: Registration & Seen,
  accuse: Accuse,
): ReadonlyMap<string, string> {
  if (request.method !== 'GET' && request.method !== 'POST') accuse('authorization-method');
  if (request.addressLength > 8_000) accuse('authorization-length');
  if (request.referer !== undefined && !isOrigin(request.referer)) accuse('authorization-referer');
  const names = new Set([...standard, ...secrets, ...Object.keys(known.extraParameters)]);
  const given = readParameters(request.parameters, names, { accuse, unknown: 'authorization-unknown' });
  if (secrets.some((name) => given.has(name))) accuse('authorization-secret');
  for (const [name, value] of Object.entries(known.extraParameters))
    if (given.get(name) !== value) accuse('authorization-extra');
  if (given.get('response_type') !== 'code') accuse('response-type');
  if (given.get('client_id') !== known.clientID) accuse('client-id');
  judgeRedirect(given.get('redirect_uri'), known.redirectUris, accuse);
  judgeScopes(given.get('scope'), known.scopeVersions, accuse);
  judgeState(given.get('state'), known.states, accuse);
  judgeChallenge(given, known.challenges, accuse);
  judgeNonce(given, known.nonces, accuse);
  if (given.get('aud') !== known.fhirBase) accuse('aud-exact');
  const values = ['state', 'nonce', 'code_challenge'].flatMap((name) => given.get(name) ?? []);
  if (new Set(values).size < values.length) accuse('values-apart');
  return given;
}

function isOrigin(referer: string): boolean {
  const url = URL.parse(referer);
  return url !== null && url.pathname === '/' && url.search === '';
}

function judgeRedirect(
  text: string | undefined,
  registered: readonly string[] | undefined,
  accuse: Accuse,
): void {
  const url = URL.parse(text ?? '');
  if (url === null || text?.includes('#') !== false) {
    accuse('redirect-uri-absolute');
    return;
  }
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    accuse('redirect-uri-encrypted');
  if (registered?.includes(text) === false) accuse('redirect-uri-registered');
}

function judgeState(state: string | undefined, seen: Set<string>, accuse: Accuse): void {
  if (state === undefined) {
    accuse('state-missing');
    return;
  }
  if (!/^[\x20-\x7E]+$/.test(state)) accuse('state-characters');
  if (countBits(state) < 122) accuse('state-entropy');
  if (seen.has(state)) accuse('state-reused');
  seen.add(state);
}

/** The last of 43 characters carries four bits: base64url of 32 bytes ends in nothing else. */
const digest = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

function judgeChallenge(given: ReadonlyMap<string, string>, seen: Set<string>, accuse: Accuse): void {
  const challenge = given.get('code_challenge');
  if (given.get('code_challenge_method') !== 'S256') accuse('challenge-method');
  if (challenge === undefined) {
    accuse('challenge-missing');
    return;
  }
  if (!digest.test(challenge)) accuse('challenge-form');
  if (seen.has(challenge)) accuse('challenge-reused');
  seen.add(challenge);
}

function judgeNonce(given: ReadonlyMap<string, string>, seen: Set<string>, accuse: Accuse): void {
  const nonce = given.get('nonce');
  if (nonce === undefined) return;
  if (given.get('scope')?.split(' ').includes('openid') !== true) accuse('nonce-openid');
  if (countBits(nonce) < 122) accuse('nonce-entropy');
  if (seen.has(nonce)) accuse('nonce-reused');
  seen.add(nonce);
}
