import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { AuthorizationServerFacts, FreshGrant, ProviderConnection } from './connection.ts';
import {
  buildAuthorizationRequest,
  type PreparedAuthorization,
  type JourneySecrets,
} from './steps/authorizationRequest.ts';
import { exchangeCode, type TokenExchange } from './steps/exchangeCode.ts';
import {
  giveBackByCall,
  giveBackByDiscovery,
  type GrantToRevoke,
  type Revocation,
} from './steps/giveBack.ts';
import { findMissingScopes, readGrantedScopes, type ReceivedGrant } from './steps/grantedScopes.ts';
import { readLifetimes } from './steps/lifetimes.ts';
import { findPerson, readPerson } from './steps/readPerson.ts';
import { readRedirect, type RedirectAnswer } from './steps/readRedirect.ts';
import { registerPerson } from './steps/registerPerson.ts';
import type { ProviderTrouble } from './providerTrouble.ts';
import { renewTokens, type GrantToRenew, type Renewal, type RenewedGrant } from './steps/renewTokens.ts';
import { readProxy } from './steps/smartOnFhir.ts';

export type {
  GrantToRenew,
  GrantToRevoke,
  JourneySecrets,
  PreparedAuthorization,
  Renewal,
  RenewedGrant,
  Revocation,
};

/**
 * The authorization request of a journey (RFC 6749 section 4.1.1, SMART App Launch 2.2) as the definition wants it, with
 * a code challenge (S256) unless the vendor breaks on one, whether or not the server announces it.
 */
export function prepareAuthorization(
  connection: ProviderConnection,
  server: AuthorizationServerFacts,
  journey: JourneySecrets,
): PreparedAuthorization {
  return buildAuthorizationRequest(connection, server, journey);
}

/** A journey whose participant has come back. */
export interface AnsweredJourney extends JourneySecrets, RedirectAnswer {
  readonly askedScopes: readonly string[];
  /** Ours, known before the account exists. */
  readonly accountID: number;
}

/** How an authorization ended; where tokens were received, they are in it, whatever became of it. */
export type AuthorizationOutcome =
  | { readonly outcome: 'granted'; readonly grant: FreshGrant }
  /** The participant said no; nothing was received. */
  | { readonly outcome: 'declined' }
  /** She agreed to nothing at all. The grant has to be given back. */
  | { readonly outcome: 'nothing-granted'; readonly grant: FreshGrant }
  /** Scopes without which there is no connection. The grant has to be given back. */
  | { readonly outcome: 'scope-missing'; readonly scopes: readonly string[]; readonly grant: FreshGrant }
  | ProviderTrouble;

/**
 * Turns a provider's redirect into a grant: checks it, exchanges the code, and learns what was granted, by whom and for
 * how long; last come the calls that complete a connection.
 *
 * The `state` has to be spent by the caller before: the code is sent once, and no request is ever repeated. `writeAhead`
 * is waited for before the code is sent; what it throws is thrown, and nothing is sent. Whatever is wrong is an outcome,
 * and carries the tokens that were received until then; not a word of the provider's leaves here.
 */
export async function completeAuthorization(
  parts: { readonly clock: Clock; readonly writeAhead?: () => Promise<void> },
  connection: ProviderConnection,
  journey: AnsweredJourney,
): Promise<AuthorizationOutcome> {
  const redirect = readRedirect(connection.definition, journey);
  if (redirect.outcome !== 'code') return redirect;
  const { parameters } = redirect;
  await parts.writeAhead?.();
  const exchange = await exchangeCode(parts, connection, { ...journey, parameters });
  if (exchange.outcome === 'trouble') return exchange;
  return learnGrant(parts, connection, { journey, exchange });
}

/**
 * Whether the provider may have given tokens in an exchange that ended so: nobody answered, or with what we cannot read.
 */
export function mayHaveGranted({ cause, verdict }: ProviderTrouble): boolean {
  switch (cause) {
    case 'token-malformed':
      return true;
    case 'token-unreachable':
      return verdict === 'retry-later';
    case 'token-refused':
      return verdict === 'retry-later' || verdict === 'failed';
    default:
      return false;
  }
}

/** What a provider says to a code that it may have seen before. */
export type SecondPresentation =
  | { readonly outcome: 'granted'; readonly grant: FreshGrant }
  /** What was given for it before, it has revoked, if it follows RFC 6749 section 4.1.2. */
  | { readonly outcome: 'refused' }
  /** Nobody answered, or not about the code. */
  | { readonly outcome: 'unanswered' };

