import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * The public key inside a serialized `google.crypto.tink.EcdsaPublicKey`, or nothing, if the bytes are no such
 * message or the key is not for P-256, SHA-256 and DER, which is all that Google Health signs with.
 *
 * Never throws. Stricter than protobuf: a field that is repeated makes the message unreadable, so that two readers
 * cannot see two keys in it.
 */
export function readEcdsaPublicKey(bytes: Uint8Array): KeyObject | undefined {
  const fields = readFields(bytes);
  const params = fields?.get(keyFields.params);
  const x = readCoordinate(fields?.get(keyFields.x));
  const y = readCoordinate(fields?.get(keyFields.y));
  const version = fields?.get(keyFields.version) ?? 0;
  if (version !== 0 || !(params instanceof Uint8Array) || x === undefined || y === undefined)
    return undefined;
  if (!isP256WithSha256(params)) return undefined;
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    // The point is not on the curve.
    return undefined;
  }
}

const keyFields = { version: 1, params: 2, x: 3, y: 4 } as const;
const paramFields = { hash: 1, curve: 2, encoding: 3 } as const;

/** Numbers of Tink's enumerations HashType, EllipticCurveType and EcdsaSignatureEncoding. */
const SHA256 = 3;
const NIST_P256 = 2;
const DER = 2;

function isP256WithSha256(params: Uint8Array): boolean {
  const fields = readFields(params);
  return (
    fields?.get(paramFields.hash) === SHA256 &&
    fields.get(paramFields.curve) === NIST_P256 &&
    fields.get(paramFields.encoding) === DER
  );
}

const COORDINATE_BYTES = 32;

/** Big-endian without a fixed length: Tink writes a zero in front where the first bit is set. */
function readCoordinate(value: number | Uint8Array | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const start = value.findIndex((byte) => byte !== 0);
  const significant = start === -1 ? value.subarray(value.length) : value.subarray(start);
  if (significant.length > COORDINATE_BYTES) return undefined;
  const padded = Buffer.alloc(COORDINATE_BYTES);
  padded.set(significant, COORDINATE_BYTES - significant.length);
  return padded.toString('base64url');
}

type Fields = ReadonlyMap<number, number | Uint8Array>;

/** Fields of a protobuf message by number: varints as numbers, the rest as bytes. */
function readFields(bytes: Uint8Array): Fields | undefined {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const number = Math.floor(tag.value / 8);
    const field = readValue(bytes, tag.end, tag.value % 8);
    if (field === undefined || number === 0 || fields.has(number)) return undefined;
    fields.set(number, field.value);
    at = field.end;
  }
  return fields;
}

interface Read<Value> {
  readonly value: Value;
  readonly end: number;
}

function readValue(bytes: Uint8Array, at: number, wireType: number): Read<number | Uint8Array> | undefined {
  switch (wireType) {
    case 0:
      return readVarint(bytes, at);
    case 1:
      return readBytes(bytes, at, 8);
    case 2: {
      const length = readVarint(bytes, at);
      return length && readBytes(bytes, length.end, length.value);
    }
    case 5:
      return readBytes(bytes, at, 4);
    default:
      return undefined;
  }
}

function readBytes(bytes: Uint8Array, at: number, length: number): Read<Uint8Array> | undefined {
  const end = at + length;
  return end > bytes.length ? undefined : { value: bytes.subarray(at, end), end };
}

/** Longer ones exist in protobuf, but nothing in a key needs more than 28 bits. */
const VARINT_BYTES_MAX = 4;

function readVarint(bytes: Uint8Array, at: number): Read<number> | undefined {
  let value = 0;
  for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return undefined;
}
