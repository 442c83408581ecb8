import { createHash } from 'node:crypto';
import { sharp } from './imageLibrary.ts';

/** Pixels row by row, 8 bits for each channel: red, green, blue and perhaps how opaque. */
export interface Pixels {
  readonly bytes: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** An image as it is stored and served. */
export interface Logo {
  readonly png: Buffer;
  /** SHA-256 of `png`. */
  readonly digest: Buffer;
}

/** The longer side of a logo at the most. */
export const logoSideMax = 256;

/** A PNG of exactly these pixels: it has no metadata and nothing else of the file that they came from. */
export async function encodePng({ bytes, width, height, channels }: Pixels): Promise<Logo> {
  const png = await sharp(bytes, { raw: { width, height, channels } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { png, digest: createHash('sha256').update(png).digest() };
}