/**
 * Presents a code again on purpose, of which nobody knows what came of it, so that whatever did ends: see
 * {@link completeAuthorization}. No other call is made.
 */
export async function presentCodeAgain(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  journey: RedirectAnswer & Pick<JourneySecrets, 'redirectUri' | 'codeVerifier'>,
): Promise<SecondPresentation> {
  const redirect = readRedirect(connection.definition, journey);
  if (redirect.outcome !== 'code') return { outcome: 'refused' };
  const exchange = await exchangeCode(parts, connection, { ...journey, parameters: redirect.parameters });
  if (exchange.outcome === 'exchanged') return { outcome: 'granted', grant: assemble(connection, exchange) };
  const isAboutCode =
    exchange.cause === 'token-refused' &&
    !['retry-later', 'rate-limited', 'operator-alarm'].includes(exchange.verdict);
  return { outcome: isAboutCode ? 'refused' : 'unanswered' };
}

async function learnGrant(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  { journey, exchange }: { readonly journey: AnsweredJourney; readonly exchange: TokenExchange },
): Promise<AuthorizationOutcome> {
  const { auth } = connection.definition;
  const { accessToken, tokens } = exchange;
  const { accountID } = journey;
  const received: ReceivedGrant = { ...journey, accessToken, tokens };
  let grant = assemble(connection, exchange);
  const read = await readGrantedScopes(parts, connection, received);
  if (read.outcome === 'trouble') return { ...read, grant };
  const { scopes } = read;
  grant = { ...grant, scopes };
  if (scopes.length === 0) return { outcome: 'nothing-granted', grant };
  const missing = findMissingScopes(auth, scopes);
  if (missing.length > 0) return { outcome: 'scope-missing', scopes: missing, grant };
  const who = await readPerson(parts, connection, { ...journey, ...received, scopes });
  if (who.outcome === 'trouble') return { ...who, grant };
  grant = { ...grant, ...who.person, ...describeProxy(parts, connection, { journey, exchange, grant }) };
  const refused = await registerPerson(parts, connection, {
    accessToken,
    scopes,
    askedScopes: journey.askedScopes,
    accountID,
    userID: grant.userID,
  });
  return refused === undefined ? { outcome: 'granted', grant } : { ...refused, grant };
}

/** What the tokens alone say. */
function assemble(
  { definition }: ProviderConnection,
  { accessToken, refreshToken, tokens, sentAt }: TokenExchange,
): FreshGrant {
  const { auth } = definition;
  return omitUndefined({
    accessToken,
    refreshToken,
    ...readLifetimes(auth, tokens, { sentAt, refreshToken: refreshToken?.reveal() }),
    scopes: [],
    ...findPerson(auth, { tokens, accessToken }),
  });
}

function describeProxy(
  { clock }: { readonly clock: Clock },
  { definition, credentials }: ProviderConnection,
  {
    journey,
    exchange,
    grant,
  }: {
    readonly journey: AnsweredJourney;
    readonly exchange: TokenExchange;
    readonly grant: FreshGrant;
  },
): Pick<FreshGrant, 'isProxy'> {
  if (definition.auth.kind !== 'smart' || grant.userID === undefined) return {};
  const isProxy = readProxy(exchange.tokens['id_token'], grant.userID, {
    server: journey.server,
    clientID: credentials.clientID,
    nonce: journey.nonce,
    now: clock.now(),
  });
  return isProxy === undefined ? {} : { isProxy };
}

/**
 * Gives a grant back to the provider, once; whether it is tried again is for the caller to say, by the verdict.
 *
 * The tokens must be alive where they are used to call (`bearer`): many vendors answer an access token that has merely
 * expired in the words of a grant that is gone.
 */
export function revokeGrant(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  grant: GrantToRevoke,
): Promise<Revocation> {
  const { revoke } = connection.definition.auth;
  switch (revoke.by) {
    case 'participant':
      return Promise.resolve({ outcome: 'by-participant', instructions: revoke.instructions });
    case 'discovery':
      return giveBackByDiscovery(parts, connection, { revoke, grant });
    case 'call':
      return giveBackByCall(parts, connection, { revoke, grant });
  }
}

/**
 * Shows a grant's refresh token to the provider, once. The caller writes down before that it will, and decides by the
 * outcome and the vendor's refresh policy whether and when it is shown again.
 */
export function renewGrant(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  grant: GrantToRenew,
): Promise<Renewal> {
  return renewTokens(parts, connection, grant);
}
