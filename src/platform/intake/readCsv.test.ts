import fc from 'fast-check';
import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import { readCsv, type CsvRecord } from './readCsv.ts';

async function read(text: string, pieceLength = text.length): Promise<CsvRecord[]> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += pieceLength)
      yield await Promise.resolve(text.slice(at, at + pieceLength));
  }
  return (await Array.fromAsync(readCsv(pieces()))).flat();
}

const letters = fc.constantFrom('a', 'b', ',', '"', '\n', '\r\n', '\r', 'é', '😀');

describe('CSV', () => {
  it('reads back whatever another writer wrote, however it is cut', async () => {
    const cell = fc.string({ unit: letters, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        // A row of one empty cell is written as a blank line, which is skipped.
        fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        fc.record({
          newline: fc.constantFrom('\n', '\r\n'),
          quotes: fc.boolean(),
          piece: fc.integer({ min: 1, max: 40 }),
        }),
        async (rows, { newline, quotes, piece }) => {
          const written = papaparse.unparse(rows, { newline, quotes });
          const records = await read(written, piece);
          expect(records.map(({ fields }) => fields)).toEqual(rows);
          expect(records.every(({ mistake }) => mistake === undefined)).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives the same for any text, right or wrong, however it is cut, with lines that rise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: letters, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, piece) => {
          const records = await read(text);
          expect(await read(text, piece)).toEqual(records);
          const lines = records.map(({ line }) => line);
          expect(lines).toEqual([...new Set(lines)].sort((left, right) => left - right));
          expect(lines.at(-1) ?? 0).toBeLessThanOrEqual(text.split('\n').length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('numbers records by physical lines, over blank lines and line breaks in values', async () => {
    expect(await read('a,b\n\n"1\n2",c\r\n\r\nd,e')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 3, fields: ['1\n2', 'c'] },
      { line: 6, fields: ['d', 'e'] },
    ]);
  });

  it('goes on after a mistake', async () => {
    const records = await read('a"b,c\nx,"y"z\n1\r2,3\nfine,too\n"never,\nclosed');
    expect(records.map(({ line, mistake }) => [line, mistake?.field])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
      [4, undefined],
      [5, 0],
    ]);
  });
});
