import { blobFormat } from './sealedBlob.ts';
import type { SealedPlace } from './vault.ts';

/** What wraps the data key of a place: moved to another place or key, it does not unwrap. */
export function wrapData(place: SealedPlace, keyID: string): Buffer {
  return encode('wrap', ...partsOf(place), keyID);
}

/**
 * What seals one field of a place. The key-encryption key is not in it, so that a rotation need not open fields;
 * it is bound by the data key, which only opens with it.
 */
export function fieldData(place: SealedPlace, field: string): Buffer {
  return encode('field', ...partsOf(place), field);
}

/** What wraps the known text that tells whether a key is the one of its name. */
export function canaryData(keyID: string): Buffer {
  return encode('canary', keyID);
}

function partsOf({ project, owner, generation, version }: SealedPlace): string[] {
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(version))
    throw new Error('Generation and version of a sealed value are whole numbers');
  // A GUID is the same in both letter cases.
  return [project.toLowerCase(), owner, String(generation), String(version)];
}

/** Each part behind its length in four bytes: no two lists of parts have the same encoding. */
function encode(...parts: readonly string[]): Buffer {
  const texts = ['tributary', String(blobFormat), ...parts].map((part) => Buffer.from(part));
  const encoded = Buffer.alloc(texts.reduce((length, text) => length + 4 + text.length, 0));
  let at = 0;
  for (const text of texts) {
    at = encoded.writeUInt32BE(text.length, at);
    at += text.copy(encoded, at);
  }
  return encoded;
}
