import { minuteMs, weekdayOf } from './calendar.ts';
import { randomOf, startOf, type Life } from './life.ts';

export type SleepStage = 'awake' | 'light' | 'deep' | 'rem';

export interface SleepSegment {
  readonly stage: SleepStage;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** One night's sleep: segments without gaps from the first to the last minute in bed. */
export interface Night {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly segments: readonly SleepSegment[];
  readonly minutes: Readonly<Record<SleepStage, number>>;
  /** Share of the time in bed that she slept, in per cent. */
  readonly efficiency: number;
}

/** The night that ends in the morning of this day; later at the end of the week. */
export function sleepThrough(life: Life, day: number): Night {
  const random = randomOf(life, 'night', day);
  const late = [6, 0].includes(weekdayOf(day)) ? 20 + random.below(25) : 0;
  const startsAt = startOf(life, day) + (life.bedtimeMin - 720 + late - 30 + random.below(60)) * minuteMs;
  const segments: SleepSegment[] = [];
  const minutes = { awake: 0, light: 0, deep: 0, rem: 0 };
  let at = startsAt;
  const add = (stage: SleepStage, length: number) => {
    segments.push({ stage, startsAt: at, endsAt: at + length * minuteMs });
    at += length * minuteMs;
    minutes[stage] += length;
  };
  add('awake', 4 + random.below(14));
  const cycles = random.chance(0.35) ? 4 : 5;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    add('light', 18 + random.below(14));
    // Deep sleep comes early in the night, dreams late.
    add('deep', Math.max(4, 26 - cycle * 6 + random.below(8)));
    add('light', 14 + random.below(12));
    add('rem', 8 + cycle * 5 + random.below(8));
    if (random.chance(0.45)) add('awake', 2 + random.below(7));
  }
  add('awake', 2 + random.below(6));
  const inBed = (at - startsAt) / minuteMs;
  const efficiency = Math.round((100 * (inBed - minutes.awake)) / inBed);
  return { startsAt, endsAt: at, segments, minutes, efficiency };
}

/** Minutes asleep. */
export function minutesAsleep({ minutes }: Night): number {
  return minutes.light + minutes.deep + minutes.rem;
}

/** The stage in each epoch of this length, from the beginning. */
export function stagesEvery({ segments, startsAt, endsAt }: Night, epochMin: number): readonly SleepStage[] {
  const stages: SleepStage[] = [];
  let place = 0;
  for (let at = startsAt; at < endsAt; at += epochMin * minuteMs) {
    while ((segments[place]?.endsAt ?? Infinity) <= at) place += 1;
    stages.push(segments[place]?.stage ?? 'awake');
  }
  return stages;
}
