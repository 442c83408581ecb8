import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype, { type Command, type Font } from 'opentype.js';
import type { Outline, Point } from './outline.ts';

/** One letter drawn on the baseline, in units of the font's size. */
export interface Letter {
  readonly outline: Outline;
  /** How far to the right the next letter begins. */
  readonly advance: number;
}

/** Inter is published in parts by script; each is read when a letter is first looked for in it. */
const parts = ['latin', 'latin-ext', 'vietnamese', 'greek', 'cyrillic', 'cyrillic-ext', 'greek-ext'].map(
  (script) => `@fontsource/inter/files/inter-${script}-600-normal.woff`,
);
const opened = new Map<string, Font>();
const stepsPerCurve = 12;

/** The font comes with the packages of the service: what is drawn does not depend on the fonts of a machine. */
export function canDraw(character: string): boolean {
  return findFont(character) !== undefined;
}

/** @throws {Error} when the font lacks the character: ask {@link canDraw} before */
export function drawLetter(character: string): Letter {
  const font = findFont(character);
  if (font === undefined) throw new Error('The font lacks a character');
  const glyph = font.charToGlyph(character);
  return {
    outline: flatten(glyph.getPath(0, 0, 1).commands),
    advance: (glyph.advanceWidth ?? 0) / font.unitsPerEm,
  };
}

function findFont(character: string): Font | undefined {
  for (const part of parts) {
    const font = opened.get(part) ?? open(part);
    if (font.charToGlyphIndex(character) > 0) return font;
  }
  return undefined;
}

function open(part: string): Font {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(part));
  const font = opentype.parse(new Uint8Array(bytes).buffer);
  opened.set(part, font);
  return font;
}

/** Curves as short straight lines. */
function flatten(commands: readonly Command[]): Outline {
  const polygons: Point[][] = [];
  let polygon: Point[] = [];
  for (const command of commands) {
    const [x, y] = polygon.at(-1) ?? [0, 0];
    switch (command.type) {
      case 'M':
        polygon = [[command.x, command.y]];
        polygons.push(polygon);
        break;
      case 'L':
        polygon.push([command.x, command.y]);
        break;
      case 'Q':
        polygon.push(
          ...curve((t) => [quadratic(x, command.x1, command.x, t), quadratic(y, command.y1, command.y, t)]),
        );
        break;
      case 'C':
        polygon.push(
          ...curve((t) => [
            cubic([x, command.x1, command.x2, command.x], t),
            cubic([y, command.y1, command.y2, command.y], t),
          ]),
        );
        break;
      case 'Z':
        break;
    }
  }
  return polygons;
}

function curve(at: (t: number) => Point): Point[] {
  return Array.from({ length: stepsPerCurve }, (_, step) => at((step + 1) / stepsPerCurve));
}

function quadratic(from: number, control: number, to: number, t: number): number {
  return (1 - t) ** 2 * from + 2 * (1 - t) * t * control + t ** 2 * to;
}

function cubic([from, first, second, to]: readonly [number, number, number, number], t: number): number {
  return quadratic(from, first, second, t) * (1 - t) + quadratic(first, second, to, t) * t;
}
