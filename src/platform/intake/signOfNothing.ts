/** What programs write where there is nothing, and how they are told to leave the cell empty. */
const signs: ReadonlyMap<string, string> = new Map([
  ['NA', 'R writes it for an empty cell; export with na = ""'],
  ['NaN', 'pandas and R write it for an empty cell; export with na_rep="" or na = ""'],
  ['nan', 'pandas writes it for an empty cell; export with na_rep=""'],
  ['None', 'Python writes it for an empty cell; write an empty text instead'],
  ['NULL', 'databases write it for an empty cell; export with an empty text for null'],
  ['\\N', 'databases write it for an empty cell; export with an empty text for null'],
  ['#N/A', 'spreadsheets write it where a formula has no value; empty the cell'],
]);

/**
 * Why a cell is no value but another program's sign for nothing, in words that say what to do; undefined for a value.
 * Such a sign is refused rather than read as empty: whoever means it can say so by leaving the cell empty.
 */
export function judgeSign(text: string): string | undefined {
  const meaning = signs.get(text);
  return meaning === undefined ? undefined : `"${text}" is no value: ${meaning}`;
}
