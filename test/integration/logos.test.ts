import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExternalAccountPage } from '../../src/contract/page.ts';
import type { ProviderObject } from '../../src/contract/provider.ts';
import { convertLogo } from '../../src/catalogue/convertLogo.ts';
import { setLogo } from '../../src/catalogue/logos.ts';
import { sql } from '../../src/platform/storage/database.ts';
import {
  animatedGif,
  chunksOf,
  cmykJpeg,
  deepPng,
  flat,
  insertChunk,
  jpegOfPlace,
  jpegLyingOnItsSide,
  pixelsOf,
  pngOfSize,
  type Rgba,
} from '../builders/imageFile.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';
import { createStudy } from '../builders/study.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

const garmin = 6327;
const pathOf = (id: number | string) => `/api/v1/delegated/externalaccountproviders/${id}/logo`;
const red: Rgba = [200, 10, 20, 255];
const script = '<script>alert(document.domain)</script>';
const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${script}</svg>`;

let test: TestDatabase;
let service: TestService;
let directory: string;
beforeAll(async () => {
  test = await createTestDatabase();
  service = await startTestService(test.database);
  directory = await mkdtemp(join(tmpdir(), 'tributary-logos-'));
});
beforeEach(() => test.database.query(sql`delete from provider_logos`));
afterAll(async () => {
  await service.close();
  await rm(directory, { recursive: true, force: true });
});

const store = (providerID: number, file: Uint8Array) =>
  convertLogo(file).then((logo) =>
    test.database.transaction((transaction) =>
      setLogo(transaction, { providerID, logo, actor: 'test', now: 0 }),
    ),
  );
const addProvider = async (name: string) => {
  const [row] = await test.database.query<{ provider_id: number }>(
    sql`insert into providers (name, category, source) values (${name}, 'Provider', 'import') returning provider_id`,
  );
  return row!.provider_id;
};
/** What the participant of a study with an account at the provider is told of its logo, and what the study is told. */
async function listedLogos(providerID: number) {
  const study = await createStudy(test.database);
  const participantID = await study.addParticipant();
  await study.addAccount({ participantID, providerID });
  const hers = await service.issueParticipantToken(study.projectID, participantID);
  const own = await service.send({ url: '/api/v1/delegated/externalaccounts', token: hers });
  const all = await service.send({
    url: `/api/v1/administration/projects/${study.projectID}/externalAccounts`,
    token: await service.issueToken(study.projectID),
  });
  return [
    own.json<{ provider: ProviderObject }[]>()[0]!.provider,
    all.json<ExternalAccountPage>().externalAccounts[0]!.provider,
  ].map(({ logoUrl }) => logoUrl);
}

const acts = () =>
  test.database.query<{ action: string; actor: string; details: Record<string, unknown> }>(
    sql`select action, actor, details from audit_entries where action like 'provider-logo.%' order by entry_id`,
  );

describe('the address of a logo', () => {
  it('is told to participants only where it is more than a monogram, and always to the study', async () => {
    const address = publicUrl + pathOf(garmin);
    expect(await listedLogos(garmin)).toEqual([undefined, address]);
    await store(garmin, await flat(red, 64, 64));
    expect(await listedLogos(garmin)).toEqual([address, address]);
  });
});

describe('the logo of a provider', () => {
  it('is shown to everybody, on every page, and may be kept for a day', async () => {
    for (const token of [undefined, 'nobody-has-this-token']) {
      const answer = await service.send({ url: pathOf(garmin), ...(token === undefined ? {} : { token }) });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(answer.rawPayload.length),
        'cache-control': 'public, max-age=86400',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        etag: `"${createHash('sha256').update(answer.rawPayload).digest('base64url')}"`,
      });
      expect(await pixelsOf(answer.rawPayload)).toMatchObject({ width: 256, height: 256 });
    }
  });

  it('is the same under the path of older exports, in any letter case and with repeated slashes', async () => {
    const { rawPayload, headers } = await service.send({ url: pathOf(garmin) });
    for (const url of [
      `/api/fhirproviderslogo/${garmin}`,
      `//API/FhirProvidersLogo/${garmin}/`,
      `/api/v1/Delegated//ExternalAccountProviders/${garmin}/Logo`,
    ]) {
      const answer = await service.send({ url });
      expect(answer.statusCode, url).toBe(200);
      expect(answer.headers.etag).toBe(headers.etag);
      expect(answer.rawPayload.equals(rawPayload)).toBe(true);
    }
  });

  it('is not sent again to whom has it: 304 for the tag, its weak form, lists and a star', async () => {
    const { etag } = (await service.send({ url: pathOf(garmin) })).headers;
    for (const known of [etag!, `W/${etag}`, `"x", W/${etag} , "y"`, '*']) {
      const answer = await service.send({ url: pathOf(garmin), headers: { 'if-none-match': known } });
      expect(answer.statusCode, known).toBe(304);
      expect(answer.rawPayload.length).toBe(0);
      expect(answer.headers).toMatchObject({
        etag,
        'cache-control': 'public, max-age=86400',
        'cross-origin-resource-policy': 'cross-origin',
      });
    }
    for (const other of ['"x"', etag!.slice(1, -1), ''])
      expect(
        (await service.send({ url: pathOf(garmin), headers: { 'if-none-match': other } })).statusCode,
        other,
      ).toBe(200);
  });

  it('is a 404 that nobody keeps for numbers of no provider and for what is no number', async () => {
    const wrong = [
      '0',
      '-1',
      '1.5',
      '1e3',
      '+1',
      '007',
      'abc',
      '2147483647',
      '2147483648',
      '9'.repeat(400),
      '%D9%A3',
    ];
    for (const id of wrong)
      for (const url of [pathOf(id), `/api/fhirproviderslogo/${id}`]) {
        const answer = await service.send({ url, headers: { 'if-none-match': '*' } });
        expect(answer.statusCode, url).toBe(404);
        expect(answer.json()).toMatchObject({ code: 'not-found', status: 404 });
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.headers.etag).toBeUndefined();
      }
  });

  it('is drawn from any name that a provider can have', async () => {
    const names = [
      '𝔐ayo',
      '🏥',
      '\u202eClinic',
      "'; drop table providers;--",
      ' ',
      '北京',
      'é'.repeat(300),
      '<svg>',
    ];
    for (const name of names) {
      const answer = await service.send({ url: pathOf(await addProvider(name)) });
      expect(answer.statusCode, name).toBe(200);
      expect(chunksOf(answer.rawPayload)).toEqual(['IHDR', 'pHYs', 'IDAT', 'IEND']);
    }
  });

  it('is the same in another process for the same name', async () => {
    const other = await startTestService(test.database);
    const id = await addProvider('Fern Hill Clinic');
    const answers = await Promise.all([service, other].map((each) => each.send({ url: pathOf(id) })));
    await other.close();
    expect(answers[1]!.headers.etag).toBe(answers[0]!.headers.etag);
  });

  it('counts for the limit of the address like every public route', async () => {
    const limited = await startTestService(test.database, {
      clock: createFakeClock(),
      environment: { TRIBUTARY_RATE_LIMIT_ADDRESS: '3' },
    });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await limited.send({ url: pathOf(garmin) })).statusCode);
    await limited.close();
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('is the stored one where there is one, under a new tag', async () => {
    const before = await service.send({ url: pathOf(garmin) });
    await store(garmin, await flat(red, 300, 150));
    const after = await service.send({
      url: pathOf(garmin),
      headers: { 'if-none-match': before.headers.etag! },
    });
    expect(after.statusCode).toBe(200);
    expect(after.headers.etag).toBe(`"${createHash('sha256').update(after.rawPayload).digest('base64url')}"`);
    expect(await pixelsOf(after.rawPayload)).toMatchObject({ width: 256, height: 128, first: red });
    const again = await service.send({
      url: pathOf(garmin),
      headers: { 'if-none-match': after.headers.etag! },
    });
    expect(again.statusCode).toBe(304);
  });

  it('leaves no trace and no picture when the transaction fails', async () => {
    const logo = await convertLogo(await flat(red, 10, 10));
    const traces = (await acts()).length;
    const failed = test.database.transaction(async (transaction) => {
      await setLogo(transaction, { providerID: garmin, logo, actor: 'test', now: 0 });
      throw new Error('later');
    });
    await expect(failed).rejects.toThrow('later');
    expect(await acts()).toHaveLength(traces);
    expect(await test.database.query(sql`select from provider_logos`)).toHaveLength(0);
  });
});

