import { hourMs, minuteMs } from './calendar.ts';
import { randomOf, startOf, type Life } from './life.ts';

/** What is measured once a day, or once a night. */
export interface BodyValues {
  readonly weightKg: number;
  readonly fatPercent: number;
  readonly muscleKg: number;
  readonly hydrationKg: number;
  readonly boneKg: number;
  readonly restingRate: number;
  /** RMSSD in milliseconds. */
  readonly variabilityMs: number;
  readonly oxygenPercent: number;
  readonly breathsPerMin: number;
  readonly bodyTemperatureC: number;
  /** Of the skin, from her own usual. */
  readonly temperatureDeviationC: number;
  readonly systolic: number;
  readonly diastolic: number;
  readonly stress: number;
  /** 0 to 100. */
  readonly readiness: number;
  readonly vo2Max: number;
}

/** What scale, cuff and watch measure on a day; the same for a person and a day, whoever asks. */
export function measureBody(life: Life, day: number): BodyValues {
  const random = randomOf(life, 'body', day);
  const tenth = (value: number) => Math.round(value * 10) / 10;
  const around = (middle: number, spread: number) =>
    middle + (random.fraction() + random.fraction() - 1) * spread;
  // A slow tide of half a year.
  const tide = Math.abs((((day % 182) + 182) % 182) / 91 - 1) * 2 - 1;
  const weightKg = tenth(around(life.weightKg + tide * 1.4, 0.5));
  const fatPercent = tenth(around(life.sex === 'female' ? 29 : 21, 0.8) + tide);
  return {
    weightKg,
    fatPercent,
    muscleKg: tenth(weightKg * (0.95 - fatPercent / 100)),
    hydrationKg: tenth(weightKg * 0.54),
    boneKg: tenth(weightKg * 0.042),
    restingRate: Math.min(80, Math.max(50, Math.round(around(life.restingRate, 3)))),
    variabilityMs: tenth(Math.max(15, around(100 - life.restingRate, 14))),
    oxygenPercent: tenth(Math.min(99.5, around(96.8, 1.4))),
    breathsPerMin: tenth(around(14.6, 1.4)),
    bodyTemperatureC: tenth(around(36.6, 0.4)),
    temperatureDeviationC: Math.round(around(0, 0.5) * 100) / 100,
    systolic: Math.round(around(life.hasDiabetes ? 132 : 121, 11)),
    diastolic: Math.round(around(life.hasDiabetes ? 84 : 77, 8)),
    stress: Math.round(around(36, 16)),
    readiness: Math.round(around(76, 16)),
    vo2Max: tenth(around(life.vo2Max, 0.8)),
  };
}

/** When she stood on the scale: two mornings of three, or not at all. */
export function weighInOf(life: Life, day: number): number | undefined {
  const random = randomOf(life, 'weigh-in', day);
  const at = startOf(life, day) + 9 * hourMs + random.below(25) * minuteMs;
  return random.chance(0.66) ? at : undefined;
}

/** When she took her blood pressure, and other spot checks: every other evening, or not at all. */
export function spotCheckOf(life: Life, day: number): number | undefined {
  const random = randomOf(life, 'spot check', day);
  const at = startOf(life, day) + 20 * hourMs + random.below(45) * minuteMs;
  return random.chance(0.5) ? at : undefined;
}

/** An ECG of 30 seconds, about once in nine days. */
export function ecgOf(
  life: Life,
  day: number,
): { readonly startsAt: number; readonly endsAt: number } | undefined {
  const random = randomOf(life, 'ecg', day);
  const startsAt = startOf(life, day) + 12 * hourMs + random.below(300) * minuteMs;
  return random.chance(0.11) ? { startsAt, endsAt: startsAt + 30_000 } : undefined;
}

/** Day of the menstrual cycle from 1, and how long the cycle is; nothing for men. */
export function cycleOf(
  life: Life,
  day: number,
): { readonly day: number; readonly length: number } | undefined {
  if (life.sex !== 'female') return undefined;
  const length = 26 + (((life.birthDay % 5) + 5) % 5);
  return { day: ((((day - life.birthDay) % length) + length) % length) + 1, length };
}
