import { minuteMs, writeInstant } from '../../life/calendar.ts';
import { numberOf, startOf, writeLocal, type Life } from '../../life/life.ts';
import { liveDay, type DayByMinute } from '../../life/minutes.ts';
import type { Item, Shape } from '../../vendorData.ts';

const dataSource = {
  recordingMethod: 'PASSIVELY_MEASURED',
  platform: 'FITBIT',
  device: { displayName: 'Charge 6' },
};

interface PointTime {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The member is named after the type, in camel case; counts are text (64-bit integers of protobuf JSON). */
function point({ startsAt, endsAt }: PointTime, members: Record<string, unknown>): Item {
  return { startsAt, endsAt, value: { dataSource, ...members } };
}

function interval(life: Life, { startsAt, endsAt }: PointTime) {
  const utcOffset = `${life.zone.offsetS}s`;
  return {
    startTime: writeInstant(startsAt),
    startUtcOffset: utcOffset,
    endTime: writeInstant(endsAt),
    endUtcOffset: utcOffset,
    civilStartTime: writeLocal(life, startsAt),
    civilEndTime: writeLocal(life, endsAt),
  };
}

function sampleTime(life: Life, at: number) {
  return {
    physicalTime: writeInstant(at),
    utcOffset: `${life.zone.offsetS}s`,
    civilTime: writeLocal(life, at),
  };
}

function nameOf(life: Life, type: string, placed: { readonly day: number; readonly place?: number }) {
  return { name: `users/me/dataTypes/${type}/dataPoints/${numberOf(life, type, placed)}` };
}

/** Sums of so many minutes in which something happened. */
export function intervals(
  every: number,
  member: string,
  write: (lived: DayByMinute, place: number) => object | undefined,
): Shape {
  return {
    ofDay: (life, day) => {
      const lived = liveDay(life, day);
      return Array.from({ length: 1440 / every }, (_, place) => place).flatMap((place) => {
        const startsAt = lived.startsAt + place * every * minuteMs;
        const span = { startsAt, endsAt: startsAt + every * minuteMs };
        const values = write(lived, place);
        return values === undefined
          ? []
          : [point(span, { [member]: { interval: interval(life, span), ...values } })];
      });
    },
  };
}

/** One value for a day, told when the day is over. */
export function daily(member: string, write: (life: Life, day: number) => object): Shape {
  return {
    ofDay: (life, day) => {
      const span = { startsAt: startOf(life, day), endsAt: startOf(life, day + 1) };
      const date = new Date(day * 86_400_000);
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      return [point(span, { [member]: { date: civil, ...write(life, day) } })];
    },
  };
}

/** Single measurements. */
export function samples(
  member: string,
  write: (life: Life, day: number) => readonly (readonly [at: number, value: object])[],
): Shape {
  return {
    ofDay: (life, day) =>
      write(life, day).map(([at, value]) =>
        point({ startsAt: at, endsAt: at }, { [member]: { sampleTime: sampleTime(life, at), ...value } }),
      ),
  };
}

/** Sessions have a name of their own. */
export function sessions(
  type: string,
  member: string,
  write: (life: Life, day: number) => readonly (PointTime & { readonly value: object })[],
): Shape {
  return {
    ofDay: (life, day) =>
      write(life, day).map(({ value, ...span }, place) =>
        point(span, {
          ...nameOf(life, type, { day, place }),
          [member]: { interval: interval(life, span), ...value },
        }),
      ),
  };
}
