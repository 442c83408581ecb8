import type { Secret } from '../../platform/config/secret.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import type { AssertionAlgorithm, ClientAuthentication } from '../../definitions/shape/auth.ts';
import { findKeyKind, type KeyKind } from '../../definitions/privateKey.ts';

/** How the client authenticates, with what it needs for that. */
export type ChosenMethod =
  | { readonly method: 'none' }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post' | 'client_secret_query';
      readonly secret: Secret;
    }
  | {
      readonly method: 'private_key_jwt';
      readonly algorithm: AssertionAlgorithm;
      readonly privateKey: Secret;
    };

/**
 * The first way of the definition that the server takes and for which there are credentials, or undefined. Of two ways to
 * show the secret, the one that the operator has chosen goes first.
 *
 * A server that does not say what it takes takes anything. `none` is never looked for in its list, because servers
 * with public clients leave it out; it is for installations that have nothing else.
 */
export function chooseMethod(
  connection: Pick<ProviderConnection, 'definition' | 'credentials'>,
  server: AuthorizationServerFacts,
): ChosenMethod | undefined {
  const { clientSecret, privateKey, secretMethod } = connection.credentials;
  const ways = preferMethod(connection.definition.auth.clientAuthentication, secretMethod);
  const supported = server.token_endpoint_auth_methods_supported;
  for (const way of ways) {
    if (way.method === 'none') {
      if (!ways.some((other) => hasCredentials(other, connection))) return { method: 'none' };
    } else if (way.method === 'private_key_jwt') {
      const algorithm = chooseAlgorithm(way.algorithms, privateKey, server);
      if (privateKey !== undefined && algorithm !== undefined && supported?.includes(way.method) !== false)
        return { method: way.method, algorithm, privateKey };
    } else if (clientSecret !== undefined && isTaken(way.method, supported))
      return { method: way.method, secret: clientSecret };
  }
  return undefined;
}

/** Nothing but the order of the ways that show the secret is changed. */
function preferMethod(
  ways: readonly ClientAuthentication[],
  preferred: string | undefined,
): readonly ClientAuthentication[] {
  const chosen = ways.find(({ method }) => method === preferred);
  if (chosen === undefined) return ways;
  const first = ways.findIndex(({ method }) => method.startsWith('client_secret_'));
  return ways.toSpliced(ways.indexOf(chosen), 1).toSpliced(first, 0, chosen);
}

function hasCredentials(
  { method }: ClientAuthentication,
  { credentials }: Pick<ProviderConnection, 'credentials'>,
): boolean {
  if (method === 'none') return false;
  return (method === 'private_key_jwt' ? credentials.privateKey : credentials.clientSecret) !== undefined;
}

/** What is not the standard's is in no server's list. */
function isTaken(method: string, supported: readonly string[] | undefined): boolean {
  return method === 'client_secret_query' || supported === undefined || supported.includes(method);
}

const algorithmsOf: Readonly<Record<KeyKind, readonly AssertionAlgorithm[]>> = {
  RSA: ['RS384', 'RS256'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
};

/** The first algorithm of the definition that fits the key and, where it says so, the server. */
export function chooseAlgorithm(
  algorithms: readonly AssertionAlgorithm[],
  privateKey: Secret | undefined,
  server: Pick<AuthorizationServerFacts, 'token_endpoint_auth_signing_alg_values_supported'>,
): AssertionAlgorithm | undefined {
  const kind = privateKey === undefined ? undefined : findKeyKind(privateKey.reveal());
  if (kind === undefined) return undefined;
  const supported = server.token_endpoint_auth_signing_alg_values_supported;
  return algorithms.find(
    (algorithm) => algorithmsOf[kind].includes(algorithm) && supported?.includes(algorithm) !== false,
  );
}
