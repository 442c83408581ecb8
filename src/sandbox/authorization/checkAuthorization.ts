import type { PlayedProvider } from '../played/playedProvider.ts';
import { readAskedScopes } from './offerScopes.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** An authorization request that can be shown to a participant. */
export interface AskedAuthorization {
  readonly redirectUri: string;
  readonly state?: string;
  readonly asked: readonly string[];
  readonly responseMode: 'query' | 'fragment';
  readonly challenge?: string;
  readonly nonce?: string;
  readonly mayRefresh: boolean;
}

export type AuthorizationReading =
  | { readonly outcome: 'good'; readonly request: AskedAuthorization }
  /** Told to the client (RFC 6749 section 4.1.2.1). */
  | { readonly outcome: 'redirect'; readonly error: string; readonly reply: Reply }
  /** Told to the person: the client cannot be trusted. */
  | { readonly outcome: 'page'; readonly message: string };

/** Where the answer goes. */
export type Reply = Pick<AskedAuthorization, 'redirectUri' | 'state' | 'responseMode'>;

/** Reads an authorization request as this provider does (RFC 6749 section 4.1.1, RFC 7636 section 4.3, SMART). */
export function checkAuthorization(
  provider: PlayedProvider,
  asked: URLSearchParams,
  fhirBase: string | undefined,
): AuthorizationReading {
  const { auth, credentials } = provider;
  const one = (name: string) => (asked.getAll(name).length === 1 ? asked.get(name) : null);
  if (one('client_id') !== credentials.clientID)
    return { outcome: 'page', message: 'The application is not registered here (client_id).' };
  const redirectUri = one('redirect_uri');
  const objection = refuseRedirectUri(redirectUri, provider.dials().redirectUris);
  if (objection !== undefined || redirectUri === null)
    return { outcome: 'page', message: `This address cannot be gone back to: ${objection ?? ''}` };
  const mode = one('response_mode') ?? auth.responseMode ?? 'query';
  const state = one('state');
  const responseMode = mode === 'fragment' ? 'fragment' : 'query';
  const reply = omitUndefined({ redirectUri, responseMode, state: state ?? undefined });
  const refuse = (error: string) => ({ outcome: 'redirect', error, reply }) as const;
  if (isRepeated(asked) || (mode !== 'query' && mode !== 'fragment')) return refuse('invalid_request');
  if (one('response_type') !== 'code') return refuse('unsupported_response_type');
  if ((state?.length ?? 0) < (auth.stateLengthMin ?? 0)) return refuse('invalid_request');
  const challenge = readChallenge(asked);
  if (challenge === undefined || (challenge === '' && auth.pkce === 'required'))
    return refuse('invalid_request');
  if (challenge !== '' && auth.pkce === 'breaks') return refuse('invalid_request');
  if (auth.kind === 'smart' && !isAudience(asked.get('aud'), auth.aud, fhirBase))
    return refuse('invalid_request');
  const scopes = readAskedScopes(provider, asked);
  if ('refused' in scopes) return refuse('invalid_scope');
  const nonce = one('nonce');
  return {
    outcome: 'good',
    request: omitUndefined({
      ...reply,
      asked: scopes.names,
      challenge: challenge === '' ? undefined : challenge,
      nonce: nonce ?? undefined,
      mayRefresh: hasAll(asked, provider.quirk.refreshTokenNeeds?.authorize),
    }),
  };
}

function isRepeated(asked: URLSearchParams): boolean {
  const names = [...asked.keys()];
  return new Set(names).size !== names.length;
}

/** Exact addresses only: https, or this machine. */
function refuseRedirectUri(text: string | null, pinned: readonly string[] | undefined): string | undefined {
  const url = text === null ? null : URL.parse(text);
  if (text === null || url === null) return 'it is missing, or no address (redirect_uri).';
  if (pinned !== undefined) return pinned.includes(text) ? undefined : 'it is not registered (redirect_uri).';
  if (text.includes('#')) return 'it has a fragment.';
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal) ? undefined : 'it is not https.';
}

/** Empty where there is none, undefined where it is wrong. */
function readChallenge(asked: URLSearchParams): string | undefined {
  const challenge = asked.get('code_challenge');
  const method = asked.get('code_challenge_method');
  if (challenge === null) return method === null ? '' : undefined;
  return method === 'S256' && /^[A-Za-z0-9\-_]{43}$/.test(challenge) ? challenge : undefined;
}

/**
 * SMART App Launch 2.2: the FHIR base, however a directory may have published it (a slash at its end, its default port,
 * capitals in its host); some refuse the slash, and some any audience.
 */
function isAudience(given: string | null, rule: 'base' | 'base-without-slash' | 'omit', base = ''): boolean {
  if (rule === 'omit' || given === null) return rule === 'omit' && given === null;
  if (rule === 'base-without-slash' && given.endsWith('/')) return false;
  return URL.parse(given)?.href.replace(/\/+$/, '') === base;
}

function hasAll(asked: URLSearchParams, needed: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(needed).every(([name, value]) => asked.get(name) === value);
}
