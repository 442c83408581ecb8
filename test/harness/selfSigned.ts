import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface SelfSigned {
  /** PEM. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly key: string;
}

/**
 * A certificate (RFC 5280) for these names that is its own authority: what a local https server shows, and what a
 * test trusts. Addresses among the names are not supported.
 */
export function createSelfSigned(
  names: readonly string[],
  validity: { readonly from?: Date; readonly until?: Date } = {},
): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('06082a8648ce3d040302'));
  const commonName = sequence(
    tlv(0x31, sequence(oid('0603550403'), tlv(0x0c, Buffer.from('Tributary test')))),
  );
  const alternatives = sequence(...names.map((name) => tlv(0x82, Buffer.from(name))));
  const extensions = sequence(
    sequence(oid('0603551d11'), tlv(0x04, alternatives)),
    sequence(oid('0603551d13'), tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff]))))),
  );
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName,
    sequence(
      time(validity.from ?? new Date('2020-01-01T00:00:00Z')),
      time(validity.until ?? new Date('2120-01-01T00:00:00Z')),
    ),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One value in DER (X.690): tag, length, content. */
function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function oid(encoded: string): Buffer {
  return Buffer.from(encoded, 'hex');
}

/** GeneralizedTime. OpenSSL takes it for every year. */
function time(instant: Date): Buffer {
  return tlv(0x18, Buffer.from(instant.toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}
