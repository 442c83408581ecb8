import { cycleOf, measureBody, spotCheckOf, weighInOf } from '../life/body.ts';
import { minuteMs, writeDay } from '../life/calendar.ts';
import { guidOf, startOf, type Life } from '../life/life.ts';
import { averageEvery, liveDay, sumEvery, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import type { Item, Shape, VendorData } from '../vendorData.ts';
import { answerActivityFile, activityDetails, activitySummary, fileOf } from './garmin/activities.ts';
import { summaryOf, type Span } from './garmin/summary.ts';

/** One summary of the whole day. */
function daily(name: string, write: (life: Life, day: number) => object): Shape {
  return {
    ofDay: (life, day) => {
      const span = { startsAt: startOf(life, day), endsAt: startOf(life, day + 1) };
      return [summaryOf(life, name, { day, ...span, ...write(life, day) })];
    },
  };
}

/** One summary of the night. */
function nightly(name: string, write: (life: Life, day: number) => object): Shape {
  return {
    ofDay: (life, day) => {
      const { startsAt, endsAt } = sleepThrough(life, day);
      return [summaryOf(life, name, { day, startsAt, endsAt, ...write(life, day) })];
    },
  };
}

/** One measurement, at the instant of it, if there was any. */
function measured(
  name: string,
  at: (life: Life, day: number) => number | undefined,
  write: (life: Life, day: number) => object,
): Shape {
  return {
    ofDay: (life, day) => {
      const instant = at(life, day);
      if (instant === undefined) return [];
      return [summaryOf(life, name, { day, startsAt: instant, endsAt: instant, ...write(life, day) })];
    },
  };
}

/** Garmin writes samples as a map from seconds since the beginning to the value. */
function offsets(values: readonly number[], everyS: number): Record<string, number> {
  return Object.fromEntries(values.map((value, place) => [String(place * everyS), value]));
}

function dailies(life: Life, day: number): object {
  const { steps, rates } = liveDay(life, day);
  const count = totalOf(steps);
  const { restingRate, stress } = measureBody(life, day);
  return {
    activityType: 'WALKING',
    steps: count,
    distanceInMeters: Math.round(count * 0.74),
    activeKilocalories: Math.round(count * 0.04),
    bmrKilocalories: Math.round(life.weightKg * 24),
    floorsClimbed: Math.round(count / 900),
    moderateIntensityDurationInSeconds: steps.filter((value) => value >= 100).length * 60,
    restingHeartRateInBeatsPerMinute: restingRate,
    minHeartRateInBeatsPerMinute: Math.min(...rates),
    maxHeartRateInBeatsPerMinute: Math.max(...rates),
    averageStressLevel: stress,
    timeOffsetHeartRateSamples: offsets(averageEvery(rates, 15), 900),
  };
}

function epochs(life: Life, day: number): readonly Item[] {
  const { startsAt, steps } = liveDay(life, day);
  return sumEvery(steps, 15).map((count, place) => {
    const from = startsAt + place * 15 * minuteMs;
    return summaryOf(life, 'epochs', {
      day,
      place,
      startsAt: from,
      endsAt: from + 15 * minuteMs,
      activityType: count > 0 ? 'WALKING' : 'SEDENTARY',
      steps: count,
      distanceInMeters: Math.round(count * 0.74),
      activeTimeInSeconds: count > 0 ? 900 : 0,
      intensity: count > 900 ? 'ACTIVE' : 'SEDENTARY',
    });
  });
}

function sleeps(life: Life, day: number): object {
  const night = sleepThrough(life, day);
  const seconds = (spent: number) => spent * 60;
  const map: Record<string, Span[]> = {};
  for (const { stage, startsAt, endsAt } of night.segments)
    (map[stage] ??= []).push({ startTimeInSeconds: startsAt / 1000, endTimeInSeconds: endsAt / 1000 });
  return {
    durationInSeconds: seconds(minutesAsleep(night)),
    deepSleepDurationInSeconds: seconds(night.minutes.deep),
    lightSleepDurationInSeconds: seconds(night.minutes.light),
    remSleepInSeconds: seconds(night.minutes.rem),
    awakeDurationInSeconds: seconds(night.minutes.awake),
    sleepLevelsMap: map,
    validation: 'AUTO_FINAL',
  };
}

export const vendor: VendorData = {
  shapes: {
    dailies: daily('dailies', dailies),
    epochs: { ofDay: epochs },
    sleeps: nightly('sleeps', sleeps),
    bodyComps: measured('bodyComps', weighInOf, (life, day) => {
      const { weightKg, fatPercent, muscleKg } = measureBody(life, day);
      return {
        measurementTimeInSeconds: (weighInOf(life, day) ?? 0) / 1000,
        measurementTimeOffsetInSeconds: life.zone.offsetS,
        weightInGrams: Math.round(weightKg * 1000),
        bodyFatInPercent: fatPercent,
        muscleMassInGrams: Math.round(muscleKg * 1000),
      };
    }),
    stressDetails: daily('stressDetails', (life, day) => {
      const levels = averageEvery(liveDay(life, day).rates, 3).map((rate) =>
        Math.min(99, Math.max(1, rate - life.restingRate)),
      );
      return { timeOffsetStressLevelValues: offsets(levels, 180), maxStressLevel: Math.max(...levels) };
    }),
    userMetrics: daily('userMetrics', (life, day) => {
      const { vo2Max } = measureBody(life, day);
      return { vo2Max, fitnessAge: Math.round(80 - vo2Max), enhanced: false };
    }),
    pulseOx: nightly('pulseOx', (life, day) => {
      const { oxygenPercent } = measureBody(life, day);
      const values = Array.from({ length: 24 }, (_, place) => Math.round(oxygenPercent) - (place % 2));
      return { timeOffsetSpo2Values: offsets(values, 900), onDemand: false };
    }),
    respiration: nightly('respiration', (life, day) => {
      const { breathsPerMin } = measureBody(life, day);
      const values = Array.from({ length: 48 }, (_, place) => breathsPerMin + (place % 3) - 1);
      return { timeOffsetEpochToBreaths: offsets(values, 600) };
    }),
    hrv: nightly('hrv', (life, day) => {
      const { variabilityMs } = measureBody(life, day);
      const values = Array.from(
        { length: 72 },
        (_, place) => Math.round(variabilityMs) + ((place * 5) % 9) - 4,
      );
      return {
        lastNightAvg: Math.round(variabilityMs),
        lastNight5MinHigh: Math.round(variabilityMs) + 4,
        hrvValues: offsets(values, 300),
      };
    }),
    bloodPressures: measured('bloodPressures', spotCheckOf, (life, day) => {
      const { systolic, diastolic, restingRate } = measureBody(life, day);
      return {
        measurementTimeInSeconds: (spotCheckOf(life, day) ?? 0) / 1000,
        measurementTimeOffsetInSeconds: life.zone.offsetS,
        systolic,
        diastolic,
        pulse: restingRate,
        sourceType: 'DEVICE',
      };
    }),
    skinTemp: nightly('skinTemp', (life, day) => ({
      avgDeviationCelsius: measureBody(life, day).temperatureDeviationC,
    })),
    healthSnapshot: measured('healthSnapshot', spotCheckOf, (life, day) => {
      const { restingRate, breathsPerMin, oxygenPercent } = measureBody(life, day);
      const one = (summaryType: string, avgValue: number) => ({
        summaryType,
        avgValue,
        minValue: avgValue,
        maxValue: avgValue,
      });
      return {
        summaries: [
          one('heart_rate', restingRate),
          one('respiration', breathsPerMin),
          one('spo2', oxygenPercent),
        ],
      };
    }),
    moveiq: {
      ofDay: (life, day) =>
        activitySummary(life, day, 'moveiq').map(({ value: { summaryId, ...rest }, ...span }) => ({
          ...span,
          value: {
            summaryId: guidOf(life, `move ${String(summaryId)}`, { day }),
            ...rest,
            activitySubType: 'Hurdles',
          },
        })),
    },
    activities: { ofDay: (life, day) => activitySummary(life, day, 'activities') },
    activityDetails: { ofDay: activityDetails },
    mct: {
      ofDay: (life, day) => {
        const cycle = cycleOf(life, day);
        if (cycle === undefined) return [];
        const span = { day, startsAt: startOf(life, day), endsAt: startOf(life, day + 1) };
        return [
          summaryOf(life, 'mct', {
            ...span,
            periodStartDate: writeDay(day - cycle.day + 1),
            dayInCycle: cycle.day,
            predictedCycleLength: cycle.length,
            currentPhase: cycle.day <= 5 ? 1 : cycle.day <= 13 ? 2 : 4,
            cycleLength: cycle.length,
          }),
        ];
      },
    },
    activityFiles: { ofCall: answerActivityFile },
  },
  notice: ({ life, event, item, resource, now }) => {
    if (event.means === 'scopes-changed')
      return {
        summaryId: guidOf(life, 'permissions', { day: 0 }),
        changeTimeInSeconds: Math.floor(now / 1000),
      };
    return resource?.name === 'activityFiles' && item === undefined ? fileOf(life, now) : {};
  },
};
