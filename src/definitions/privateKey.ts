import { createPrivateKey, type KeyObject } from 'node:crypto';

/** A kind of key with which assertions are signed. */
export type KeyKind = 'RSA' | 'P-256' | 'P-384';

const curves: Readonly<Record<string, KeyKind>> = { prime256v1: 'P-256', secp384r1: 'P-384' };

/**
 * What is wrong with a private key for these kinds, in words that quote nothing of it; undefined when it fits. It
 * has to be one block of PKCS#8 in PEM without a passphrase; RSA of at least 2048 bits.
 */
export function refusePrivateKey(pem: string, kinds: readonly KeyKind[]): string | undefined {
  const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map(([, label]) => label ?? '');
  if (labels.length !== 1 || labels[0] !== 'PRIVATE KEY')
    return labels[0] === 'ENCRYPTED PRIVATE KEY'
      ? 'must be a key without a passphrase'
      : 'must be one private key in PKCS#8 PEM, which begins with -----BEGIN PRIVATE KEY----- (line breaks included; a file is easier)';
  const key = read(pem);
  if (key === undefined) return 'holds a damaged key';
  const kind = kindOf(key);
  if (kind === undefined || !kinds.includes(kind))
    return `must be a key that the provider takes: ${kinds.join(' or ')}`;
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (kind === 'RSA' && modulusLength < 2048) return `must have at least 2048 bits, not ${modulusLength}`;
  return undefined;
}

/** The kind of a key in PEM; undefined for a key of no kind that we sign with. */
export function findKeyKind(pem: string): KeyKind | undefined {
  const key = read(pem);
  return key === undefined ? undefined : kindOf(key);
}

function kindOf(key: KeyObject): KeyKind | undefined {
  return key.asymmetricKeyType === 'rsa' ? 'RSA' : curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
}

function read(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
