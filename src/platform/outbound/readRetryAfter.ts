/** No vendor's word keeps us away for longer than a day. */
const pauseMaxMs = 24 * 60 * 60_000;

/** IMF-fixdate, RFC 850 and asctime (RFC 9110 section 5.6.7): whatever else a date parser would take is no date here. */
const httpDates = [
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
];

/**
 * Milliseconds for which a `Retry-After` (RFC 9110 section 10.2.3) asks us to stay away, a day at the most. Undefined for
 * what is neither whole seconds nor one of the three forms of a date, for dates that have passed, and for none at all.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,30}$/.test(text)) return Math.min(Number(text) * 1_000, pauseMaxMs);
  if (!httpDates.some((form) => form.test(text))) return undefined;
  // The third form names no zone and means UTC.
  const pause = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) - now;
  return pause > 0 ? Math.min(pause, pauseMaxMs) : undefined;
}
