import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { buildingSymbol } from './buildingSymbol.ts';
import { encodePng, logoSideMax as side, type Logo, type Pixels } from './encodePng.ts';
import { fillOutline } from './fillOutline.ts';
import { initialsOf } from './initials.ts';
import { canDraw, drawLetter } from './letters.ts';
import { placeOutline, roundedSquare, type Outline, type Point } from './outline.ts';
import { palette, type Colour } from './palette.ts';

/** Of the side of the tile: the size of the font for one and for two letters, and how wide they get. */
const letterSize = [0.58, 0.46] as const;
const inkWidthMax = 0.68;
/** Of the size of the font: how high its capitals are. */
const capitalHeight = 1490 / 2048;
const cornerRadius = 0.19;

/** Some kilobytes each; there are not many more that occur, as providers share initials and colours. */
const remembered = new LRUCache<string, Logo, { readonly initials: string; readonly colour: Colour }>({
  max: 4_000,
  fetchMethod: (_key, _stale, { context: { initials, colour } }) => encodePng(paint(initials, colour)),
});

/**
 * A picture that stands for a provider without a logo: its initials in white on a colour of its own, or a building
 * where the name has no letter that can be drawn. The same name gives the same bytes.
 */
export function drawMonogram(name: string): Promise<Logo> {
  const initials = initialsOf(name, canDraw);
  const choice = createHash('sha256').update(name.normalize('NFKC').toLowerCase()).digest().readUInt32BE(0);
  const colour = palette[choice % palette.length] ?? palette[0];
  return remembered.forceFetch(`${initials} ${colour.join()}`, { context: { initials, colour } });
}

/** What every monogram lies on; the corners are clear. */
const tile = fillOutline([roundedSquare(side, side * cornerRadius)], side);

function paint(initials: string, [red, green, blue]: Colour): Pixels {
  const ink = fillOutline(
    initials === '' ? placeOutline(buildingSymbol, side, [0, 0]) : write(initials),
    side,
  );
  const bytes = new Uint8ClampedArray(side * side * 4);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const white = ink[pixel] ?? 0;
    bytes[pixel * 4] = red + (255 - red) * white;
    bytes[pixel * 4 + 1] = green + (255 - green) * white;
    bytes[pixel * 4 + 2] = blue + (255 - blue) * white;
    bytes[pixel * 4 + 3] = 255 * (tile[pixel] ?? 0);
  }
  return { bytes, width: side, height: side, channels: 4 };
}

/** The letters beside each other, what is seen of them in the middle of the tile. */
function write(initials: string): Outline {
  let advance = 0;
  const outline = Array.from(initials, drawLetter).flatMap((letter) => {
    const placed = placeOutline(letter.outline, 1, [advance, 0]);
    advance += letter.advance;
    return placed;
  });
  const across = outline.flat().map(([x]: Point) => x);
  const [left, right] = [Math.min(...across), Math.max(...across)];
  const wanted = side * (Array.from(initials).length === 1 ? letterSize[0] : letterSize[1]);
  const size = Math.min(wanted, (side * inkWidthMax) / (right - left));
  return placeOutline(outline, size, [(side - size * (left + right)) / 2, (side + size * capitalHeight) / 2]);
}
