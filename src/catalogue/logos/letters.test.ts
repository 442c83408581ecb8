import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canDraw, drawLetter } from './letters.ts';

it('draws every letter as it was drawn from the font itself, so that no logo changes', () => {
  const file = join(import.meta.dirname, 'assets/letters.json');
  const letters = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object).sort();
  expect(letters.length).toBe(674);
  expect(letters.every(canDraw)).toBe(true);
  const drawn = letters.map((letter) => letter + JSON.stringify(drawLetter(letter))).join('\n');
  // Taken when opentype.js still read the font in the service.
  expect(createHash('sha256').update(drawn).digest('hex')).toBe(
    'b85d3437986b846ac525d8e48cf7b8c832a4be468940ef73f4b0c33235269f35',
  );
});
