import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { measureBody, ecgOf } from '../life/body.ts';
import { minuteMs, writeDay, writeInstant } from '../life/calendar.ts';
import { numberOf, startOf, writeLocal, writeZoned, type Life } from '../life/life.ts';
import { averageEvery, liveDay, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import { trackOf, workoutsOf } from '../life/workouts.ts';
import type { Item, Shape, VendorData } from '../vendorData.ts';

/** What is known when the day is over. */
function daily(write: (life: Life, day: number) => Record<string, unknown>): Shape {
  return {
    ofDay: (life, day) => [
      { startsAt: startOf(life, day), endsAt: startOf(life, day + 1), value: write(life, day) },
    ],
  };
}

/** What is known when the night is over. */
function nightly(write: (life: Life, day: number) => Record<string, unknown>): Shape {
  return {
    ofDay: (life, day) => {
      const { startsAt, endsAt } = sleepThrough(life, day);
      return [{ startsAt, endsAt, value: write(life, day) }];
    },
  };
}

function exercises(life: Life, day: number): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => {
    const { startsAt, endsAt, minutes, sport } = workout;
    const track = trackOf(workout);
    const value = {
      id: numberOf(life, 'exercises', { day, place }).toString(36),
      upload_time: writeInstant(endsAt),
      polar_user: `https://www.polaraccesslink.com/v3/users/${life.person.userID}`,
      device: 'Polar Vantage V3',
      // The clock of the device, and how far from UTC the watch believed to be.
      start_time: writeLocal(life, startsAt),
      start_time_utc_offset: life.zone.offsetS / 60,
      duration: `PT${minutes}M`,
      calories: workout.kilocalories,
      distance: workout.distanceM,
      heart_rate: { average: workout.rateAverage, maximum: workout.rateMax },
      sport: sport.toUpperCase(),
      has_route: workout.distanceM > 0,
      heart_rate_zones: [{ index: 2, 'lower-limit': 110, 'upper-limit': 140, 'in-zone': `PT${minutes}M` }],
      samples: [{ 'recording-rate': 10, 'sample-type': '0', data: track.rates.join(',') }],
      route: track.points.map(([latitude, longitude], index) => ({
        latitude,
        longitude,
        time: `PT${track.seconds[index] ?? 0}S`,
      })),
    };
    return { startsAt, endsAt, value };
  });
}

const hypnogram = { awake: 0, rem: 1, light: 2, deep: 4 } as const;

function sleepOf(life: Life, day: number): Record<string, unknown> {
  const night = sleepThrough(life, day);
  const { startsAt, endsAt, minutes, segments, efficiency } = night;
  return {
    polar_user: `https://www.polaraccesslink.com/v3/users/${life.person.userID}`,
    date: writeDay(day),
    sleep_start_time: writeZoned(life, startsAt),
    sleep_end_time: writeZoned(life, endsAt),
    device_id: '1111AAAA',
    continuity: 2.1,
    light_sleep: minutes.light * 60,
    deep_sleep: minutes.deep * 60,
    rem_sleep: minutes.rem * 60,
    unrecognized_sleep_stage: 0,
    total_interruption_duration: minutes.awake * 60,
    sleep_score: Math.min(100, efficiency),
    sleep_goal: 28_800,
    sleep_cycles: segments.filter(({ stage }) => stage === 'rem').length,
    hypnogram: Object.fromEntries(
      segments.map(({ stage, startsAt: from }) => [writeLocal(life, from).slice(11, 16), hypnogram[stage]]),
    ),
    asleep: minutesAsleep(night) * 60,
  };
}

