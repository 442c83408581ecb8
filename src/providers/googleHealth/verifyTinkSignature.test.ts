import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  property,
  assert as assertProperty,
  constant,
  oneof,
  string,
  uint8Array,
  jsonValue,
  tuple,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provider } from '../googleHealth.ts';
import { verifyTinkSignature } from './verifyTinkSignature.ts';

const body = Buffer.from('[{"data":{"healthUserId":"111","operation":"UPSERT","dataType":"steps"}}]');
const keyId = 0xf0e1d2c3;

describe('verifyTinkSignature', () => {
  it('accepts what an enabled key of the keyset signed', () => {
    const key = createKey();
    expect(verifyTinkSignature({ body, signature: signWith(key), keyset: keysetOf(entry(key)) })).toBe(true);
  });

  it('is the hook that the definition names', () => {
    const { authentication } = provider.delivery.webhook;
    expect(authentication.verify).toBe(verifyTinkSignature);
  });

  it('accepts coordinates of every length that Tink writes', () => {
    // Short coordinates come once in 256 keys, so they are looked for.
    const short = createKey((x, y) => x[0] === 0 || y[0] === 0);
    const long = createKey((x, y) => (x[0] ?? 0) > 127 && (y[0] ?? 0) > 127);
    for (const key of [short, long])
      for (const shape of [shorten, (coordinate: Buffer) => Buffer.concat([Buffer.alloc(1), coordinate])])
        expect(
          verifyTinkSignature({
            body,
            signature: signWith(key),
            keyset: keysetOf(entry(key, { value: serialize(key, { shape }) })),
          }),
        ).toBe(true);
  });

  it('finds the key by its number, not by its place or by the primary one', () => {
    const [older, newer] = [createKey(), createKey()];
    const keyset = keysetOf(entry(newer, { keyId: 7 }), entry(older));
    expect(verifyTinkSignature({ body, signature: signWith(older), keyset })).toBe(true);
    expect(verifyTinkSignature({ body, signature: signWith(newer, { keyId: 7 }), keyset })).toBe(true);
    expect(verifyTinkSignature({ body, signature: signWith(newer), keyset })).toBe(false);
    expect(verifyTinkSignature({ body, signature: signWith(older, { keyId: 8 }), keyset })).toBe(false);
  });

  it('refuses a body that differs in one bit, anywhere', () => {
    const key = createKey();
    const [signature, keyset] = [signWith(key), keysetOf(entry(key))];
    for (let at = 0; at < body.length; at += 1) {
      const tampered = Buffer.from(body);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      expect(verifyTinkSignature({ body: tampered, signature, keyset })).toBe(false);
    }
    expect(verifyTinkSignature({ body: new Uint8Array(), signature, keyset })).toBe(false);
  });

  it('refuses a signature that differs in one bit, anywhere', () => {
    const key = createKey();
    const bytes = Buffer.from(signWith(key), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const tampered = Buffer.from(bytes);
      tampered[at] = (tampered[at] ?? 0) ^ 0x10;
      const signature = tampered.toString('base64');
      expect(verifyTinkSignature({ body, signature, keyset: keysetOf(entry(key)) })).toBe(false);
    }
  });

  it.each([
    ['is disabled', { status: 'DISABLED' }],
    ['is destroyed', { status: 'DESTROYED' }],
    ['has no status', { status: undefined }],
    ['has another number', { keyId: keyId - 1 }],
    ['has its number as text', { keyId: String(keyId) }],
    ['is of the old prefix', { outputPrefixType: 'LEGACY' }],
    ['is of no prefix', { outputPrefixType: 'RAW' }],
    ['is of another kind', { typeUrl: 'type.googleapis.com/google.crypto.tink.Ed25519PublicKey' }],
    ['has no value', { value: undefined }],
    ['has a value that is not base64', { value: '<key>' }],
  ])('refuses a signature by a key that %s', (_, differs) => {
    const key = createKey();
    const keyset = keysetOf(entry(key, differs));
    expect(verifyTinkSignature({ body, signature: signWith(key), keyset })).toBe(false);
  });

  it.each([
    ['another hash', { params: [0x08, 4, 0x10, 2, 0x18, 2] }],
    ['another curve', { params: [0x08, 3, 0x10, 3, 0x18, 2] }],
    ['another encoding', { params: [0x08, 3, 0x10, 2, 0x18, 1] }],
    ['no parameters', { params: [] }],
    ['a later version', { version: 1 }],
    ['a repeated field', { after: [0x22, 1, 1] }],
    ['a group', { after: [0x2b] }],
    ['a field that is cut off', { after: [0x2a, 9, 1] }],
    [
      'an endless varint',
      { after: [0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] },
    ],
    ['a field without number', { after: [0x00, 1] }],
    ['a point beside the curve', { shape: () => Buffer.alloc(32, 1) }],
    ['a coordinate that is too long', { shape: (part: Buffer) => Buffer.concat([Buffer.from([1]), part]) }],
    ['an empty coordinate', { shape: () => Buffer.alloc(0) }],
  ])('refuses a key with %s', (_, differs) => {
    const key = createKey();
    const keyset = keysetOf(entry(key, { value: serialize(key, differs) }));
    expect(verifyTinkSignature({ body, signature: signWith(key), keyset })).toBe(false);
  });

  it('reads past fields of a key that it does not know', () => {
    const key = createKey();
    const after = [0x28, 5, 0x32, 2, 1, 1, 0x3d, 1, 2, 3, 4, 0x41, 1, 2, 3, 4, 5, 6, 7, 8];
    const keyset = keysetOf(entry(key, { value: serialize(key, { after }) }));
    expect(verifyTinkSignature({ body, signature: signWith(key), keyset })).toBe(true);
  });

  it('neither throws nor verifies whatever the signature and the keyset hold', () => {
    const key = createKey();
    const good = { signature: signWith(key), keyset: keysetOf(entry(key)) };
    const bytes = uint8Array({ maxLength: 120 }).map((value) => Buffer.from(value).toString('base64'));
    const prefixed = bytes.map((value) =>
      Buffer.concat([prefix(keyId), Buffer.from(value, 'base64')]).toString('base64'),
    );
    const keysets = oneof(
      string(),
      constant('null'),
      jsonValue().map((value) => JSON.stringify(value)),
      jsonValue().map((value) => JSON.stringify({ key: value })),
      jsonValue().map((value) => JSON.stringify({ key: [value] })),
      jsonValue().map((keyData) => JSON.stringify({ key: [{ ...entry(key), keyData }] })),
      bytes.map((value) => keysetOf(entry(key, { value }))),
    );
    const hostile = oneof(
      tuple(oneof(string(), bytes, prefixed), constant(good.keyset)),
      tuple(constant(good.signature), keysets),
    );
    assertProperty(
      property(hostile, ([signature, keyset]) => !verifyTinkSignature({ body, signature, keyset })),
      { numRuns: 500 },
    );
    expect(verifyTinkSignature({ body, ...good })).toBe(true);
  });

  it('gives up on a signature of absurd length without reading it', () => {
    const key = createKey();
    const signature = Buffer.concat([Buffer.from(signWith(key), 'base64'), randomBytes(1e6)]).toString(
      'base64',
    );
    expect(verifyTinkSignature({ body, signature, keyset: keysetOf(entry(key)) })).toBe(false);
  });
});