describe('an image becomes a logo', () => {
  const servedChunks = ['IHDR', 'pHYs', 'IDAT', 'IEND'];

  it('from PNG, JPEG, WebP and GIF alike, transparent where it was', async () => {
    const half: Rgba = [10, 200, 20, 128];
    for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
      const { png } = await convertLogo(await flat(red, 64, 32, format));
      const { first, ...size } = await pixelsOf(png);
      expect(size, format).toEqual({ width: 64, height: 32 });
      for (const [channel, value] of red.entries())
        expect(Math.abs(first[channel]! - value), format).toBeLessThan(6);
      expect(chunksOf(png)).toEqual(servedChunks);
    }
    for (const format of ['png', 'webp'] as const)
      expect(
        Math.abs((await pixelsOf((await convertLogo(await flat(half, 40, 40, format))).png)).first[3]! - 128),
      ).toBeLessThan(3);
  });

  it('of at most 256 pixels a side, in proportion, and is never enlarged', async () => {
    for (const [width, height, wanted] of [
      [1000, 500, { width: 256, height: 128 }],
      [300, 3000, { width: 26, height: 256 }],
      [5000, 1, { width: 256, height: 1 }],
      [40, 30, { width: 40, height: 30 }],
      [1, 1, { width: 1, height: 1 }],
    ] as const)
      expect(await pixelsOf((await convertLogo(await flat(red, width, height))).png)).toMatchObject(wanted);
  });

  it('without anything but its pixels: text, trailing pages and profiles stay behind', async () => {
    const plain = await flat(red, 64, 64);
    const files = [
      Buffer.concat([plain, Buffer.from(`<!doctype html>${script}`)]),
      insertChunk(plain, 'tEXt', `Comment\0${script}`),
      insertChunk(plain, 'eXIf', script),
      insertChunk(plain, 'prVt', script),
    ];
    const expected = (await convertLogo(plain)).png;
    for (const file of files) {
      expect(file.includes(script)).toBe(true);
      const { png } = await convertLogo(file);
      expect(png.equals(expected)).toBe(true);
      expect(png.includes('script')).toBe(false);
    }
  });

  it('without the place where it was taken, and upright', async () => {
    const photo = await jpegOfPlace(red);
    expect(photo.includes('Tributary Meadow')).toBe(true);
    const { png } = await convertLogo(photo);
    expect(chunksOf(png)).toEqual(servedChunks);
    expect(png.includes('Tributary')).toBe(false);
    expect(await pixelsOf((await convertLogo(await jpegLyingOnItsSide(60, 20))).png)).toMatchObject({
      width: 20,
      height: 60,
    });
  });

  it('from the first frame of an animation', async () => {
    const film = await animatedGif([
      [255, 0, 0, 255],
      [0, 0, 255, 255],
    ]);
    const { first, ...size } = await pixelsOf((await convertLogo(film)).png);
    expect(size).toEqual({ width: 30, height: 30 });
    expect(first).toEqual([255, 0, 0, 255]);
  });

  it('with 8 bits for each of red, green and blue, from 16 bits, grey and CMYK', async () => {
    for (const file of [await deepPng(), await cmykJpeg(), pngOfSize(20, 20, { grey: true, honest: true })]) {
      const { png } = await convertLogo(file);
      expect(chunksOf(png)).toEqual(servedChunks);
      expect(png[24], 'bits of a channel').toBe(8);
      expect([2, 6], 'kind of colour').toContain(png[25]);
    }
  });

  it('from a picture that is nearly all of what is read, in a moment', async () => {
    const { png } = await convertLogo(pngOfSize(8_192, 8_192, { grey: true, honest: true }));
    expect(await pixelsOf(png)).toMatchObject({ width: 256, height: 256 });
  });
});

