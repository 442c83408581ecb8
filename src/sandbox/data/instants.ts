import type { TimeRange } from '../../definitions/shape/delivery.ts';
import { readDay } from './life/calendar.ts';

/** A bound as it was asked for: an instant, or a local day (in the participant's zone, whatever it is). */
export type Bound =
  { readonly kind: 'instant'; readonly at: number } | { readonly kind: 'day'; readonly day: number };

type Format = TimeRange['format'];

/** Nobody asks for the time after this; a bound beyond it is of the wrong unit. */
const latest = Date.UTC(2100, 0);

/** A bound in the vendor's format, or undefined for text that is none. */
export function readBound(text: string, format: Format): Bound | undefined {
  switch (format) {
    case 'epoch-s':
      return /^\d{1,11}$/.test(text) ? instant(Number(text) * 1000) : undefined;
    case 'epoch-ms':
      return /^\d{1,14}$/.test(text) ? instant(Number(text)) : undefined;
    case 'iso-z':
      return readIso(text, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/);
    case 'iso-without-zone':
      return readIso(text, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?$/, 'Z');
    case 'ymd':
      return dayBound(text);
    case 'ymd-compact':
      return /^\d{8}$/.test(text) ? dayBound(text.replace(/^(....)(..)/, '$1-$2-')) : undefined;
    case 'fhir-date':
      return (
        readIso(text, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/) ??
        readIso(text, /^\d{4}(-\d{2}){0,2}$/)
      );
    case 'aip-160':
      return undefined;
  }
}

function readIso(text: string, form: RegExp, zone = ''): Bound | undefined {
  return form.test(text) ? instant(Date.parse(text + zone)) : undefined;
}

function instant(at: number): Bound | undefined {
  return Number.isFinite(at) && at < latest ? { kind: 'instant', at } : undefined;
}

function dayBound(text: string): Bound | undefined {
  const day = readDay(text);
  return day === undefined ? undefined : { kind: 'day', day };
}
