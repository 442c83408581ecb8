/** Addresses that a hostile server's metadata may name. */
export interface Names {
  readonly fhirBase: string;
  readonly issuer: string;
  readonly victim: {
    readonly issuer: string;
    readonly authorizationEndpoint: string;
    readonly tokenEndpoint: string;
    readonly revocationEndpoint: string;
  };
}

/** The lies of a configuration, by what they are after. */
export const lies = {
  /** None: everything is its own. What is refused otherwise is refused for the lie. */
  none: () => ({}),
  /** The code goes to it, the person logs in at the victim's. */
  'authorization-endpoint-of-victim': ({ victim }: Names) => ({
    authorization_endpoint: victim.authorizationEndpoint,
  }),
  /** Secrets and assertions of this connection are spent at the victim's. */
  'token-endpoint-of-victim': ({ victim }: Names) => ({ token_endpoint: victim.tokenEndpoint }),
  /** Assertions whose audience is the issuer are good at the victim's. */
  'issuer-of-victim': ({ victim }: Names) => ({ issuer: victim.issuer }),
  /** It has no name that an answer could be compared with. */
  'no-issuer': () => ({ issuer: undefined }),
  'revocation-endpoint-of-victim': ({ victim }: Names) => ({
    revocation_endpoint: victim.revocationEndpoint,
  }),
  'everything-of-victim': ({ victim }: Names) => ({
    issuer: victim.issuer,
    authorization_endpoint: victim.authorizationEndpoint,
    token_endpoint: victim.tokenEndpoint,
    revocation_endpoint: victim.revocationEndpoint,
  }),
  'http-authorization-endpoint': ({ issuer }: Names) => ({
    authorization_endpoint: `http${issuer.slice('https'.length)}/authorize`,
  }),
  'http-token-endpoint': ({ issuer }: Names) => ({
    token_endpoint: `http${issuer.slice('https'.length)}/token`,
  }),
  'off-domain-authorization-endpoint': () => ({
    authorization_endpoint: 'https://hostile.example.net/authorize',
  }),
  'off-domain-token-endpoint': () => ({ token_endpoint: 'https://hostile.example.net/token' }),
  /** Looks like its own domain at the beginning, and at the end. */
  'look-alike-token-endpoint': () => ({ token_endpoint: 'https://login.hostile.example.evil.net/token' }),
  'suffixed-token-endpoint': () => ({ token_endpoint: 'https://nothostile.example/token' }),
  'credentials-in-token-endpoint': () => ({ token_endpoint: 'https://login.hostile.example@evil.net/token' }),
  'loopback-token-endpoint': () => ({ token_endpoint: 'https://127.0.0.1/token' }),
  'mapped-loopback-token-endpoint': () => ({ token_endpoint: 'https://[::ffff:127.0.0.1]/token' }),
  'metadata-service-token-endpoint': () => ({ token_endpoint: 'https://169.254.169.254/token' }),
  'localhost-token-endpoint': () => ({ token_endpoint: 'https://localhost/token' }),
  'script-authorization-endpoint': () => ({ authorization_endpoint: 'javascript:alert(1)' }),
  'no-token-endpoint': () => ({ token_endpoint: undefined }),
  'list-token-endpoint': ({ issuer }: Names) => ({ token_endpoint: [`${issuer}/token`] }),
  /** Asks for a weaker proof. */
  'no-pkce': () => ({ code_challenge_methods_supported: ['plain'] }),
} as const;

export type Lie = keyof typeof lies;

/** Its configuration (SMART App Launch 2.2) with one lie in it. */
export function describeHostile(names: Names, lie: Lie): object {
  const { issuer } = names;
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    code_challenge_methods_supported: ['S256'],
    capabilities: [
      ...['launch-standalone', 'context-standalone-patient', 'permission-patient', 'permission-offline'],
      ...['permission-v1', 'permission-v2', 'client-public', 'client-confidential-symmetric'],
      'client-confidential-asymmetric',
    ],
    ...lies[lie](names),
  };
}
