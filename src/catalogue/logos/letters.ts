import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outline, Point } from './outline.ts';

/** One letter drawn on the baseline, in units of the font's size. */
export interface Letter {
  readonly outline: Outline;
  /** How far to the right the next letter begins. */
  readonly advance: number;
}

/** Made from the font by `npm run generate` (tools/renderLetters.ts). */
const file = join(import.meta.dirname, 'assets/letters.json');
/** The font's size has so many units. */
const unit = 1 / 2048;
const stepsPerCurve = 12;

let read: ReadonlyMap<string, string> | undefined;

/** The letters come with the service: what is drawn does not depend on the fonts of a machine. */
export function canDraw(character: string): boolean {
  return readLetters().has(character);
}

/** @throws {Error} when there is no such letter: ask {@link canDraw} before */
export function drawLetter(character: string): Letter {
  const drawn = readLetters().get(character);
  if (drawn === undefined) throw new Error('There is no such letter');
  const space = drawn.indexOf(' ');
  return { outline: flatten(drawn.slice(space + 1)), advance: Number(drawn.slice(0, space)) * unit };
}

/** Read when the first letter is looked for: most commands draw none. */
function readLetters(): ReadonlyMap<string, string> {
  read ??= new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
  return read;
}

/** Polygons of a path with absolute `M`, `L` and `Q` (SVG 2, section 9.3): curves as short straight lines. */
function flatten(path: string): Outline {
  const polygons: Point[][] = [];
  let polygon: Point[] = [];
  for (const [, command, numbers = ''] of path.matchAll(/([MLQ])([^MLQ]+)/g)) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = readNumbers(numbers);
    if (command === 'Q') {
      const [x, y] = polygon.at(-1) ?? [0, 0];
      polygon.push(...curve((t) => [quadratic(x, x1, x2, t), quadratic(y, y1, y2, t)]));
    } else if (command === 'L') polygon.push([x1, y1]);
    else {
      polygon = [[x1, y1]];
      polygons.push(polygon);
    }
  }
  return polygons;
}

/** Across and up by turns in the file, across and down by turns for whoever draws. */
function readNumbers(text: string): number[] {
  return text.split(' ').map((number, index) => Number(number) * (index % 2 === 0 ? unit : -unit));
}

function curve(at: (t: number) => Point): Point[] {
  return Array.from({ length: stepsPerCurve }, (_, step) => at((step + 1) / stepsPerCurve));
}

function quadratic(from: number, control: number, to: number, t: number): number {
  return (1 - t) ** 2 * from + 2 * (1 - t) * t * control + t ** 2 * to;
}
