import { createHash } from 'node:crypto';
import { DomainError } from '../platform/errors/domainError.ts';
import { logoUnusable } from './errors.ts';
import { encodePng, logoSideMax, type Logo, type Pixels } from './logos/encodePng.ts';
import { sharp } from './logos/imageLibrary.ts';

/** A logo made from a file that somebody gave. */
export interface ConvertedLogo extends Logo {
  /** SHA-256 of the file. */
  readonly sourceDigest: Buffer;
}

const mebibyte = 1024 * 1024;

/** Bytes of an image file at the most. */
export const logoFileBytesMax = 5 * mebibyte;

/**
 * Bytes of an unpacked image at the most. An interlaced PNG, a progressive JPEG, a WebP or a photo that lies on its side
 * is held in memory whole before anything of it can be made smaller, in each channel with its depth.
 */
const unpackedBytesMax = 64 * mebibyte;
/**
 * Pixels of a side at the most. What the decoder spends on each row and column grows with nothing that
 * `unpackedBytesMax` bounds: 40 million rows of one pixel take a minute, and their time limit is not noticed meanwhile.
 */
const sideMax = 16_384;
const decodeTimeoutS = 20;

/**
 * The logo that an image file shows: its first frame as a PNG of at most 256 pixels a side, never enlarged,
 * transparent where it was, upright as its camera meant it.
 *
 * The file is decoded to bare pixels and these are encoded anew, so that neither metadata nor anything hidden in or
 * behind the file is ever served. What kind of file it is, its first bytes say; its name is not looked at.
 *
 * @throws {DomainError} `logo-unusable`
 */
export async function convertLogo(file: Uint8Array): Promise<ConvertedLogo> {
  if (file.length > logoFileBytesMax)
    refuse(`The image file has more than ${logoFileBytesMax / mebibyte} MiB.`);
  const format = recogniseImage(file);
  if (format === undefined)
    refuse('The file is none of PNG, JPEG, WebP and GIF. SVG, PDF, TIFF, AVIF and others are not read.');
  await refuseLarge(file, format);
  const logo = await encodePng(await decode(file, format));
  return { ...logo, sourceDigest: createHash('sha256').update(file).digest() };
}

async function refuseLarge(file: Uint8Array, format: string): Promise<void> {
  // Only the header is read for this.
  const { width, height, channels, depth } = await orDamaged(
    sharp(file, { limitInputPixels: false }).metadata(),
    format,
  );
  // No format that is read has more than two bytes a channel.
  const unpackedBytes = width * height * channels * (depth === 'uchar' ? 1 : 2);
  if (unpackedBytes > unpackedBytesMax)
    refuse(
      `The image has ${width} × ${height} pixels, which are ${Math.ceil(unpackedBytes / mebibyte)} MiB unpacked; ${unpackedBytesMax / mebibyte} are read at the most. Make it smaller: a logo is shown at ${logoSideMax} pixels.`,
    );
  if (Math.max(width, height) > sideMax)
    refuse(`The image has ${width} × ${height} pixels; ${sideMax} a side are read at the most.`);
}

async function decode(file: Uint8Array, format: string): Promise<Pixels> {
  const image = sharp(file, { limitInputPixels: unpackedBytesMax, failOn: 'error', animated: false })
    .timeout({ seconds: decodeTimeoutS })
    .autoOrient()
    .resize({ width: logoSideMax, height: logoSideMax, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' });
  const { data, info } = await orDamaged(image.toBuffer({ resolveWithObject: true }), format);
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error(`An image of sRGB has ${channels} channels`);
  return { bytes: data, width, height, channels };
}

/** The library's own words come from whoever made the file, in part: they are not passed on. */
function orDamaged<Result>(reading: Promise<Result>, format: string): Promise<Result> {
  return reading.catch(() => refuse(`The ${format} image is damaged or incomplete.`));
}

type Signature = readonly [format: string, matches: (text: string) => boolean];

/** First bytes (as Latin-1) of what is read: PNG 5.2, JPEG B.1.1.3, WebP container, GIF 89a section 17. */
const signatures: readonly Signature[] = [
  ['PNG', (text) => text.startsWith('\x89PNG\r\n\x1a\n')],
  ['JPEG', (text) => text.startsWith('\xff\xd8\xff')],
  ['WebP', (text) => text.startsWith('RIFF') && text.startsWith('WEBP', 8)],
  ['GIF', (text) => text.startsWith('GIF87a') || text.startsWith('GIF89a')],
];

function recogniseImage(file: Uint8Array): string | undefined {
  const text = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, 16)).toString('latin1');
  return signatures.find(([, matches]) => matches(text))?.[0];
}

function refuse(detail: string): never {
  throw new DomainError(logoUnusable, detail);
}
