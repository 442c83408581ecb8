const form =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])(0\d|1[0-4]):?([0-5]\d))?$/;

/** How exports write it: nothing to convert. Without captures, since millions of them are read. */
const plainForm = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

const yearMin = 1990;
const yearMax = 2100;

/** What {@link parseExportInstant} accepts, for people. */
export const exportInstantForm = `a real date and time as YYYY-MM-DDThh:mm:ss, UTC, from ${yearMin} to ${yearMax}`;

/**
 * The instant as `YYYY-MM-DDThh:mm:ss[.fraction]` in UTC, or undefined when the text is none.
 *
 * Without an offset it is UTC, as the export page says; with one it is converted. A fraction is cut, not
 * rounded, to the microseconds that the database keeps, so that an instant never moves into the next second.
 */
export function parseExportInstant(text: string): string | undefined {
  if (plainForm.test(text)) return parsePlain(text);
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, , , , fraction, sign, offsetHours, offsetMinutes] = match;
  // A day that the month does not have would silently become another one.
  if (Number(day) < 1 || Number(day) > daysOf(Number(year), Number(month))) return undefined;
  let instant = text.slice(0, 'YYYY-MM-DDThh:mm:ss'.length);
  if (sign !== undefined) {
    const offsetMs = (sign === '-' ? -60_000 : 60_000) * (Number(offsetHours) * 60 + Number(offsetMinutes));
    instant = new Date(Date.parse(`${instant}Z`) - offsetMs).toISOString().slice(0, instant.length);
  }
  const utcYear = Number(instant.slice(0, 4));
  if (utcYear < yearMin || utcYear > yearMax) return undefined;
  const digits = fraction?.slice(0, 6).replace(/0+$/, '') ?? '';
  return digits === '' ? instant : `${instant}.${digits}`;
}

function parsePlain(text: string): string | undefined {
  const year = Number(text.slice(0, 4));
  const day = Number(text.slice(8, 10));
  if (year < yearMin || year > yearMax || day < 1 || day > daysOf(year, Number(text.slice(5, 7))))
    return undefined;
  return text;
}

function daysOf(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
