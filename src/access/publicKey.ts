import { createPublicKey, X509Certificate, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { DomainError } from '../platform/errors/domainError.ts';
import { publicKeyUnusable } from './errors.ts';

/** A public key in the one form that is kept, whatever form it came in. */
export interface PublicKey {
  /** SubjectPublicKeyInfo in PEM (RFC 7468 section 13). */
  readonly spkiPem: string;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** What the key may sign with, by its type alone. */
  readonly algorithms: readonly string[];
}

const textLengthMax = 16 * 1024;
const pemLabel = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g;

/**
 * The public key in a text: an X.509 certificate, SPKI or PKCS#1 in PEM, or a JWK.
 *
 * A certificate only carries its key here: its dates and issuer mean nothing, because the key itself is what the
 * project trusts. A private key is refused even where the public half could be taken from it, so that nobody gets
 * used to pasting one.
 *
 * @throws {DomainError} `public-key-unusable`, which says what is wrong and quotes nothing of the text
 */
export async function parsePublicKey(text: string): Promise<PublicKey> {
  if (text.length > textLengthMax) throw unusable('The text is larger than any public key.');
  const trimmed = text.trim();
  const key = trimmed.startsWith('{') ? readJwk(trimmed) : readPem(trimmed);
  const algorithms = algorithmsOf(key);
  if (algorithms.length === 0)
    throw unusable('The key is of a kind that is not accepted: it must be RSA, P-256, P-384 or Ed25519.');
  if (key.asymmetricKeyType === 'rsa') refuseWeakRsa(key);
  return {
    spkiPem: key.export({ type: 'spki', format: 'pem' }).toString(),
    thumbprint: await calculateJwkThumbprint(key.export({ format: 'jwk' }), 'sha256'),
    algorithms,
  };
}

/**
 * The signature algorithms (RFC 7518 section 3.1, RFC 8037, RFC 9864) that a key verifies; none for a key that is
 * not accepted. The type of the key decides, never the message: no header can turn a public key into a secret.
 */
export function algorithmsOf(key: KeyObject): readonly string[] {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return ['RS256', 'RS384', 'RS512', 'PS256'];
    case 'ec':
      return curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? [];
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    default:
      return [];
  }
}

const curveAlgorithms: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
};

function readJwk(text: string): KeyObject {
  let jwk: JsonWebKey & { keys?: unknown };
  try {
    jwk = JSON.parse(text) as JsonWebKey;
  } catch {
    throw unusable('The text begins like a JWK but is not valid JSON.');
  }
  if (jwk.keys !== undefined) throw unusable('This is a set of keys. Give one key of it.');
  if (jwk.kty === 'oct' || jwk.k !== undefined) throw unusable('This is a shared secret. Give a public key.');
  if (jwk.d !== undefined || jwk.p !== undefined) throw privateKeyGiven();
  return read(() => createPublicKey({ key: jwk, format: 'jwk' }));
}

function readPem(text: string): KeyObject {
  const labels = [...text.matchAll(pemLabel)].map((match) => match[1] ?? '');
  if (labels.some((label) => label.includes('PRIVATE KEY'))) throw privateKeyGiven();
  if (labels.length === 0) throw unusable('The text is neither PEM nor a JWK.');
  if (labels.length > 1)
    throw unusable('The text holds more than one block. Give one certificate or one key.');
  switch (labels[0]) {
    case 'CERTIFICATE':
      return read(() => new X509Certificate(text).publicKey);
    case 'PUBLIC KEY':
    case 'RSA PUBLIC KEY':
      return read(() => createPublicKey(text));
    default:
      throw unusable('The text is PEM, but neither a certificate nor a public key.');
  }
}

/** An exponent of 1 would let anybody sign; 65537 is the least that FIPS 186-5 allows. */
function refuseWeakRsa(key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048)
    throw unusable(`The RSA key has ${modulusLength} bits; at least 2048 are needed.`);
  if (modulusLength > 8192)
    throw unusable(`The RSA key has ${modulusLength} bits; at most 8192 are accepted.`);
  if (publicExponent < 65_537n) throw unusable('The public exponent of the RSA key is below 65537.');
}

function read(parse: () => KeyObject): KeyObject {
  try {
    return parse();
  } catch {
    // OpenSSL's words are for programmers and may change; what the text is supposed to be is known.
    throw unusable('The key cannot be read: it is damaged or cut off.');
  }
}

function privateKeyGiven(): DomainError {
  return unusable(
    'This is a private key. It must not leave its owner; give the public key that belongs to it, and make a new pair if this one has been sent around.',
  );
}

function unusable(detail: string): DomainError {
  return new DomainError(publicKeyUnusable, detail);
}
