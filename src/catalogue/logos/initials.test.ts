import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialsOf } from './initials.ts';
import { canDraw } from './letters.ts';

const cases: Readonly<Record<string, string>> = {
  Oura: 'O',
  athenahealth: 'A',
  'Google Health': 'GH',
  'Mayo Clinic Rochester': 'MC',
  'The University of Michigan': 'UM',
  'OF THE Meadow and Brook': 'MB',
  'The And': 'TA',
  'Johnson & Johnson': 'JJ',
  "O'Brien’s Practice": 'OP',
  'Alder "Ally" Brook, MD': 'AA',
  '  --- fern-hill ': 'FH',
  '3M Health': '3H',
  '1-800 Doctors': '18',
  'Ägypten Öl': 'ÄÖ',
  'A\u0308gypten': 'Ä',
  'Łódź Klinika': 'ŁK',
  'Ｆｕｌｌ ｗｉｄｔｈ': 'FW',
  'ﬁrst aid': 'FA',
  ßharp: 'S',
  'жизнь Клиника': 'ЖК',
  'ελλάς υγεία': 'ΕΥ',
  北京协和医院: '',
  '東京 Hospital': '',
  'Acme 株式会社': 'A',
  مستشفى: '',
  '🏥 ✚ !!!': '',
  '': '',
};

describe('initials of a name', () => {
  for (const [name, initials] of Object.entries(cases))
    it(`of ${JSON.stringify(name)} are ${JSON.stringify(initials)}`, () => {
      expect(initialsOf(name, canDraw)).toBe(initials);
    });

  it('lose the accents that cannot be drawn', () => {
    expect(initialsOf('Äther Öl', (character) => /^[A-Z]$/.test(character))).toBe('AO');
  });

  it('are at most two characters, all of which can be drawn, whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const initials = Array.from(initialsOf(name, canDraw));
        expect(initials.length).toBeLessThanOrEqual(2);
        expect(initials.every(canDraw)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
