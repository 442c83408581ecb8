import { minuteMs, weekdayOf } from './calendar.ts';
import { randomOf, startOf, type Life } from './life.ts';
import { sleepThrough, type Night } from './night.ts';
import { workoutsOf, type Workout } from './workouts.ts';

/** A day minute by minute, from local midnight to midnight: 1440 values each. */
export interface DayByMinute {
  readonly day: number;
  readonly startsAt: number;
  /** The night that ended this morning. */
  readonly night: Night;
  readonly workouts: readonly Workout[];
  readonly steps: readonly number[];
  readonly rates: readonly number[];
  readonly asleep: readonly boolean[];
}

const minutesOfDay = 1_440;
/** Sunday first. */
const weekdayShare = [0.82, 1.04, 1.02, 1.06, 1, 1.08, 0.94] as const;

/** The whole day, also of one that is not over: whoever asks leaves out what has not happened yet. */
export function liveDay(life: Life, day: number): DayByMinute {
  const startsAt = startOf(life, day);
  const night = sleepThrough(life, day);
  const workouts = workoutsOf(life, day);
  const asleep = new Array<boolean>(minutesOfDay).fill(false);
  for (const { startsAt: from, endsAt: to } of [night, sleepThrough(life, day + 1)])
    asleep.fill(true, minuteOf(from, startsAt), minuteOf(to, startsAt));
  const steps = listSteps(life, { day, startsAt, asleep, workouts });
  const rates = listHeartRates(life, { day, startsAt, asleep, workouts, steps });
  return { day, startsAt, night, workouts, steps, rates, asleep };
}

type Frame = Pick<DayByMinute, 'day' | 'startsAt' | 'asleep' | 'workouts'>;

function minuteOf(instant: number, startsAt: number): number {
  return Math.min(minutesOfDay, Math.max(0, Math.floor((instant - startsAt) / minuteMs)));
}

/** Short walks all over the waking day until its goal is reached, and the workouts. */
function listSteps(life: Life, { day, startsAt, asleep, workouts }: Frame): number[] {
  const random = randomOf(life, 'steps', day);
  const steps = new Array<number>(minutesOfDay).fill(0);
  let left = Math.round(
    life.stepsPerDay * (weekdayShare[weekdayOf(day)] ?? 1) * (0.8 + random.fraction() * 0.4),
  );
  for (let tries = 0; left > 0 && tries < 600; tries += 1) {
    const from = random.below(minutesOfDay);
    const length = 2 + random.below(12);
    const cadence = 55 + random.below(60);
    for (let minute = from; minute < Math.min(from + length, minutesOfDay) && left > 0; minute += 1) {
      if (asleep[minute] === true || steps[minute] !== 0) break;
      steps[minute] = Math.min(left, cadence);
      left -= cadence;
    }
  }
  for (const workout of workouts)
    steps.fill(
      Math.round(workout.steps / workout.minutes),
      minuteOf(workout.startsAt, startsAt),
      minuteOf(workout.endsAt, startsAt),
    );
  return steps;
}

/** Low and slowly swinging in sleep, higher awake, up with each walk and workout, and never jumping. */
function listHeartRates(
  life: Life,
  { day, startsAt, asleep, workouts, steps }: Frame & Pick<DayByMinute, 'steps'>,
) {
  const random = randomOf(life, 'heart rate', day);
  const effort = new Array<number>(minutesOfDay).fill(0);
  for (const workout of workouts)
    effort.fill(
      workout.rateAverage,
      minuteOf(workout.startsAt, startsAt),
      minuteOf(workout.endsAt, startsAt),
    );
  let rate = life.restingRate + 4;
  return Array.from({ length: minutesOfDay }, (_, minute) => {
    const swing = 1 - Math.abs((minute % 90) / 45 - 1);
    const still =
      asleep[minute] === true ? life.restingRate - 4 + swing * 5 : life.restingRate + 14 + swing * 4;
    const target = Math.max(effort[minute] ?? 0, still + (steps[minute] ?? 0) * 0.28);
    rate += (target - rate) * 0.4 + (random.fraction() - 0.5) * 3;
    return Math.round(rate);
  });
}

/** The sum of what was counted minute by minute. */
export function totalOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The sum of each `every` minutes. */
export function sumEvery(values: readonly number[], every: number): number[] {
  return Array.from({ length: Math.ceil(values.length / every) }, (_, place) =>
    totalOf(values.slice(place * every, (place + 1) * every)),
  );
}

/** The mean of each `every` minutes, rounded. */
export function averageEvery(values: readonly number[], every: number): number[] {
  return sumEvery(values, every).map((sum) => Math.round(sum / every));
}