interface Key {
  readonly privateKey: KeyObject;
  readonly x: Buffer;
  readonly y: Buffer;
}

function createKey(fits: (x: Buffer, y: Buffer) => boolean = () => true): Key {
  for (;;) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' });
    const [x, y] = [Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')];
    if (fits(x, y)) return { privateKey, x, y };
  }
}

function prefix(number: number): Buffer {
  const bytes = Buffer.from([0x01, 0, 0, 0, 0]);
  bytes.writeUInt32BE(number, 1);
  return bytes;
}

function signWith(key: Key, options: { readonly keyId?: number } = {}): string {
  const der = sign('sha256', body, { key: key.privateKey, dsaEncoding: 'der' });
  return Buffer.concat([prefix(options.keyId ?? keyId), der]).toString('base64');
}

function shorten(coordinate: Buffer): Buffer {
  const start = coordinate.findIndex((byte) => byte !== 0);
  return coordinate.subarray(start);
}

interface Serialized {
  readonly params?: readonly number[];
  readonly version?: number;
  readonly shape?: (coordinate: Buffer) => Buffer;
  readonly after?: readonly number[];
}

/** An EcdsaPublicKey message as Tink writes it, or with a mistake. */
function serialize(key: Key, differs: Serialized = {}): string {
  const {
    params = [0x08, 3, 0x10, 2, 0x18, 2],
    version,
    shape = (part: Buffer) => part,
    after = [],
  } = differs;
  const field = (tag: number, value: Uint8Array) => Buffer.from([tag, value.length, ...value]);
  return Buffer.concat([
    Buffer.from(version === undefined ? [] : [0x08, version]),
    field(0x12, Uint8Array.from(params)),
    field(0x1a, shape(key.x)),
    field(0x22, shape(key.y)),
    Buffer.from(after),
  ]).toString('base64');
}

function entry(key: Key, differs: Readonly<Record<string, unknown>> = {}) {
  const { typeUrl, value, ...rest } = {
    typeUrl: 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey',
    value: serialize(key),
    ...differs,
  };
  const keyData = { typeUrl, value, keyMaterialType: 'ASYMMETRIC_PUBLIC' };
  return { keyData, status: 'ENABLED', keyId, outputPrefixType: 'TINK', ...rest };
}

function keysetOf(...keys: readonly object[]): string {
  return JSON.stringify({ primaryKeyId: 7, key: keys });
}
