import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The input cannot be read any further. The reason is for whoever sent it and quotes none of it. */
export class InputBroken extends Error {
  /** Line or record where it broke, once a reader that counts them knows. */
  line: number | undefined;
}

/** Text of a file on its way in, with the digest of its bytes. */
export interface TextSource {
  /** Pieces of at least 32 Ki characters but for the last, so that a reader need not mind how bytes arrive. */
  readonly text: AsyncIterable<string>;
  /** SHA-256 of the file as it was given (packed, if it was), hex; of what was read so far until the end. */
  readonly sha256: () => string;
}

const pieceCharactersMin = 32 * 1024;

/** Unpacking more than this from one packed byte, after the first 64 MiB, is an attack and not a file. */
const unpackRatioMax = 200;
const unpackedBytesFree = 64 * 1024 * 1024;

/**
 * Decodes a byte stream, gzip or plain (told apart by the first bytes), as strict UTF-8 without its byte order
 * mark. Memory stays bounded whatever comes in.
 *
 * The iteration throws {@link InputBroken} for damaged or exploding gzip, another kind of archive, and bytes
 * that are not UTF-8; in the last case everything before the bad line was given out, so that a reader that
 * counts lines knows where it is. Failures of the stream itself are passed on as they are.
 */
export function readText(source: Readable): TextSource {
  const hash = createHash('sha256');
  return { text: joinPieces(decodeUtf8(unpack(source, hash))), sha256: () => hash.copy().digest('hex') };
}

async function* unpack(source: Readable, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  const counted = { bytes: 0 };
  try {
    const [start, bytes] = await peek(digest(source, hash, counted), 100);
    const foreign = recogniseForeign(start);
    if (foreign !== undefined) throw new InputBroken(foreign);
    if (start.readUInt16BE(0) === gzipMagic) yield* gunzip(bytes, counted);
    else yield* bytes;
  } finally {
    // Whoever stops early must not leave a file open.
    source.destroy();
  }
}

/** What is no text that can be read here, by its first bytes, with what to do about it. */
function recogniseForeign(start: Buffer): string | undefined {
  const text = start.toString('latin1');
  if (start.readUInt32BE(0) === zipMagic) {
    if (text.includes('[Content_Types].xml') || text.includes('xl/') || text.includes('_rels/'))
      return 'this is an Excel workbook (.xlsx); open it and save the sheet as "CSV UTF-8 (comma delimited)"';
    if (text.includes('opendocument.spreadsheet'))
      return 'this is an OpenDocument spreadsheet (.ods); open it and save the sheet as CSV, UTF-8, with commas';
    return 'this is a zip archive; unpack it and give the file inside';
  }
  if (start.readUInt32BE(0) === oldExcelMagic)
    return 'this is an old Excel workbook (.xls); open it and save the sheet as "CSV UTF-8 (comma delimited)"';
  const marked = start.readUInt16BE(0);
  const isUtf16 = marked === 0xfffe || marked === 0xfeff;
  // Without a mark every other byte of Latin text is zero.
  const alternates = (at: 0 | 1) =>
    start[at] === 0 && start[at + 2] === 0 && start[1 - at] !== 0 && start[3 - at] !== 0;
  return isUtf16 || alternates(0) || alternates(1)
    ? 'the text is UTF-16 ("Unicode Text" of Excel and Windows); save it as UTF-8'
    : undefined;
}

async function* digest(
  source: Readable,
  hash: ReturnType<typeof createHash>,
  counted: { bytes: number },
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
    hash.update(bytes);
    counted.bytes += bytes.length;
    yield bytes;
  }
}

async function* gunzip(
  packed: AsyncIterable<Buffer>,
  given: { readonly bytes: number },
): AsyncGenerator<Buffer> {
  const unpacking = createGunzip({ chunkSize: 64 * 1024 });
  pipeline(packed, unpacking, () => undefined);
  let unpackedBytes = 0;
  try {
    for await (const chunk of unpacking as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.length;
      if (unpackedBytes > unpackedBytesFree && unpackedBytes > given.bytes * unpackRatioMax)
        throw new InputBroken(`the gzip data unpacks to more than ${unpackRatioMax} times its size`);
      yield chunk;
    }
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_') !== true) throw error;
    throw new InputBroken('the gzip data is damaged or ends too early', { cause: error });
  }
}

const gzipMagic = 0x1f8b;
const zipMagic = 0x504b0304;
const oldExcelMagic = 0xd0cf11e0;

/** The first `count` bytes (padded with zeros when there are fewer) and a stream that still begins with them. */
async function peek(
  source: AsyncGenerator<Buffer>,
  count: number,
): Promise<[Buffer, AsyncGenerator<Buffer>]> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < count) {
    const next = await source.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    yield* source;
  }
  return [Buffer.concat([start.subarray(0, count), Buffer.alloc(count)]), whole()];
}

const notUtf8 = 'the bytes are not valid UTF-8';

async function* decodeUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let carried: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of source) {
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    const end = completeLength(bytes);
    // Copied, because the rest would keep its whole chunk alive.
    carried = Buffer.from(bytes.subarray(end));
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) {
      yield validLines(whole);
      throw new InputBroken(notUtf8);
    }
    const text = whole.toString('utf8');
    yield first && text.startsWith('\ufeff') ? text.slice(1) : text;
    first &&= end === 0;
  }
  if (carried.length > 0) throw new InputBroken(notUtf8);
}

/** Length of the bytes without a last character that is still incomplete (RFC 3629 section 3). */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** The lines before the first one that is not UTF-8. */
function validLines(bytes: Buffer): string {
  let end = 0;
  for (;;) {
    const next = bytes.indexOf('\n', end);
    if (next === -1 || !isUtf8(bytes.subarray(end, next))) return bytes.toString('utf8', 0, end);
    end = next + 1;
  }
}

async function* joinPieces(source: AsyncIterable<string>): AsyncGenerator<string> {
  let pieces: string[] = [];
  let characters = 0;
  try {
    for await (const piece of source) {
      pieces.push(piece);
      characters += piece.length;
      if (characters < pieceCharactersMin) continue;
      yield pieces.join('');
      pieces = [];
      characters = 0;
    }
  } catch (error) {
    if (pieces.length > 0) yield pieces.join('');
    throw error;
  }
  if (pieces.length > 0) yield pieces.join('');
}
