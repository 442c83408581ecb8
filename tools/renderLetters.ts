import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype, { type Command, type Font } from 'opentype.js';
import { initialsOf } from '../src/catalogue/logos/initials.ts';

/** Units of the font in the height of a line: what `drawLetter` divides by. */
const unitsPerEm = 2048;

/** Inter is published in parts by script; the first that has a letter gives it. */
const parts = ['latin', 'latin-ext', 'vietnamese', 'greek', 'cyrillic', 'cyrillic-ext', 'greek-ext'];

/**
 * Every letter and digit that an initial can be, as JSON: the letter, how far to the right the next one begins, and
 * its outline, in units of the font. The service draws from this file and needs neither the font nor its reader.
 */
export function renderLetters(): string {
  const fonts = parts.map(openPart);
  const letters = new Map<string, string>();
  for (const letter of possibleInitials()) {
    const font = fonts.find((each) => each.charToGlyphIndex(letter) > 0);
    if (font === undefined) continue;
    const { advanceWidth = 0, path } = font.charToGlyph(letter);
    letters.set(letter, `${advanceWidth} ${path.commands.map(renderCommand).join('')}`);
  }
  return `${JSON.stringify(Object.fromEntries(letters), null, 2)}\n`;
}

/** The font's licence, which goes where its outlines go. */
export function readFontLicence(): string {
  return readFileSync(createRequire(import.meta.url).resolve('@fontsource/inter/LICENSE'), 'utf8');
}

function openPart(part: string): Font {
  const file = `@fontsource/inter/files/inter-${part}-600-normal.woff`;
  const bytes = readFileSync(createRequire(import.meta.url).resolve(file));
  const font = opentype.parse(new Uint8Array(bytes).buffer);
  if (font.unitsPerEm !== unitsPerEm)
    throw new Error(`${file} has ${font.unitsPerEm} units, not ${unitsPerEm}`);
  return font;
}

/** Whatever `initialsOf` asks for when it is given each character there is as a name. */
function possibleInitials(): string[] {
  const asked = new Set<string>();
  const ask = (letter: string) => {
    asked.add(letter);
    return false;
  };
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++)
    if (codePoint < 0xd800 || codePoint > 0xdfff) initialsOf(String.fromCodePoint(codePoint), ask);
  return [...asked].sort();
}

function renderCommand(command: Command): string {
  switch (command.type) {
    case 'M':
    case 'L':
      return `${command.type}${command.x} ${command.y}`;
    case 'Q':
      return `Q${command.x1} ${command.y1} ${command.x} ${command.y}`;
    case 'C':
      throw new Error('Inter has quadratic curves only, and drawLetter reads no others');
    case 'Z':
      return '';
  }
}
