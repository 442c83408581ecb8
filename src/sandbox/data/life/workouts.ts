import { minuteMs, weekdayOf } from './calendar.ts';
import { randomOf, startOf, type Life } from './life.ts';

export type Sport = 'running' | 'walking' | 'cycling' | 'strength';

/** One workout of a person, the same whoever asks. */
export interface Workout {
  readonly sport: Sport;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly minutes: number;
  /** 0 where nobody moves from the spot. */
  readonly distanceM: number;
  readonly steps: number;
  readonly kilocalories: number;
  readonly rateAverage: number;
  readonly rateMax: number;
  readonly ascentM: number;
  /** Where it began; invented places in the desert. */
  readonly place: { readonly latitude: number; readonly longitude: number };
}

const sports: Readonly<Record<Sport, { speedMS: number; stepsPerMin: number; effort: number }>> = {
  running: { speedMS: 2.7, stepsPerMin: 164, effort: 78 },
  walking: { speedMS: 1.5, stepsPerMin: 112, effort: 34 },
  cycling: { speedMS: 6.2, stepsPerMin: 0, effort: 62 },
  strength: { speedMS: 0, stepsPerMin: 12, effort: 48 },
};

/** Workouts of a day, none or one: most often at the weekend, always between half past nine and eight. */
export function workoutsOf(life: Life, day: number): readonly Workout[] {
  const random = randomOf(life, 'workouts', day);
  if (!random.chance([0, 6].includes(weekdayOf(day)) ? 0.7 : 0.4)) return [];
  const sport = (['running', 'walking', 'cycling', 'strength'] as const)[random.below(4)] ?? 'walking';
  const { speedMS, stepsPerMin, effort } = sports[sport];
  const minutes = 25 + random.below(50);
  const startsAt = startOf(life, day) + (570 + random.below(555)) * minuteMs;
  const pace = 0.88 + random.fraction() * 0.24;
  const rateAverage = life.restingRate + Math.round(effort * pace);
  return [
    {
      sport,
      startsAt,
      endsAt: startsAt + minutes * minuteMs,
      minutes,
      distanceM: Math.round(speedMS * pace * minutes * 60),
      steps: Math.round(stepsPerMin * minutes),
      kilocalories: Math.round((minutes * life.weightKg * effort * pace) / 520),
      rateAverage,
      rateMax: rateAverage + 12 + random.below(14),
      ascentM: speedMS === 0 ? 0 : random.below(120),
      place: {
        latitude: 33.4 + random.below(1000) / 10_000,
        longitude: -112.1 + random.below(1000) / 10_000,
      },
    },
  ];
}

/** One value for each `stepS` seconds of a workout. */
export interface WorkoutTrack {
  readonly seconds: readonly number[];
  readonly distances: readonly number[];
  readonly rates: readonly number[];
  readonly altitudes: readonly number[];
  readonly points: readonly (readonly [latitude: number, longitude: number])[];
}

/** The course of a workout: warm-up, steady effort, and a straight way out and back. */
export function trackOf(workout: Workout, stepS = 10): WorkoutTrack {
  const { distanceM, minutes, rateAverage, rateMax, place, ascentM } = workout;
  const count = Math.floor((minutes * 60) / stepS) + 1;
  const seconds = Array.from({ length: count }, (_, index) => index * stepS);
  const share = (second: number) => second / (minutes * 60);
  const outAndBack = (second: number) => 1 - Math.abs(2 * share(second) - 1);
  return {
    seconds,
    distances: seconds.map((second) => Math.round(distanceM * share(second) * 10) / 10),
    rates: seconds.map((second, index) => {
      const warm = Math.min(1, second / 360);
      return Math.min(rateMax, Math.round(rateAverage * (0.72 + 0.29 * warm)) + ((index * 7) % 5) - 2);
    }),
    altitudes: seconds.map((second) => Math.round((320 + ascentM * outAndBack(second)) * 10) / 10),
    points: seconds.map((second) => [
      place.latitude + (distanceM / 2 / 111_000) * outAndBack(second),
      place.longitude,
    ]),
  };
}
