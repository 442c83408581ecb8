import { crc32, deflateSync } from 'node:zlib';
import { randomFillSync } from 'node:crypto';
import { sharp } from '../../src/catalogue/logos/imageLibrary.ts';

export type Rgba = readonly [red: number, green: number, blue: number, opacity: number];

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** An image of one colour, or of noise that hardly compresses. */
export function flat(
  colour: Rgba | 'noise',
  width: number,
  height: number,
  format: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'avif' = 'png',
): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 4);
  if (colour === 'noise') randomFillSync(pixels);
  else for (let pixel = 0; pixel < width * height; pixel++) pixels.set(colour, pixel * 4);
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .toFormat(format, { quality: 100 })
    .toBuffer();
}

/** A photo that says where it was taken, and by whom. */
export async function jpegOfPlace(colour: Rgba): Promise<Buffer> {
  return sharp(await flat(colour, 80, 80, 'jpeg'))
    .withExif({
      IFD0: { Artist: 'Tributary Meadow' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '7/1 0/1 0/1',
      },
    })
    .jpeg()
    .toBuffer();
}

/** A photo whose camera was turned: what is stored lies on its side. */
export async function jpegLyingOnItsSide(width: number, height: number): Promise<Buffer> {
  return sharp(await flat([1, 2, 3, 255], width, height, 'jpeg'))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

/** One frame of 30 pixels a side for each colour. */
export function animatedGif(colours: readonly Rgba[]): Promise<Buffer> {
  const side = 30;
  const frames = colours.flatMap((colour) => Array.from({ length: side * side }, () => colour).flat());
  return sharp(Buffer.from(frames), {
    raw: { width: side, height: side * colours.length, channels: 4, pageHeight: side },
  })
    .gif({ loop: 0, delay: colours.map(() => 100) })
    .toBuffer();
}

export function deepPng(): Promise<Buffer> {
  return flat([200, 10, 20, 255], 20, 20).then((png) => sharp(png).toColourspace('rgb16').png().toBuffer());
}

export function cmykJpeg(): Promise<Buffer> {
  return flat([200, 10, 20, 255], 20, 20).then((png) => sharp(png).toColourspace('cmyk').jpeg().toBuffer());
}

interface PngOptions {
  readonly grey?: boolean;
  readonly honest?: boolean;
  /** With opacity, 16 bits a channel, interlaced: the most that a pixel can take. */
  readonly deep?: boolean;
}

/** A PNG that says it has this size; its pixels are there only if it is honest. */
export function pngOfSize(
  width: number,
  height: number,
  { grey = false, honest = false, deep = false }: PngOptions = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(deep ? [16, 6, 0, 0, 1] : [8, grey ? 0 : 2, 0, 0, 0], 8);
  const rowBytes = 1 + width * (grey ? 1 : 3);
  const pixels = deflateSync(Buffer.alloc(honest ? rowBytes * height : 1_000));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The PNG with one more chunk after its header. */
export function insertChunk(png: Buffer, type: string, text: string): Buffer {
  const at = signature.length + 25;
  return Buffer.concat([png.subarray(0, at), chunk(type, Buffer.from(text, 'latin1')), png.subarray(at)]);
}

/** Types of a PNG's chunks; throws where there is anything else, in it or behind it. */
export function chunksOf(png: Buffer): string[] {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('It is no PNG');
  const types: string[] = [];
  let at = 8;
  while (at < png.length) {
    const end = at + 12 + png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (crc32(png.subarray(at + 4, end - 4)) !== png.readUInt32BE(end - 4))
      throw new Error(`${type} is broken`);
    // The resolution that the library writes; it must not come from the source.
    if (type === 'pHYs' && png.toString('hex', at + 8, end - 4) !== '000003e8000003e801')
      throw new Error('A resolution of its own');
    if (types.at(-1) !== 'IDAT' || type !== 'IDAT') types.push(type);
    at = end;
  }
  if (at !== png.length || types.at(-1) !== 'IEND') throw new Error('It does not end with its last chunk');
  return types;
}

/** The size of a PNG and its first pixel. */
export async function pixelsOf(
  png: Buffer,
): Promise<{ readonly width: number; readonly height: number; readonly first: number[] }> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, first: [...data.subarray(0, 4)] };
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
