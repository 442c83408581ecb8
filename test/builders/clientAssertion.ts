import {
  constants,
  createHmac,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
  type SignKeyObjectInput,
} from 'node:crypto';

export interface TestKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly spki: string;
}

export function rsaPair(modulusLength = 2048, publicExponent = 65_537): TestKeyPair {
  return withSpki(generateKeyPairSync('rsa', { modulusLength, publicExponent }));
}

export function ecPair(namedCurve: string): TestKeyPair {
  return withSpki(generateKeyPairSync('ec', { namedCurve }));
}

export function ed25519Pair(): TestKeyPair {
  return withSpki(generateKeyPairSync('ed25519'));
}

function withSpki(pair: { publicKey: KeyObject; privateKey: KeyObject }): TestKeyPair {
  return { ...pair, spki: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

export const encodePart = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/**
 * A JWS over any header and payload, made with Node's own crypto and not with the library under test. `key` is a
 * private key, or a text as the secret of an HMAC; the algorithm of the signature is that of the header unless
 * `signedWith` says otherwise.
 */
export function signJws(
  header: { readonly alg: string; readonly [name: string]: unknown },
  payload: unknown,
  key: KeyObject | string | Buffer,
  signedWith = header.alg,
): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  const signature =
    typeof key === 'string' || Buffer.isBuffer(key)
      ? createHmac(`sha${signedWith.slice(2)}`, key)
          .update(input)
          .digest()
      : signAs(signedWith, Buffer.from(input), key);
  return `${input}.${signature.toString('base64url')}`;
}

function signAs(algorithm: string, input: Buffer, key: KeyObject): Buffer {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return sign(null, input, key);
  const options: SignKeyObjectInput = { key };
  if (algorithm.startsWith('ES')) options.dsaEncoding = 'ieee-p1363';
  if (algorithm.startsWith('PS')) {
    options.padding = constants.RSA_PKCS1_PSS_PADDING;
    options.saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  }
  return sign(`sha${algorithm.slice(2)}`, input, options);
}

/** The claims of a client that does everything right, at `now` (milliseconds). */
export function goodClaims(name: string, audience: string, now: number) {
  return { iss: name, sub: name, aud: audience, exp: Math.floor(now / 1000) + 200, jti: randomUUID() };
}
