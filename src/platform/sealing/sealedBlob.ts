import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** First byte of every blob; another layout or algorithm gets another number. */
export const blobFormat = 1;

const algorithm = 'aes-256-gcm';
/** 96 bits, for which no hash of the nonce is needed (NIST SP 800-38D, section 8.2). */
export const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + nonceBytes + tagBytes;

/** What is authenticated beside the text, and a nonce that its key has never seen. */
export interface SealingTerms {
  readonly aad: Uint8Array;
  readonly nonce: Uint8Array;
}

/**
 * `format | nonce | tag | ciphertext`, by AES-256-GCM. Nothing is compressed: lengths would tell of contents. Keys are
 * key objects, which cost a third of what bytes cost.
 */
export function sealBlob(key: KeyObject, plaintext: Uint8Array, { aad, nonce }: SealingTerms): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce);
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([Buffer.of(blobFormat), nonce, cipher.getAuthTag(), ciphertext]);
}

/** The text of a blob. @throws {Error} when a byte of it, the key or `aad` is another */
export function openBlob(key: KeyObject, blob: Uint8Array, aad: Uint8Array): Buffer {
  if (blob[0] !== blobFormat) throw new Error('Not a sealed blob');
  const nonce = blob.subarray(1, 1 + nonceBytes);
  // Whatever is cut ends in a tag that is too short; one of four bytes would be guessed.
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(aad);
  decipher.setAuthTag(blob.subarray(1 + nonceBytes, headerBytes));
  const plaintext = decipher.update(blob.subarray(headerBytes));
  decipher.final();
  return plaintext;
}