describe('a file is no logo', () => {
  const refused: Readonly<Record<string, readonly [file: () => Buffer | Promise<Buffer>, reason: RegExp]>> = {
    'an SVG image': [() => Buffer.from(svg), /none of PNG, JPEG, WebP and GIF/],
    'an SVG image that begins like a GIF': [() => Buffer.from(`GIF89a${svg}`), /damaged/],
    'an SVG image that begins like a WebP': [() => Buffer.from(`RIFF\0\0\0\0WEBP${svg}`), /damaged/],
    'an SVG image behind the first bytes of a PNG': [
      () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(svg)]),
      /damaged/,
    ],
    'a PDF': [() => Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj'), /none of/],
    'a web page': [() => Buffer.from(`<!doctype html>${script}`), /none of/],
    'a TIFF': [() => flat(red, 20, 20, 'tiff'), /none of/],
    'an AVIF': [() => flat(red, 20, 20, 'avif'), /none of/],
    'a PNG that ends early': [async () => (await noise()).subarray(0, -2_000), /PNG image is damaged/],
    'a PNG of nothing but its first bytes': [async () => (await noise()).subarray(0, 8), /damaged/],
    'a JPEG that ends early': [
      async () => (await noise('jpeg')).subarray(0, -2_000),
      /JPEG image is damaged/,
    ],
    'a PNG with a wrong checksum': [
      async () => {
        const file = Buffer.from(await noise());
        file[file.indexOf('IDAT') + 500]! ^= 0xff;
        return file;
      },
      /damaged/,
    ],
    'a PNG that unfolds to 2,500 million pixels': [() => pngOfSize(50_000, 50_000), /50000 × 50000 pixels/],
    'a PNG just over the bytes that are unpacked': [
      () => pngOfSize(8_193, 8_192, { grey: true, honest: true }),
      /8193 × 8192 pixels, which are 65 MiB unpacked; 64 are read/,
    ],
    'a PNG with as many pixels as are read, in four channels of 16 bits': [
      () => pngOfSize(4_096, 4_096, { deep: true }),
      /4096 × 4096 pixels, which are 128 MiB unpacked/,
    ],
    'a PNG of 40 million rows': [
      () => pngOfSize(1, 40_000_000, { grey: true, honest: true }),
      /1 × 40000000 pixels; 16384 a side/,
    ],
    'a PNG of 40 million columns': [
      () => pngOfSize(40_000_000, 1, { grey: true, honest: true }),
      /40000000 × 1 pixels; 16384 a side/,
    ],
    'a PNG just over a side that is read': [
      () => pngOfSize(16_385, 1, { grey: true, honest: true }),
      /16384 a side/,
    ],
    'a PNG of no pixels': [() => pngOfSize(0, 0), /damaged/],
    'an empty file': [() => Buffer.alloc(0), /none of/],
    'one byte over 5 MiB': [
      async () =>
        Buffer.concat([await flat(red, 9, 9), Buffer.alloc(5 * 1024 * 1024)]).subarray(
          0,
          5 * 1024 * 1024 + 1,
        ),
      /more than 5 MiB/,
    ],
  };
  for (const [what, [file, reason]] of Object.entries(refused))
    it(`if it is ${what}`, async () => {
      const failure = await convertLogo(await file()).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'DomainError', problem: { code: 'logo-unusable' } });
      expect((failure as Error).message).toMatch(reason);
    });

  it('and SVG cannot be opened in this process at all, whoever asks', async () => {
    const { sharp } = await import('../../src/catalogue/logos/imageLibrary.ts');
    await expect(sharp(Buffer.from(svg)).metadata()).rejects.toThrow(/unsupported/);
    await writeFile(join(directory, 'plain.png'), await flat(red, 9, 9));
    await expect(sharp(join(directory, 'plain.png')).metadata()).rejects.toThrow(/unsupported/);
  });

  const noise = (format: 'png' | 'jpeg' = 'png') => flat('noise', 120, 120, format);
});

