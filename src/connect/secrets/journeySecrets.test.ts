import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../platform/random/random.ts';
import { digestSecret, hashVerifier, isSameDigest, makeCodeVerifier, makeSecret } from './journeySecrets.ts';

describe('secrets of a journey', () => {
  it('are 256 bits each and never the same again, code verifiers in the form of RFC 7636 (CONNECT-PKCE)', () => {
    const made = new Set<string>();
    for (let count = 0; count < 100_000; count++) {
      const verifier = makeCodeVerifier(systemRandom);
      if (!/^[A-Za-z0-9_-]{43}$/.test(verifier)) throw new Error(`not a verifier: ${verifier.length}`);
      made.add(verifier);
    }
    expect(made.size).toBe(100_000);
    const secrets = new Set(Array.from({ length: 10_000 }, () => makeSecret(systemRandom)));
    expect(secrets.size).toBe(10_000);
    for (const secret of secrets) expect(secret).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are compared by their digests, and nothing is the same as nothing', () => {
    const digest = digestSecret('a');
    expect(isSameDigest(digest, digestSecret('a'))).toBe(true);
    expect(isSameDigest(digest, digestSecret('b'))).toBe(false);
    expect(isSameDigest(digest, digest.subarray(1))).toBe(false);
    expect(isSameDigest(digest, null)).toBe(false);
    expect(isSameDigest(null, digest)).toBe(false);
    expect(isSameDigest(null, null)).toBe(false);
  });

  it('hashes verifiers as the platform’s SDK does: unpadded base64url of SHA-256', () => {
    const verifier = '00112233445566778899aabbccddeeff';
    expect(hashVerifier(verifier)).toBe(hash('sha256', verifier, 'base64url'));
    expect(hashVerifier(verifier)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
