import { createECDH, createPrivateKey, hash, sign } from 'node:crypto';

/**
 * A signing key in the way of Google's Tink library: ECDSA over P-256 with SHA-256, a number in front of each
 * signature, and a keyset that tells the public half. Nobody hands it out, so it is derived from the client's secret:
 * the same secret, the same key.
 */
export interface TinkKey {
  /** Base64 of 0x01, the key's number (four bytes) and the signature in DER. */
  sign(body: Uint8Array): string;
  /** Tink's JSON form. */
  readonly keyset: string;
}

export function createTinkKey(clientSecret: string): TinkKey {
  const pair = createECDH('prime256v1');
  // A digest that is no number below the curve's order is as good as impossible, and refused.
  pair.setPrivateKey(hash('sha256', `tink ${clientSecret}`, 'buffer'));
  // 0x04, x, y.
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const key = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: pair.getPrivateKey('base64url'),
      x: x.toString('base64url'),
      y: y.toString('base64url'),
    },
  });
  const number = hash('sha256', point, 'buffer').readUInt32BE(0);
  const prefix = Buffer.alloc(5, 1);
  prefix.writeUInt32BE(number, 1);
  return {
    sign: (body) =>
      Buffer.concat([prefix, sign('sha256', body, { key, dsaEncoding: 'der' })]).toString('base64'),
    keyset: writeKeyset(number, { x, y }),
  };
}

function writeKeyset(keyId: number, { x, y }: { readonly x: Buffer; readonly y: Buffer }): string {
  // google.crypto.tink.EcdsaPublicKey: params (SHA-256, P-256, DER), then the coordinates with a zero in front.
  const params = [0x08, 3, 0x10, 2, 0x18, 2];
  const field = (tag: number, bytes: Uint8Array | number[]) => [tag, bytes.length, ...bytes];
  const value = Buffer.from([...field(0x12, params), ...field(0x1a, [0, ...x]), ...field(0x22, [0, ...y])]);
  return JSON.stringify({
    primaryKeyId: keyId,
    key: [
      {
        keyData: {
          typeUrl: 'type.googleapis.com/google.crypto.tink.EcdsaPublicKey',
          value: value.toString('base64'),
          keyMaterialType: 'ASYMMETRIC_PUBLIC',
        },
        status: 'ENABLED',
        keyId,
        outputPrefixType: 'TINK',
      },
    ],
  });
}
