/** A colour of sRGB, each part 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** White letters on any of these have a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3). */
export const palette: readonly [Colour, ...Colour[]] = [
  [29, 78, 137],
  [15, 103, 110],
  [22, 101, 68],
  [77, 98, 24],
  [146, 84, 10],
  [168, 62, 25],
  [170, 38, 56],
  [160, 38, 104],
  [124, 58, 150],
  [85, 70, 173],
  [62, 80, 103],
  [96, 76, 66],
];
