import type { Outline } from './outline.ts';

/** Lines that are looked at in each row of pixels. Along a line the share of a pixel is exact. */
const linesPerRow = 16;

interface Edge {
  readonly top: number;
  readonly bottom: number;
  /** Where it meets `y = 0`, and how far it moves to the right for each step down. */
  readonly x: number;
  readonly slope: number;
  readonly direction: 1 | -1;
}

/**
 * How much of each pixel of a square the outline covers, from 0 to 1, row by row. The inside is where polygons wind
 * around (non-zero rule); parts outside of the square are cut off.
 *
 * Drawn here instead of handing SVG to the image library, so that SVG can stay switched off for the whole process
 * (docs/decisions/0010-logos.md).
 */
export function fillOutline(outline: Outline, side: number): Float32Array {
  const edges = outline.flatMap(edgesOf);
  const coverage = new Float32Array(side * side);
  for (let row = 0; row < side; row++) {
    const near = edges.filter(({ top, bottom }) => top < row + 1 && bottom > row);
    if (near.length === 0) continue;
    const pixels = coverage.subarray(row * side, (row + 1) * side);
    for (let line = 0; line < linesPerRow; line++) fillLine(pixels, near, row + (line + 0.5) / linesPerRow);
  }
  return coverage;
}

function edgesOf(polygon: Outline[number]): Edge[] {
  return polygon.flatMap(([x1, y1], corner) => {
    const [x2, y2] = polygon[(corner + 1) % polygon.length] ?? [x1, y1];
    if (y1 === y2) return [];
    const slope = (x2 - x1) / (y2 - y1);
    return [
      {
        top: Math.min(y1, y2),
        bottom: Math.max(y1, y2),
        x: x1 - y1 * slope,
        slope,
        direction: y1 < y2 ? 1 : -1,
      },
    ];
  });
}

function fillLine(pixels: Float32Array, edges: readonly Edge[], y: number): void {
  const crossings = edges
    .filter(({ top, bottom }) => top <= y && y < bottom)
    .map(({ x, slope, direction }) => ({ x: x + y * slope, direction }))
    .sort((left, right) => left.x - right.x);
  let winding = 0;
  let entered = 0;
  for (const { x, direction } of crossings) {
    if (winding === 0) entered = x;
    winding += direction;
    if (winding === 0) fillSpan(pixels, entered, x);
  }
}

function fillSpan(pixels: Float32Array, from: number, to: number): void {
  const left = Math.max(0, from);
  const right = Math.min(pixels.length, to);
  for (let pixel = Math.floor(left); pixel < right; pixel++)
    pixels[pixel] = (pixels[pixel] ?? 0) + (Math.min(right, pixel + 1) - Math.max(left, pixel)) / linesPerRow;
}
