import { drawRectangle, type Outline, type Point } from './outline.ts';

/** A house of several floors with a lower one beside it, in a square of side 1. */
export const buildingSymbol: Outline = [
  drawRectangle([0.27, 0.22], [0.57, 0.78]),
  drawRectangle([0.61, 0.42], [0.75, 0.78]),
  ...[0.3, 0.42, 0.54].flatMap((top) => [window([0.335, top]), window([0.445, top])]),
  [...drawRectangle([0.385, 0.66], [0.455, 0.78])].reverse(),
  window([0.65, 0.49]),
  window([0.65, 0.61]),
];

function window([left, top]: Point): readonly Point[] {
  return [...drawRectangle([left, top], [left + 0.06, top + 0.06])].reverse();
}
