import type { Secret } from '../../platform/config/secret.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { callProvider } from '../calls/callProvider.ts';
import type { ProviderConnection } from '../connection.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { readPath } from '../../definitions/readPath.ts';
import { covers, parseScopes } from '../../definitions/scopes.ts';
import { isStorable } from '../calls/readName.ts';
import type { TokenObject } from './tokenObject.ts';

/** What came with a fresh token. */
export interface ReceivedGrant {
  readonly accessToken: Secret;
  readonly tokens: TokenObject;
  /** The redirect's parameters. */
  readonly answer: URLSearchParams;
  readonly askedScopes: readonly string[];
  readonly accountID: number;
}

type ScopeReading = { readonly outcome: 'read'; readonly scopes: readonly string[] } | ProviderTrouble;

/**
 * The scopes that were granted, as the provider says; never what was only asked for, unless it says so: a token answer
 * without scopes means that they are those of the request (RFC 6749 section 5.1).
 */
export async function readGrantedScopes(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  received: ReceivedGrant,
): Promise<ScopeReading> {
  const { auth } = connection.definition;
  const { grantedScopes } = auth;
  const { tokens, answer, askedScopes } = received;
  switch (grantedScopes.from) {
    case 'request':
      return { outcome: 'read', scopes: askedScopes };
    case 'token-answer': {
      const given = readPath(tokens, grantedScopes.field ?? 'scope');
      return given === undefined || given === null
        ? { outcome: 'read', scopes: askedScopes }
        : parseGiven(auth, given);
    }
    case 'redirect':
      // The provider always names them there: an answer without them was tampered with.
      return parseGiven(auth, answer.get(grantedScopes.parameter ?? 'scope'));
    case 'call': {
      const { accessToken, accountID } = received;
      const subject = { phase: 'connect', accessToken, values: { accountID: String(accountID) } } as const;
      const told = await callProvider(parts, connection, { call: grantedScopes.call, subject });
      return told.outcome === 'done'
        ? parseGiven(auth, readPath(told.body, grantedScopes.path))
        : createTrouble('scopes-unreadable', told.verdict);
    }
  }
}

function parseGiven(auth: AnyAuth, given: unknown): ScopeReading {
  if (!isScopeList(given)) return createTrouble('scopes-unreadable', 'failed');
  const scopes = parseScopes(given, auth);
  return scopes.every(isStorable)
    ? { outcome: 'read', scopes }
    : createTrouble('scopes-unreadable', 'failed');
}

function isScopeList(given: unknown): given is string | readonly string[] {
  return typeof given === 'string' || (Array.isArray(given) && given.every((one) => typeof one === 'string'));
}

/**
 * Scopes without which there is no connection and that were not granted, under any of their names or within another
 * one. None for SMART, whose servers need not repeat those that open no data, and where a vendor tells nothing.
 */
export function findMissingScopes(auth: AnyAuth, granted: readonly string[]): readonly string[] {
  if (auth.kind === 'smart' || auth.grantedScopes.from === 'request') return [];
  return auth.scopes.flatMap(({ name, ask }) =>
    ask === 'required' && !covers(auth, granted, name) ? [name] : [],
  );
}
