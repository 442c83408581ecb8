/** The part of opentype.js that is used here; the package brings no types of its own. */
declare module 'opentype.js' {
  export type Command =
    | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
    | {
        readonly type: 'Q';
        readonly x1: number;
        readonly y1: number;
        readonly x: number;
        readonly y: number;
      }
    | {
        readonly type: 'C';
        readonly x1: number;
        readonly y1: number;
        readonly x2: number;
        readonly y2: number;
        readonly x: number;
        readonly y: number;
      }
    | { readonly type: 'Z' };

  export interface Glyph {
    readonly advanceWidth?: number;
    /** In units of the font, upward coordinates. */
    readonly path: { readonly commands: readonly Command[] };
  }

  export interface Font {
    readonly unitsPerEm: number;
    /** 0 when the font has no such character. */
    charToGlyphIndex(character: string): number;
    charToGlyph(character: string): Glyph;
  }

  const opentype: { parse(font: ArrayBuffer): Font };
  export default opentype;
}
