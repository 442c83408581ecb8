import { createHash } from 'node:crypto';
import { fillIn } from '../../definitions/callVariables.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import { connectionValues } from '../calls/connectionValues.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import { printScopes } from '../../definitions/scopes.ts';
import { nameAudience, nameScope } from './smartOnFhir.ts';

/** What the answer to an authorization request has to be checked with. */
export interface JourneySecrets {
  readonly redirectUri: string;
  readonly state: string;
  /** RFC 7636 section 4.1: 43 to 128 characters. */
  readonly codeVerifier: string;
  /** OpenID Connect Core section 3.1.2.1; sent where `openid` is asked for. */
  readonly nonce: string;
}

/** Where a browser is sent to ask a participant, and what is asked for there. */
export interface PreparedAuthorization {
  /** The provider's own address: a browser goes to `door.browserUrl(url)`. */
  readonly url: string;
  readonly askedScopes: readonly string[];
}

/**
 * The scopes that are asked for: those without which there is no connection and those that a study gets unless it
 * leaves them out. Optional ones are for studies that ask for them, which none can say yet. None where the vendor lets
 * the participant choose on its own page.
 */
export function chooseScopes(auth: AnyAuth, server: AuthorizationServerFacts): readonly string[] {
  if (auth.asksScopes === false) return [];
  return auth.scopes
    .filter(({ ask }) => ask === 'required' || ask === 'default')
    .map(({ name }) => (auth.kind === 'smart' ? nameScope(name, auth, server) : name));
}

/** The address of an authorization request (RFC 6749 section 4.1.1), the definition's own parameters included. */
export function buildAuthorizationRequest(
  connection: ProviderConnection,
  server: AuthorizationServerFacts,
  journey: JourneySecrets,
): PreparedAuthorization {
  const { auth } = connection.definition;
  const askedScopes = chooseScopes(auth, server);
  const url = new URL(server.authorization_endpoint);
  const standard = standardParameters(connection, journey, askedScopes);
  // The standard's come last: nothing of the address's own query or of the vendor's parameters replaces them.
  for (const [name, value] of Object.entries({ ...extraParameters(connection), ...standard }))
    url.searchParams.set(name, value);
  // Both are a space in a query; not every server knows the plus.
  url.search = url.searchParams.toString().replaceAll('+', '%20');
  return { url: url.href, askedScopes };
}

function standardParameters(
  connection: ProviderConnection,
  { redirectUri, state, codeVerifier, nonce }: JourneySecrets,
  askedScopes: readonly string[],
): Readonly<Record<string, string>> {
  const { auth } = connection.definition;
  const audience = auth.kind === 'smart' ? nameAudience(auth, connection) : undefined;
  const hasPkce = auth.pkce !== 'breaks';
  const scope: Readonly<Record<string, string>> =
    askedScopes.length === 0
      ? {}
      : { [auth.scopeParameter ?? 'scope']: printScopes(askedScopes, auth.scopeSeparator) };
  return omitUndefined({
    response_type: 'code',
    client_id: connection.credentials.clientID,
    redirect_uri: redirectUri,
    ...scope,
    state,
    aud: audience,
    code_challenge: hasPkce ? challengeOf(codeVerifier) : undefined,
    code_challenge_method: hasPkce ? 'S256' : undefined,
    nonce: askedScopes.includes('openid') ? nonce : undefined,
  });
}

function extraParameters(connection: ProviderConnection): Readonly<Record<string, string>> {
  const values = connectionValues(connection);
  const { authorizeParameters = {} } = connection.definition.auth;
  return Object.fromEntries(
    Object.entries(authorizeParameters).map(([name, value]) => [name, fillIn(value, values)]),
  );
}

/** RFC 7636 section 4.2. */
function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}
