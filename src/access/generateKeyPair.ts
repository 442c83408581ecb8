import { generateKeyPair as generate } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '../platform/config/secret.ts';

/** A key pair for a client; only the public half ever enters the database. */
export interface KeyPair {
  /** PKCS#1 in PEM (`BEGIN RSA PRIVATE KEY`). */
  readonly privateKey: Secret;
  /** SPKI in PEM. */
  readonly publicKey: string;
}

/**
 * A fresh RSA pair of 2048 bits, for RS256.
 *
 * RSA in PKCS#1 although newer forms exist: it is the only one that every known client of the platform reads.
 */
export async function generateKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generate)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return { privateKey: new Secret(privateKey), publicKey };
}
