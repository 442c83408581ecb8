import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** What this process understands, as `Accept-Encoding` says it. */
export const acceptedEncodings = 'gzip, br';

/** A body that is longer than the caller wanted to hold. */
export class BodyTooLarge extends Error {}

/** A body that is not what its headers say. */
export class BodyMalformed extends Error {}

/**
 * Reads a body to its end and gives it decompressed. Never holds more than `bytesMax` of it: what is longer,
 * before or after decompression, is abandoned where the bound is crossed.
 *
 * @throws {BodyTooLarge} {@link BodyMalformed}; failures of the connection are passed on
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Uint8Array> {
  const decompress = decompressorFor(encoding);
  if (decompress === undefined) return collect(body, bytesMax);
  // Called back when either side is done or fails; the reader of `decompress` sees the failure.
  pipeline(body, decompress, () => undefined);
  try {
    return await collect(decompress, bytesMax);
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code.startsWith('Z_') || code.startsWith('ERR__ERROR') || code.startsWith('ERR_BROTLI'))
      throw new BodyMalformed('the body cannot be decompressed', { cause: error });
    throw error;
  }
}

function decompressorFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    default:
      // Also several encodings on top of each other: nobody honest does that to JSON.
      throw new BodyMalformed('the body is encoded in a way that was not asked for');
  }
}

async function collect(stream: Readable, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new BodyTooLarge('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
