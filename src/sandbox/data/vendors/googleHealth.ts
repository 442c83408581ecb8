import { ecgOf, measureBody, weighInOf } from '../life/body.ts';
import { minuteMs, writeInstant } from '../life/calendar.ts';
import { glucoseOf, mealsOf } from '../life/glucose.ts';
import { startOf, type Life } from '../life/life.ts';
import { liveDay, sumEvery } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { VendorData } from '../vendorData.ts';
import { daily, intervals, samples, sessions } from './googleHealth/points.ts';

const weighed = (write: (life: Life, day: number) => object) => (life: Life, day: number) => {
  const at = weighInOf(life, day);
  return at === undefined ? [] : [[at, write(life, day)] as const];
};

export const vendor: VendorData = {
  userIDs: 'long-number',
  shapes: {
    steps: intervals(1, 'steps', ({ steps }, place) =>
      steps[place] === 0 ? undefined : { count: String(steps[place]) },
    ),
    distance: intervals(1, 'distance', ({ steps }, place) =>
      steps[place] === 0 ? undefined : { millimeters: String((steps[place] ?? 0) * 740) },
    ),
    'active-zone-minutes': intervals(1, 'activeZoneMinutes', ({ rates }, place) =>
      (rates[place] ?? 0) < 110
        ? undefined
        : { heartRateZone: (rates[place] ?? 0) < 132 ? 'FAT_BURN' : 'CARDIO', activeZoneMinutes: '1' },
    ),
    'total-calories': {
      ofDay: (life, day) => {
        const lived = liveDay(life, day);
        const perHour = sumEvery(lived.steps, 60);
        return perHour.map((steps, hour) => {
          const startsAt = lived.startsAt + hour * 60 * minuteMs;
          const endsAt = startsAt + 60 * minuteMs;
          const kcalSum = Math.round(life.weightKg + steps * 0.04);
          const value = {
            startTime: writeInstant(startsAt),
            endTime: writeInstant(endsAt),
            totalCalories: { kcalSum },
          };
          return { startsAt, endsAt, value };
        });
      },
    },
    'heart-rate': samples('heartRate', (life, day) => {
      const { rates, startsAt } = liveDay(life, day);
      return rates.map(
        (rate, minute) => [startsAt + minute * minuteMs, { beatsPerMinute: String(rate) }] as const,
      );
    }),
    'run-vo2-max': samples('runVo2Max', (life, day) =>
      workoutsOf(life, day)
        .filter(({ sport }) => sport === 'running')
        .map(({ endsAt }) => [endsAt, { runVo2Max: measureBody(life, day).vo2Max }] as const),
    ),
    'heart-rate-variability': samples('heartRateVariability', (life, day) => {
      const { startsAt, endsAt } = sleepThrough(life, day);
      const { variabilityMs } = measureBody(life, day);
      const count = Math.floor((endsAt - startsAt) / (5 * minuteMs));
      return Array.from({ length: count }, (_, place) => {
        const rootMeanSquareOfSuccessiveDifferencesMilliseconds = variabilityMs + ((place * 7) % 11) - 5;
        return [
          startsAt + place * 5 * minuteMs,
          { rootMeanSquareOfSuccessiveDifferencesMilliseconds },
        ] as const;
      });
    }),
    'oxygen-saturation': samples('oxygenSaturation', (life, day) => {
      const { startsAt, endsAt } = sleepThrough(life, day);
      const { oxygenPercent } = measureBody(life, day);
      const count = Math.floor((endsAt - startsAt) / (10 * minuteMs));
      return Array.from({ length: count }, (_, place) => [
        startsAt + place * 10 * minuteMs,
        { percentage: Math.min(100, Math.round(oxygenPercent * 10 + ((place * 5) % 9) - 4) / 10) },
      ]);
    }),
    weight: samples(
      'weight',
      weighed((life, day) => ({ weightGrams: Math.round(measureBody(life, day).weightKg * 1000) })),
    ),
    'body-fat': samples(
      'bodyFat',
      weighed((life, day) => ({ percentage: measureBody(life, day).fatPercent })),
    ),
    'blood-glucose': samples('bloodGlucose', (life, day) =>
      mealsOf(life, day).map(({ at }) => {
        const place = Math.floor((at - startOf(life, day)) / (5 * minuteMs));
        return [at, { bloodGlucoseMilligramsPerDeciliter: glucoseOf(life, day)[place] }] as const;
      }),
    ),
    'daily-resting-heart-rate': daily('dailyRestingHeartRate', (life, day) => ({
      beatsPerMinute: String(measureBody(life, day).restingRate),
    })),
    'daily-heart-rate-variability': daily('dailyHeartRateVariability', (life, day) => ({
      averageHeartRateVariabilityMilliseconds: measureBody(life, day).variabilityMs,
    })),
    'daily-respiratory-rate': daily('dailyRespiratoryRate', (life, day) => ({
      breathsPerMinute: measureBody(life, day).breathsPerMin,
    })),
    'daily-sleep-temperature-derivations': daily('dailySleepTemperatureDerivations', (life, day) => ({
      nightlyTemperatureCelsius: 34 + measureBody(life, day).temperatureDeviationC,
      baselineTemperatureCelsius: 34,
    })),
    sleep: sessions('sleep', 'sleep', (life, day) => {
      const night = sleepThrough(life, day);
      const stages = night.segments.map((segment) => ({
        startTime: writeInstant(segment.startsAt),
        endTime: writeInstant(segment.endsAt),
        type: segment.stage.toUpperCase(),
      }));
      const summary = {
        minutesAsleep: String(minutesAsleep(night)),
        minutesAwake: String(night.minutes.awake),
      };
      return [{ startsAt: night.startsAt, endsAt: night.endsAt, value: { type: 'STAGES', stages, summary } }];
    }),
    exercise: sessions('exercise', 'exercise', (life, day) =>
      workoutsOf(life, day).map((workout) => ({
        startsAt: workout.startsAt,
        endsAt: workout.endsAt,
        value: {
          exerciseType: {
            strength: 'STRENGTH_TRAINING',
            cycling: 'BIKING',
            running: 'RUNNING',
            walking: 'WALKING',
          }[workout.sport],
          activeDuration: `${workout.minutes * 60}s`,
          metricsSummary: {
            caloriesKcal: workout.kilocalories,
            distanceMillimeters: workout.distanceM * 1000,
            steps: String(workout.steps),
            averageHeartRateBeatsPerMinute: String(workout.rateAverage),
          },
        },
      })),
    ),
    electrocardiogram: sessions('electrocardiogram', 'electrocardiogram', (life, day) => {
      const ecg = ecgOf(life, day);
      const averageHeartRate = life.restingRate + 8;
      return ecg === undefined
        ? []
        : [
            {
              ...ecg,
              value: {
                resultClassification: 'NORMAL_SINUS_RHYTHM',
                averageHeartRate: String(averageHeartRate),
              },
            },
          ];
    }),
    // A rhythm like this is rare, and nobody here has it.
    'irregular-rhythm-notification': { ofDay: () => [] },
    'nutrition-log': sessions('nutrition-log', 'nutritionLog', (life, day) =>
      mealsOf(life, day).map(({ name, at, kilocalories, carbohydratesG }) => ({
        startsAt: at,
        endsAt: at + 20 * minuteMs,
        value: {
          mealType: name.toUpperCase(),
          foodDisplayName: name,
          energy: { kcal: kilocalories },
          totalCarbohydrate: { grams: carbohydratesG },
        },
      })),
    ),
    'hydration-log': sessions('hydration-log', 'hydrationLog', (life, day) =>
      mealsOf(life, day).map(({ at }, place) => ({
        startsAt: at,
        endsAt: at + minuteMs,
        value: { amountConsumed: { milliliters: 200 + place * 50 } },
      })),
    ),
    profile: {
      ofPerson: ({ heightCm }) => ({ name: 'users/me/profile', height: { millimeters: heightCm * 10 } }),
    },
    settings: {
      ofPerson: ({ zone }) => ({
        name: 'users/me/settings',
        timeZone: zone.name,
        utcOffset: `${zone.offsetS}s`,
      }),
    },
  },
  notice: ({ event, item, now, resource }) => ({
    data: {
      version: '1',
      dataType: resource?.name,
      operation: event.means === 'data-deleted' ? 'DELETE' : 'UPSERT',
      clientProvidedSubscriptionName: 'subscriptions/tributary',
      intervals: [
        {
          physicalTimeInterval: {
            startTime: writeInstant(item?.startsAt ?? now - 3_600_000),
            endTime: writeInstant(item?.endsAt ?? now),
          },
        },
      ],
    },
  }),
};