describe('tributary providers logo', () => {
  const run = (...words: string[]) =>
    runCommand(['providers', 'logo', ...words], {
      TRIBUTARY_DATABASE_URL: urlOf(test.target),
      TRIBUTARY_DATA_DIR: directory,
    });
  const file = async (name: string, bytes: Buffer | string) => {
    await writeFile(join(directory, name), bytes);
    return join(directory, name);
  };

  it('sets a logo once, replaces it, and takes it away, each with a trace', async () => {
    const earlier = (await acts()).length;
    const first = await file('first.bin', await flat(red, 30, 30));
    const second = await file('second.gif', await flat([0, 0, 255, 255], 30, 30, 'gif'));
    const results = [
      await run(String(garmin), first, '--json'),
      await run(String(garmin), first),
      await run(String(garmin), second),
      await run(String(garmin), '--remove'),
      await run(String(garmin), '--remove', '--json'),
    ];
    for (const result of results) expect(result).toMatchObject({ code: 0, stderr: '' });
    const { digest } = await convertLogo(await flat(red, 30, 30));
    expect(JSON.parse(results[0]!.stdout)).toEqual({
      providerID: garmin,
      changed: true,
      digest: digest.toString('hex'),
    });
    expect(results[1]!.stdout).toBe('It has this logo already.\n');
    expect(results[2]!.stdout).toMatch(/^The logo is set\./);
    expect(results[3]!.stdout).toMatch(/^The logo is removed\./);
    expect(JSON.parse(results[4]!.stdout)).toEqual({ providerID: garmin, changed: false, digest: null });
    const traces = (await acts()).slice(earlier);
    expect(traces.map(({ action }) => action)).toEqual([
      'provider-logo.set',
      'provider-logo.set',
      'provider-logo.removed',
    ]);
    expect(traces[0]).toMatchObject({ details: { providerID: garmin, digest: digest.toString('hex') } });
    expect(traces[0]!.actor).toMatch(/^command-line:/);
  });

  it('goes by what is in a file and not by its name, and changes nothing when it refuses', async () => {
    await store(garmin, await flat(red, 30, 30));
    const before = (await service.send({ url: pathOf(garmin) })).headers.etag;
    const refused = await run(String(garmin), await file('logo.png', svg));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^error: The file is none of PNG, JPEG, WebP and GIF\. .*\n$/);
    expect((await service.send({ url: pathOf(garmin) })).headers.etag).toBe(before);
    expect(await run(String(garmin), await file('logo.svg', await flat(red, 31, 31)))).toMatchObject({
      code: 0,
    });
    expect((await service.send({ url: pathOf(garmin) })).headers.etag).not.toBe(before);
  });

  it('reads no more of a file than is enough to refuse it', async () => {
    const large = await run(String(garmin), await file('large.png', Buffer.alloc(12 * 1024 * 1024)));
    expect(large).toMatchObject({ code: 1, stderr: 'error: The image file has more than 5 MiB.\n' });
  });

  it('says what is wrong with its words', async () => {
    const image = await file('image.png', await flat(red, 9, 9));
    for (const [words, code, message] of [
      [[String(garmin)], 2, /give either a file or --remove/],
      [[String(garmin), image, '--remove'], 2, /give either a file or --remove/],
      [['garmin', image], 2, /must be the number of a provider/],
      [['0', image], 2, /must be the number of a provider/],
      [['2147483648', image], 2, /must be the number of a provider/],
      [['2147483647', image], 1, /no provider with the number 2147483647/],
      [['2147483647', '--remove'], 1, /no provider with the number 2147483647/],
      [
        [String(garmin), join(directory, 'absent.png')],
        1,
        /^error: There is no such file or folder: .*absent\.png$/m,
      ],
      [[String(garmin), directory], 1, /is not a regular file/],
    ] as const) {
      const result = await run(...words);
      expect(result, words.join(' ')).toMatchObject({ code, stdout: '' });
      expect(result.stderr).toMatch(message);
      expect(result.stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('has help with an example', async () => {
    expect((await run('--help')).stdout).toMatch(/Example:\n {2}tributary providers logo 6327/);
  });
});
