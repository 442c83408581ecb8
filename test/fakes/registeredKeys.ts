import { calculateJwkThumbprint, type JWK } from 'jose';
import { ecPair, rsaPair, type TestKeyPair } from '../builders/clientAssertion.ts';

/** A key pair that a client signs assertions with, and the name that servers know it by (RFC 7638). */
export interface RegisteredPair extends TestKeyPair {
  readonly algorithm: 'RS384' | 'ES384';
  readonly kid: string;
  /** The public half. */
  readonly jwk: JWK;
}

const pairs = new Map<RegisteredPair['algorithm'], Promise<RegisteredPair>>();

/** The pair of this run for the algorithm: fakes share it, because pairs are slow to make. */
export function registeredPair(algorithm: RegisteredPair['algorithm']): Promise<RegisteredPair> {
  const pair = pairs.get(algorithm) ?? make(algorithm);
  pairs.set(algorithm, pair);
  return pair;
}

async function make(algorithm: RegisteredPair['algorithm']): Promise<RegisteredPair> {
  const pair = algorithm === 'RS384' ? rsaPair() : ecPair('P-384');
  const jwk = pair.publicKey.export({ format: 'jwk' }) as JWK;
  return { ...pair, algorithm, jwk, kid: await calculateJwkThumbprint(jwk) };
}
