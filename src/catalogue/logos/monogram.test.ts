import { describe, expect, it } from 'vitest';
import { fillOutline } from './fillOutline.ts';
import { sharp } from './imageLibrary.ts';
import { drawMonogram } from './monogram.ts';
import { drawRectangle, roundedSquare } from './outline.ts';
import { palette, type Colour } from './palette.ts';

const sum = (coverage: Float32Array) => coverage.reduce((total, share) => total + share, 0);

describe('filling an outline', () => {
  it('covers the area of what it is given, to the shares of pixels', () => {
    expect(sum(fillOutline([drawRectangle([1.25, 2.5], [5.75, 6])], 8))).toBeCloseTo(4.5 * 3.5, 2);
    expect(sum(fillOutline([roundedSquare(64, 32)], 64))).toBeCloseTo(
      32 * 32 ** 2 * Math.sin(Math.PI / 32),
      0,
    );
  });

  it('leaves holes open, counts overlaps once and cuts off what lies outside', () => {
    const hole = [...drawRectangle([2, 2], [4, 4])].reverse();
    expect(sum(fillOutline([drawRectangle([1, 1], [7, 7]), hole], 8))).toBeCloseTo(32);
    expect(sum(fillOutline([drawRectangle([1, 1], [5, 5]), drawRectangle([3, 1], [7, 5])], 8))).toBeCloseTo(
      24,
    );
    expect(sum(fillOutline([drawRectangle([-100, -100], [100, 100])], 8))).toBeCloseTo(64);
    expect(sum(fillOutline([], 8))).toBe(0);
  });
});

describe('a monogram', () => {
  it('has letters that everybody can read: 4.5 to 1 on every colour', () => {
    for (const colour of palette) expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
    expect(new Set(palette.map(String)).size).toBe(palette.length);
  });

  it('is a square of 256 pixels with clear corners, ink that stays inside, and one colour of the palette', async () => {
    for (const name of ['Oura', 'WHOOP Wellness', '北京协和医院', 'Ệ Ạ', '14']) {
      const { data, info } = await sharp((await drawMonogram(name)).png)
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info).toMatchObject({ width: 256, height: 256, channels: 4 });
      const pixel = (x: number, y: number) => [...data.subarray((y * 256 + x) * 4, (y * 256 + x) * 4 + 4)];
      expect(pixel(0, 0)[3]).toBe(0);
      expect(pixel(255, 255)[3]).toBe(0);
      const colour = pixel(128, 10);
      expect(palette.map((each) => [...each, 255])).toContainEqual(colour);
      let inked = 0;
      for (let y = 0; y < 256; y++)
        for (let x = 0; x < 256; x++) {
          if (String(pixel(x, y).slice(0, 3)) === String(colour.slice(0, 3))) continue;
          inked++;
          expect(x >= 35 && x < 221 && y >= 35 && y < 221, `${name} at ${x}, ${y}`).toBe(true);
        }
      expect(inked).toBeGreaterThan(2_000);
    }
  });

  it('is the same for the same name, and tells names apart by letters and colour', async () => {
    const [first, again, otherLetter] = await Promise.all(
      ['Fern Hill', 'Fern Hill', 'Gern Hill'].map(async (name) =>
        (await drawMonogram(name)).digest.toString('hex'),
      ),
    );
    expect(again).toBe(first);
    expect(otherLetter).not.toBe(first);
    const sameLetters = await Promise.all(
      Array.from({ length: 60 }, async (_, n) =>
        (await drawMonogram(`Fern Hill ${n}`)).digest.toString('hex'),
      ),
    );
    expect(new Set(sameLetters).size).toBe(palette.length);
  });
});

/** Relative luminance (WCAG 2.2). */
function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
