import { createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Secret } from '../platform/config/secret.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import type { AssertionAlgorithm } from '../definitions/shape/auth.ts';
import { chooseAlgorithm } from './steps/chooseMethod.ts';

/** A public key as vendors fetch it (RFC 7517 section 4). */
export type PublishedKey = JWK & { readonly kid: string; readonly use: 'sig'; readonly alg: string };

/** The name of a key wherever it is named: its thumbprint (RFC 7638, SHA-256). */
export function nameKey(privateKey: Secret): Promise<string> {
  return calculateJwkThumbprint(publicHalf(privateKey), 'sha256');
}

/**
 * The public halves of all keys with which this installation proves that it is the study's application, and of those
 * that will follow; each once. Of one provider where a slug is given.
 */
export async function publishKeys(
  { definitions, credentials }: Catalogue,
  slug?: string,
): Promise<readonly PublishedKey[]> {
  const keys = new Map<string, PublishedKey>();
  for (const [of, { privateKey, nextPrivateKey }] of credentials) {
    const definition = definitions.get(of);
    if (definition === undefined || (slug !== undefined && slug !== of)) continue;
    for (const key of [privateKey, nextPrivateKey]) {
      const alg = chooseAlgorithm(algorithmsTaken(definition), key, {});
      if (key === undefined || alg === undefined) continue;
      const kid = await nameKey(key);
      keys.set(kid, { ...publicHalf(key), kid, use: 'sig', alg });
    }
  }
  return [...keys.values()];
}

function publicHalf(privateKey: Secret): JWK {
  return createPublicKey(privateKey.reveal()).export({ format: 'jwk' });
}

function algorithmsTaken({ auth }: NamedDefinition): readonly AssertionAlgorithm[] {
  if (auth.kind === 'none') return [];
  return auth.clientAuthentication.flatMap((way) => (way.method === 'private_key_jwt' ? way.algorithms : []));
}
