/** Local days as numbers: days since 1970-01-01, whatever the zone. */
export const dayMs = 86_400_000;
/** Milliseconds of an hour. */
export const hourMs = 3_600_000;
/** Milliseconds of a minute. */
export const minuteMs = 60_000;

/** `2026-05-04`. */
export function writeDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The day of such a text, or undefined if it is none. */
export function readDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  return Number.isInteger(day) && writeDay(day) === text ? day : undefined;
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `2026-05-04T03:02:01Z`: whole seconds, UTC. */
export function writeInstant(instant: number): string {
  return `${writeUnzoned(instant)}Z`;
}

/** The same without its zone. */
export function writeUnzoned(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19);
}
