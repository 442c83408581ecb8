import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExportInstant } from './exportInstant.ts';

describe('an instant of an export', () => {
  const digits = (length: number) =>
    fc.integer({ min: 0, max: 10 ** length - 1 }).map((value) => String(value).padStart(length, '0'));
  const near = (...values: string[]) => fc.constantFrom(...values);
  const text = fc
    .tuple(
      near('1989', '1990', '1999', '2000', '2023', '2024', '2100', '2101'),
      near('00', '01', '02', '04', '11', '12', '13'),
      near('00', '01', '28', '29', '30', '31', '32'),
      fc.oneof(near('00', '23', '24'), digits(2)),
      near('00', '59', '60'),
      near('00', '59', '60'),
    )
    .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}`);

  it('is real exactly when it is the same after a calendar has read it, with and without Z', () => {
    fc.assert(
      fc.property(text, (given) => {
        const read = new Date(`${given}Z`);
        const year = Number(given.slice(0, 4));
        const real =
          !Number.isNaN(read.getTime()) &&
          read.toISOString().slice(0, 19) === given &&
          year >= 1990 &&
          year <= 2100;
        const expected = real ? given : undefined;
        expect(parseExportInstant(given)).toBe(expected);
        expect(parseExportInstant(`${given}Z`)).toBe(expected);
        expect(parseExportInstant(`${given}+00:00`)).toBe(expected);
        expect(parseExportInstant(`${given}.000`)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00'],
    ['2023-12-31T23:30:00-0130', '2024-01-01T01:00:00'],
    ['2024-01-01T00:00:00.9999999', '2024-01-01T00:00:00.999999'],
    ['2024-01-01T00:00:00.1200', '2024-01-01T00:00:00.12'],
    ['2024-01-01T00:00:00.0000001', '2024-01-01T00:00:00'],
    ['2024-01-01T00:00:00.', undefined],
    ['2024-01-01T00:00:00z', undefined],
    ['2024-01-01t00:00:00', undefined],
    ['2024-01-01T00:00:00+15:00', undefined],
    ['2024-01-01T00:00:00+01', undefined],
    ['２０２４-01-01T00:00:00', undefined],
    ['2024-01-01T00:00:00\n', undefined],
    [' 2024-01-01T00:00:00', undefined],
  ])('%j is %j', (given, expected) => {
    expect(parseExportInstant(given)).toBe(expected);
  });
});
