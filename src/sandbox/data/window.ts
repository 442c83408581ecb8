import type { Resource, TimeRange } from '../../definitions/shape/delivery.ts';
import type { SandboxCall } from '../server/sandboxCall.ts';
import { readBound, type Bound } from './instants.ts';
import { dayMs } from './life/calendar.ts';
import { dayOf, firstDay, startOf, type Life } from './life/life.ts';
import { readParameter } from './parameters.ts';
import { readFilter } from './readFilter.ts';
import type { Item } from './vendorData.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** The time that was asked for. */
export interface Window {
  /** Local days that may hold something of it. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** Whether an item, which belongs to this day, lies in it. */
  holds(item: Item, day: number): boolean;
  /** The same for the same question. */
  readonly key: string;
}

export interface Questioner {
  readonly life: Life;
  readonly now: number;
  /** `{variables}` of the address. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Days that are told of where a call has no range. Polar. */
const daysWithoutRange = 30;

/** The window of a call, or undefined when its bounds cannot be read or lie too far apart. */
export function readWindow(call: SandboxCall, resource: Resource, asker: Questioner): Window | undefined {
  const { range } = resource;
  const { life, now } = asker;
  if (range === undefined) return between(life, { from: now - daysWithoutRange * dayMs, to: now, key: '' });
  const read = (name: string | undefined) =>
    name === undefined
      ? undefined
      : range.place === 'address'
        ? asker.variables[name]
        : readParameter(call, resource, name);
  const changed = read(range.changedSince);
  if (changed !== undefined) return readCursor(asker, changed);
  const texts = { from: read(range.from), to: read(range.to) };
  const bounds = readBounds(range, texts);
  if (bounds === undefined) return undefined;
  const settled = settleSpan(range, bounds, asker);
  // Whoever pushes is asked by the time at which something was handed in. Garmin.
  const isByUpload = call.definition.delivery?.by === 'push';
  if (settled === undefined) return undefined;
  return between(
    life,
    omitUndefined({
      ...settled,
      by: isByUpload ? ('end' as const) : settled.by,
      key: `${texts.from ?? ''} ${texts.to ?? ''}`,
    }),
  );
}

/** Everything that ended in a span of time. */
export function spanOf(life: Life, { from, to }: { readonly from: number; readonly to: number }): Window {
  return between(life, { from, to, by: 'end', key: '' });
}

function readCursor({ life, now }: Questioner, text: string): Window | undefined {
  const since = readBound(text, 'epoch-s');
  if (since?.kind !== 'instant') return undefined;
  return between(life, { from: since.at, to: now + 1, by: 'end', key: `since ${text}` });
}

interface Bounds {
  readonly from?: Bound;
  readonly to?: Bound;
}

function readBounds(
  range: TimeRange,
  texts: { readonly from: string | undefined; readonly to: string | undefined },
): Bounds | undefined {
  const { from, to } = texts;
  if (range.format === 'aip-160') return from === undefined ? {} : readFilter(from, range);
  const first = from === undefined ? undefined : readBound(from, range.format);
  const last = to === undefined ? undefined : readBound(to, range.format);
  if ((first === undefined) !== (from === undefined) || (last === undefined) !== (to === undefined))
    return undefined;
  return omitUndefined({ from: first, to: last });
}

interface AskedSpan {
  /** Instants, the last one outside; or days, the last one inside. */
  readonly from: number;
  readonly to: number;
  readonly by?: 'start' | 'end' | 'day';
}

/** Fills in what was left out, and refuses what the vendor would. */
function settleSpan(range: TimeRange, bounds: Bounds, { life, now }: Questioner): AskedSpan | undefined {
  const { daysMax = Infinity, historyDays = Infinity } = range;
  const isFilter = range.format === 'aip-160';
  const literal = isFilter ? (range.literal ?? 'iso-z') : range.format;
  const byDay = literal === 'ymd' || literal === 'ymd-compact';
  const unit = byDay ? 1 : dayMs;
  const shift = isFilter && range.field?.includes('civil') === true ? life.zone.offsetS * 1000 : 0;
  const valueOf = (bound: Bound | undefined) =>
    bound === undefined ? undefined : bound.kind === 'day' ? bound.day : bound.at - shift;
  // A filter's end lies outside, also when it is a day.
  const given = valueOf(bounds.to);
  const end = given === undefined ? undefined : given - (isFilter && byDay ? 1 : 0);
  const present = byDay ? dayOf(life, now) : now;
  const earliest = byDay ? firstDay : startOf(life, firstDay);
  // A first day alone means so many days; a last day means that it is one of them.
  const length = daysMax * unit - (byDay ? 1 : 0);
  const from = valueOf(bounds.from) ?? Math.max(earliest, (end ?? present) - length);
  const to =
    end ?? (range.to === undefined ? from + length : Math.min(present + (byDay ? 0 : 1), from + length));
  if (to - from > daysMax * unit || (bounds.to !== undefined && to < from - (isFilter ? 1 : 0)))
    return undefined;
  const isCursor = !isFilter && range.to === undefined && range.daysMax === undefined;
  const byEnd = isCursor || range.field?.endsWith('end_time') === true;
  return {
    from: Math.max(from, present - historyDays * unit),
    to: Math.min(to, present + unit),
    by: byDay ? 'day' : byEnd ? 'end' : 'start',
  };
}

function between(life: Life, { from, to, by = 'start', key }: AskedSpan & { readonly key: string }): Window {
  // What ends on a day may have begun on the one before, and belongs to either.
  const first = by === 'day' ? from : dayOf(life, from) - 1;
  const last = by === 'day' ? to : dayOf(life, to) + 1;
  return {
    firstDay: Math.max(firstDay, first),
    lastDay: last,
    holds: ({ startsAt, endsAt }, day) => {
      const at = by === 'day' ? day : by === 'end' ? endsAt : startsAt;
      return at >= from && (by === 'day' ? at <= to : at < to);
    },
    key,
  };
}
