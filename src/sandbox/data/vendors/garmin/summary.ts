import { writeDay } from '../../life/calendar.ts';
import { guidOf, type Life } from '../../life/life.ts';
import type { Item } from '../../vendorData.ts';

/** From when to when a summary is about. */
export interface Span {
  readonly startTimeInSeconds: number;
  readonly endTimeInSeconds: number;
}

interface Told {
  readonly day: number;
  readonly place?: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Whatever else stands in the summary. */
  readonly [member: string]: unknown;
}

/** What all of Garmin's summaries have: who, when in UTC, and how far her clock was from it. */
export function summaryOf(life: Life, name: string, told: Told): Item {
  const { day, place = 0, startsAt, endsAt, ...values } = told;
  const value = {
    userId: life.person.userID,
    summaryId: `x${guidOf(life, name, { day, place }).replaceAll('-', '').slice(0, 20)}`,
    calendarDate: writeDay(day),
    startTimeInSeconds: startsAt / 1000,
    startTimeOffsetInSeconds: life.zone.offsetS,
    durationInSeconds: (endsAt - startsAt) / 1000,
    ...values,
  };
  return { startsAt, endsAt, value };
}