export const vendor: VendorData = {
  userIDs: 'number',
  shapes: {
    exercises: { ofDay: exercises },
    // A FIT file is binary, and a sandbox answers with text: Polar says 204 where an exercise has no file.
    'exercises/fit': { ofCall: () => ({ status: 204 }) },
    activities: daily((life, day) => {
      const { steps } = liveDay(life, day);
      const count = totalOf(steps);
      return {
        start_time: writeLocal(life, startOf(life, day)),
        end_time: writeLocal(life, startOf(life, day + 1)),
        active_duration: `PT${steps.filter((value) => value > 0).length}M`,
        steps: count,
        calories: Math.round(count * 0.04 + life.weightKg * 24),
        active_calories: Math.round(count * 0.04),
        distance_from_steps: Math.round(count * 0.74),
      };
    }),
    'activities/samples': daily((life, day) => {
      const { steps, startsAt } = liveDay(life, day);
      const total_steps = totalOf(steps);
      const samples = steps.map((count, minute) => ({
        timestamp: writeLocal(life, startsAt + minute * minuteMs).slice(11),
        steps: count,
      }));
      return { date: writeDay(day), steps: { interval_ms: minuteMs, total_steps, samples } };
    }),
    'continuous-heart-rate': daily((life, day) => ({
      polar_user: `https://www.polaraccesslink.com/v3/users/${life.person.userID}`,
      date: writeDay(day),
      heart_rate_samples: averageEvery(liveDay(life, day).rates, 5).map((heart_rate, place) => ({
        heart_rate,
        sample_time: new Date(place * 5 * minuteMs).toISOString().slice(11, 19),
      })),
    })),
    sleep: nightly(sleepOf),
    'nightly-recharge': nightly((life, day) => {
      const { variabilityMs, breathsPerMin, restingRate, readiness } = measureBody(life, day);
      return {
        date: writeDay(day),
        heart_rate_avg: restingRate,
        heart_rate_variability_avg: Math.round(variabilityMs),
        breathing_rate_avg: breathsPerMin,
        nightly_recharge_status: readiness > 75 ? 5 : 3,
        ans_charge: Math.round(readiness - 75) / 10,
      };
    }),
    'cardio-load': daily((life, day) => {
      const load = workoutsOf(life, day).reduce((sum, { minutes }) => sum + minutes * 1.4, 0);
      return {
        date: writeDay(day),
        cardio_load: Math.round(load * 10) / 10,
        cardio_load_status: 'MAINTAINING',
      };
    }),
    'sleepwise/alertness': nightly((life, day) => {
      const { endsAt } = sleepThrough(life, day);
      const span = {
        period_start_time: writeInstant(endsAt),
        period_end_time: writeInstant(endsAt + 900 * minuteMs),
      };
      return { ...span, grade: measureBody(life, day).readiness / 10, validity: 'VALID' };
    }),
    'sleepwise/circadian-bedtime': nightly((life, day) => {
      const { startsAt } = sleepThrough(life, day);
      return {
        period_start_time: writeInstant(startsAt),
        preferred_sleep_period_start_time: writeInstant(startsAt + 10 * minuteMs),
        quality: 'CLEARLY_RECOGNIZABLE',
      };
    }),
    'biosensing/bodytemperature': daily((life, day) => ({
      measurement_type: 'TM_CORE_TEMPERATURE',
      start_time: writeInstant(startOf(life, day)),
      samples: [
        {
          temperature_celsius: measureBody(life, day).bodyTemperatureC,
          recording_time_delta_milliseconds: 0,
        },
      ],
    })),
    'biosensing/skintemperature': nightly((life, day) => ({
      sleep_date: writeDay(day),
      sleep_time_skin_temperature_celsius: 34 + measureBody(life, day).temperatureDeviationC,
      deviation_from_baseline_celsius: measureBody(life, day).temperatureDeviationC,
    })),
    'biosensing/spo2': daily((life, day) => ({
      test_time: Math.floor(startOf(life, day) / 1000) + 72_000,
      time_zone_offset: life.zone.offsetS / 60,
      test_status: 'COMPLETED',
      blood_oxygen_percent: Math.round(measureBody(life, day).oxygenPercent),
    })),
    'biosensing/ecg': {
      ofDay: (life, day) => {
        const ecg = ecgOf(life, day);
        if (ecg === undefined) return [];
        const value = {
          test_time: ecg.startsAt / 1000,
          time_zone_offset: life.zone.offsetS / 60,
          average_heart_rate_bpm: life.restingRate + 8,
        };
        return [{ ...ecg, value }];
      },
    },
    'physical-info': {
      ofPerson: ({ heightCm, weightKg, sex, birthDay, restingRate, vo2Max }) => ({
        height: heightCm,
        weight: weightKg,
        gender: sex.toUpperCase(),
        birthday: writeDay(birthDay),
        'resting-heart-rate': restingRate,
        'vo2-max': vo2Max,
      }),
    },
  },
  notice: ({ now, resource, itemID }) =>
    omitUndefined({
      timestamp: writeInstant(now),
      // Days are named so; only an exercise has a name of its own.
      date: typeof itemID === 'string' && /^\d{4}-\d\d-\d\d$/.test(itemID) ? itemID : undefined,
      url: `https://www.polaraccesslink.com/v3/${resource?.name ?? 'exercises'}`,
    }),
};
