import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ecPair, ed25519Pair, rsaPair } from '../../test/builders/clientAssertion.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { generateKeyPair } from './generateKeyPair.ts';
import { parsePublicKey } from './publicKey.ts';

// One key in three forms, made with OpenSSL. The certificate was valid for one day.
const certificate = `-----BEGIN CERTIFICATE-----
MIIDITCCAgmgAwIBAgIUGNxyLS+zBwo5BEPGAypfEZO3HwowDQYJKoZIhvcNAQEL
BQAwIDEeMBwGA1UEAwwVdGVzdCBvZiBhIGNlcnRpZmljYXRlMB4XDTI2MTEyMjIw
MzU1OVoXDTI2MTEyMzIwMzU1OVowIDEeMBwGA1UEAwwVdGVzdCBvZiBhIGNlcnRp
ZmljYXRlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqrlK1ZFdvddI
CVGM5Wsmkbrj5padi974FjP+KI3p41scxpAMMU+X9hobufYH0hN1IxZXlgWngK+6
2nyFFewH/gdQ/jw2jf7r9bEfBlCG7xeJJei1hEm0nK/UWdaQ6RajmizJ1YJ3GPx/
J77QZg11AIdO6HKARAPMcxE7GPI12zkhmvaFuobjLUK+WVKuyiFYq4+BeSOaPu1r
9RHJW38olFPL9cL1g3l59B7eVhFtWOtVexOb5PDvm9EwGevAwP7mHQsvwMK8NctZ
0iNjJNYfUe5XFqEdMUcsFQbd35sfQRKeVcGVzidKxZPueCGg6E+7y6YgdjJcEjnG
MXIlvufQEQIDAQABo1MwUTAdBgNVHQ4EFgQU3mucZu088WUsPVHCYP24yQtshscw
HwYDVR0jBBgwFoAU3mucZu088WUsPVHCYP24yQtshscwDwYDVR0TAQH/BAUwAwEB
/zANBgkqhkiG9w0BAQsFAAOCAQEAOhfAG/eFsfPk8LXWFrIKHJnfxGA8bBwzBk2G
FcbNPaGy8+l51ldHedg1jd0DpQ3oX5F2imqWDAoW3+XZXwdj1Jozlknj6BM3SdIS
p4d+MRfD3wJRpJ0l+KH9B/ZZomvN6EdWODPGsbG/TvNx3IU2ipBDV2AxWUmlgeO5
LexN+dV8OXgqWpkrdtLZyqVRRL1Zbly6bSb2YH3WBDFK/v/0NhcCUwJ4QFZxMMFN
DJDxKr3Q3SdFyr54hBO+vQZzc+fraKdbJewfDtuf3vyl/2HlQRVvF1TAf5W9B0iC
oOUz9WzX9zgfAt0Eugi11feEUEgaAPVrbwvzBya2K9Rrzrr0Cg==
-----END CERTIFICATE-----`;
const spki = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqrlK1ZFdvddICVGM5Wsm
kbrj5padi974FjP+KI3p41scxpAMMU+X9hobufYH0hN1IxZXlgWngK+62nyFFewH
/gdQ/jw2jf7r9bEfBlCG7xeJJei1hEm0nK/UWdaQ6RajmizJ1YJ3GPx/J77QZg11
AIdO6HKARAPMcxE7GPI12zkhmvaFuobjLUK+WVKuyiFYq4+BeSOaPu1r9RHJW38o
lFPL9cL1g3l59B7eVhFtWOtVexOb5PDvm9EwGevAwP7mHQsvwMK8NctZ0iNjJNYf
Ue5XFqEdMUcsFQbd35sfQRKeVcGVzidKxZPueCGg6E+7y6YgdjJcEjnGMXIlvufQ
EQIDAQAB
-----END PUBLIC KEY-----`;
const pkcs1 = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAqrlK1ZFdvddICVGM5Wsmkbrj5padi974FjP+KI3p41scxpAMMU+X
9hobufYH0hN1IxZXlgWngK+62nyFFewH/gdQ/jw2jf7r9bEfBlCG7xeJJei1hEm0
nK/UWdaQ6RajmizJ1YJ3GPx/J77QZg11AIdO6HKARAPMcxE7GPI12zkhmvaFuobj
LUK+WVKuyiFYq4+BeSOaPu1r9RHJW38olFPL9cL1g3l59B7eVhFtWOtVexOb5PDv
m9EwGevAwP7mHQsvwMK8NctZ0iNjJNYfUe5XFqEdMUcsFQbd35sfQRKeVcGVzidK
xZPueCGg6E+7y6YgdjJcEjnGMXIlvufQEQIDAQAB
-----END RSA PUBLIC KEY-----`;

/** RFC 7638 section 3.1. */
const rfcKey = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
};

