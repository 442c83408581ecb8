import { randomBytes } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import type { Credentials } from '../../../src/definitions/credentials.ts';
import type { ClientAuthentication } from '../../../src/definitions/shape/auth.ts';
import { Secret } from '../../../src/platform/config/secret.ts';
import { registeredPair, type RegisteredPair } from '../registeredKeys.ts';

/** An application that is registered with the honest server, and what it proves itself with. */
export interface RegisteredClient {
  readonly authentication: ClientAuthentication;
  readonly metadata: ClientMetadata;
  readonly credentials: Credentials;
}

/** Never used as such: the server asks its own list of redirect addresses. */
const registeredAddress = 'https://unused.example.org/callback';

/** One application for each way to authenticate: none, both forms of a secret, and two kinds of key. */
export async function registerClients(): Promise<readonly RegisteredClient[]> {
  // Characters that Basic has to encode (RFC 6749 section 2.3.1), and only such that Appendix A allows.
  const clientSecret = `${randomBytes(24).toString('base64')}:+ %&"~`;
  const secret = { clientSecret: new Secret(clientSecret) };
  return [
    register({ method: 'none' }, 'honest-public', {}),
    register({ method: 'client_secret_basic' }, 'honest:basic/1', secret),
    register({ method: 'client_secret_post' }, 'honest-post', secret),
    registerKey('honest-rsa', await registeredPair('RS384')),
    registerKey('honest-ec', await registeredPair('ES384')),
  ];
}

function register(
  authentication: ClientAuthentication,
  clientID: string,
  proof: Pick<Credentials, 'clientSecret' | 'privateKey'>,
  pair?: RegisteredPair,
): RegisteredClient {
  return {
    authentication,
    metadata: {
      client_id: clientID,
      redirect_uris: [registeredAddress],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: authentication.method as 'none',
      ...(proof.clientSecret === undefined ? {} : { client_secret: proof.clientSecret.reveal() }),
      ...(pair === undefined ? {} : describeKey(pair)),
    },
    credentials: { clientID, settings: {}, ...proof },
  };
}

function registerKey(clientID: string, pair: RegisteredPair): RegisteredClient {
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return register(
    { method: 'private_key_jwt', algorithms: [pair.algorithm] },
    clientID,
    { privateKey: new Secret(pem) },
    pair,
  );
}

function describeKey({ jwk, kid, algorithm }: RegisteredPair): Partial<ClientMetadata> {
  return {
    jwks: { keys: [{ ...jwk, kid, use: 'sig', alg: algorithm }] },
    token_endpoint_auth_signing_alg: algorithm,
  };
}
