import {
  createHash,
  generateKeyPairSync,
  sign,
  type JsonWebKey,
  type KeyObject,
  type KeyPairKeyObjectResult,
} from 'node:crypto';

export type SigningAlgorithm = 'RS256' | 'ES256';

/** The keys of all sandbox providers, made when they are first needed. */
export interface SigningKeys {
  /** A JWT (RFC 7519) of these claims. */
  sign(claims: Readonly<Record<string, unknown>>, algorithm?: SigningAlgorithm): string;
  /** RFC 7517 section 5. */
  publicKeys(): { readonly keys: readonly JsonWebKey[] };
}

/** Key pairs of one sandbox, each made when it is first used. */
export function createSigningKeys(): SigningKeys {
  const pairs = new Map<SigningAlgorithm, KeyPairKeyObjectResult>();
  const pairFor = (algorithm: SigningAlgorithm) => {
    const pair = pairs.get(algorithm) ?? generatePair(algorithm);
    pairs.set(algorithm, pair);
    return pair;
  };
  return {
    sign: (claims, algorithm = 'RS256') => {
      const { privateKey, publicKey } = pairFor(algorithm);
      const header = { alg: algorithm, typ: 'JWT', kid: thumbprint(publicKey) };
      const signed = `${encode(header)}.${encode(claims)}`;
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
    },
    publicKeys: () => ({
      keys: (['RS256', 'ES256'] as const).map((alg) => {
        const { publicKey } = pairFor(alg);
        return { ...publicKey.export({ format: 'jwk' }), kid: thumbprint(publicKey), use: 'sig', alg };
      }),
    }),
  };
}

/** RFC 7638. */
export function thumbprint(key: KeyObject): string {
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' });
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function generatePair(algorithm: SigningAlgorithm): KeyPairKeyObjectResult {
  return algorithm === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