async function refusal(text: string): Promise<string> {
  const error = await parsePublicKey(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error('The key was accepted');
  expect(error.problem.code).toBe('public-key-unusable');
  return error.message;
}

describe('parsePublicKey', () => {
  it('reads one key from a certificate, SPKI, PKCS#1 and a JWK as the same key', async () => {
    const keys = await Promise.all([certificate, spki, pkcs1, `\n  ${spki}\n`].map(parsePublicKey));
    keys.push(await parsePublicKey(JSON.stringify(createPublicKey(spki).export({ format: 'jwk' }))));
    expect(new Set(keys.map((key) => key.thumbprint)).size).toBe(1);
    for (const key of keys) expect(key.spkiPem.trim()).toBe(spki);
  });

  it('gives the thumbprint of RFC 7638', async () => {
    const key = await parsePublicKey(JSON.stringify(rfcKey));
    expect(key.thumbprint).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('lets the type of the key decide what it may sign with', async () => {
    const algorithms = async (text: string) => (await parsePublicKey(text)).algorithms;
    expect(await algorithms(spki)).toEqual(['RS256', 'RS384', 'RS512', 'PS256']);
    expect(await algorithms(ecPair('P-256').spki)).toEqual(['ES256']);
    expect(await algorithms(ecPair('P-384').spki)).toEqual(['ES384']);
    expect(await algorithms(ed25519Pair().spki)).toEqual(['EdDSA', 'Ed25519']);
  });

  it.each([
    ['pkcs1', 'pem'],
    ['pkcs8', 'pem'],
  ] as const)('refuses a private key in %s and quotes nothing of it', async (type, format) => {
    const text = rsaPair().privateKey.export({ type, format }).toString();
    const message = await refusal(text);
    expect(message).toContain('This is a private key');
    expect(message).not.toContain(text.split('\n')[3]);
  });

  it('refuses private keys in their other forms', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sec1 = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const encrypted = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' })
      .toString();
    for (const text of [
      sec1,
      encrypted,
      `${spki}\n${sec1}`,
      JSON.stringify(privateKey.export({ format: 'jwk' })),
    ])
      expect(await refusal(text)).toContain('This is a private key');
  });

  it('refuses what is weak or of another kind', async () => {
    expect(await refusal(rsaPair(1024).spki)).toContain('1024 bits');
    expect(await refusal(rsaPair(2048, 3).spki)).toContain('exponent');
    expect(await refusal(JSON.stringify({ ...rfcKey, e: 'AQ' }))).toMatch(/exponent|cannot be read/);
    expect(await refusal(ecPair('P-521').spki)).toContain('kind that is not accepted');
    expect(await refusal(ecPair('secp256k1').spki)).toContain('kind that is not accepted');
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(await refusal(pss.publicKey.export({ type: 'spki', format: 'pem' }).toString())).toContain('kind');
    const x25519 = generateKeyPairSync('x25519');
    expect(await refusal(x25519.publicKey.export({ type: 'spki', format: 'pem' }).toString())).toContain(
      'kind',
    );
    for (const secret of [{ kty: 'oct', k: 'c2VjcmV0' }, { kty: 'oct' }, { kty: 'RSA', k: 'c2VjcmV0' }])
      expect(await refusal(JSON.stringify(secret))).toContain('shared secret');
  });

  it('refuses what is no single key', async () => {
    expect(await refusal('')).toContain('neither PEM nor a JWK');
    expect(await refusal('ssh-rsa AAAAB3NzaC1yc2E')).toContain('neither PEM nor a JWK');
    expect(await refusal('{"kty":')).toContain('not valid JSON');
    expect(await refusal(JSON.stringify({ keys: [rfcKey] }))).toContain('set of keys');
    expect(await refusal(`${spki}\n${certificate}`)).toContain('more than one');
    expect(await refusal(spki.replaceAll('PUBLIC KEY', 'CERTIFICATE REQUEST'))).toContain(
      'neither a certificate',
    );
    expect(await refusal(spki.slice(0, 200))).toContain('damaged');
    expect(await refusal(certificate.replace('MIID', 'AAAA'))).toContain('damaged');
    expect(await refusal('x'.repeat(20_000))).toContain('larger');
    expect(await refusal('{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}')).toContain('damaged');
  });
});

describe('generateKeyPair', () => {
  it('makes a PKCS#1 pair that is accepted, and does not print its private half by accident', async () => {
    const { privateKey, publicKey } = await generateKeyPair();
    expect(privateKey.reveal()).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(createPrivateKey(privateKey.reveal()).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(JSON.stringify({ privateKey })).not.toContain('BEGIN');
    expect((await parsePublicKey(publicKey)).algorithms).toContain('RS256');
  });
});
