/** A corner; `y` grows downward. */
export type Point = readonly [x: number, y: number];

/**
 * Closed polygons that are filled together. One that runs against the direction of the one around it is a hole.
 */
export type Outline = readonly (readonly Point[])[];

/** The outline with each coordinate times `factor`, then moved. */
export function placeOutline(outline: Outline, factor: number, [dx, dy]: Point): Outline {
  return outline.map((polygon) => polygon.map(([x, y]): Point => [x * factor + dx, y * factor + dy]));
}

/** Clockwise on a screen. */
export function drawRectangle([left, top]: Point, [right, bottom]: Point): readonly Point[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** The rectangle with quarters of circles for corners. */
export function roundedSquare(side: number, radius: number): readonly Point[] {
  const steps = 16;
  const centres: readonly Point[] = [
    [side - radius, side - radius],
    [radius, side - radius],
    [radius, radius],
    [side - radius, radius],
  ];
  return centres.flatMap(([x, y], quarter) =>
    Array.from({ length: steps + 1 }, (_, step): Point => {
      const angle = (Math.PI / 2) * (quarter + step / steps);
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    }),
  );
}
