import { verify } from 'node:crypto';
import { readEcdsaPublicKey } from './readEcdsaPublicKey.ts';

/**
 * Whether a signature in the Tink wire format was made over exactly these bytes with a key of the keyset that is
 * enabled.
 *
 * The signature is base64 of one byte 0x01, the number of the key (four bytes, big-endian) and an ECDSA signature
 * in DER (P-256, SHA-256). The keyset is Tink's JSON form. Never throws: whatever cannot be read does not verify.
 * A signature by a key that the keyset does not have may come from a newer key: keysets change every few weeks.
 */
export function verifyTinkSignature(message: {
  readonly body: Uint8Array;
  readonly signature: string;
  readonly keyset: string;
}): boolean {
  const signed = readSignature(message.signature);
  if (signed === undefined) return false;
  return readKeys(message.keyset)
    .filter((key) => key.keyId === signed.keyId && isUsable(key))
    .some((key) => verifies(key, message.body, signed.der));
}

/** A DER signature over P-256 has at most 72 bytes; nothing longer is looked at. */
const SIGNATURE_TEXT_MAX = 200;
const PREFIX_BYTES = 5;
const TINK_START = 0x01;

function readSignature(text: string): { readonly keyId: number; readonly der: Uint8Array } | undefined {
  if (text.length > SIGNATURE_TEXT_MAX || !isBase64(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length <= PREFIX_BYTES || bytes[0] !== TINK_START) return undefined;
  return { keyId: bytes.readUInt32BE(1), der: bytes.subarray(PREFIX_BYTES) };
}

function isBase64(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
}

type Unchecked = Readonly<Record<string, unknown>>;

function readKeys(keyset: string): readonly Unchecked[] {
  const keys = (parseJson(keyset) as Unchecked | null | undefined)?.key;
  return Array.isArray(keys)
    ? keys.filter((key): key is Unchecked => typeof key === 'object' && key !== null)
    : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Other prefixes than TINK change what is signed (LEGACY) or leave the number out (RAW): Google uses neither. */
function isUsable({ status, outputPrefixType }: Unchecked): boolean {
  return status === 'ENABLED' && outputPrefixType === 'TINK';
}

const KEY_TYPE = 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey';

function verifies({ keyData }: Unchecked, body: Uint8Array, der: Uint8Array): boolean {
  const { typeUrl, value } = (keyData ?? {}) as Unchecked;
  if (typeUrl !== KEY_TYPE || !isBase64(value)) return false;
  const key = readEcdsaPublicKey(Buffer.from(value, 'base64'));
  if (key === undefined) return false;
  try {
    return verify('sha256', body, { key, dsaEncoding: 'der' }, der);
  } catch {
    return false;
  }
}
