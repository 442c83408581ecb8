import { cycleOf, measureBody } from '../life/body.ts';
import { minuteMs, writeDay, writeInstant } from '../life/calendar.ts';
import { mealsOf } from '../life/glucose.ts';
import { firstDay, guidOf, startOf, writeZoned, type Life } from '../life/life.ts';
import { averageEvery, liveDay, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough, stagesEvery } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { Shape, VendorData } from '../vendorData.ts';

/** `null` where there is no next page; a page that has one says so instead. */
const around = () => ({ data: [], next_token: null });

/** One document for a day: told in the morning (after the night), or when the day is over. */
function daily(
  name: string,
  told: 'morning' | 'midnight',
  write: (life: Life, day: number) => object | undefined,
): Shape {
  return {
    ofDay: (life, day) => {
      const startsAt = startOf(life, day);
      const endsAt = told === 'morning' ? sleepThrough(life, day).endsAt : startOf(life, day + 1);
      const values = write(life, day);
      if (values === undefined) return [];
      const value = {
        id: guidOf(life, name, { day }),
        day: writeDay(day),
        timestamp: writeZoned(life, startsAt),
        ...values,
      };
      return [{ startsAt, endsAt, value }];
    },
    around,
  };
}

const kinds = { light: '2', deep: '1', rem: '3', awake: '4' } as const;

function sleepPeriod(life: Life, day: number) {
  const night = sleepThrough(life, day);
  const { startsAt, endsAt, minutes, efficiency } = night;
  const { variabilityMs, breathsPerMin, restingRate, readiness } = measureBody(life, day);
  const value = {
    id: guidOf(life, 'sleep', { day }),
    day: writeDay(day),
    type: 'long_sleep',
    bedtime_start: writeZoned(life, startsAt),
    bedtime_end: writeZoned(life, endsAt),
    time_in_bed: (endsAt - startsAt) / 1000,
    total_sleep_duration: minutesAsleep(night) * 60,
    deep_sleep_duration: minutes.deep * 60,
    light_sleep_duration: minutes.light * 60,
    rem_sleep_duration: minutes.rem * 60,
    awake_time: minutes.awake * 60,
    efficiency,
    average_heart_rate: restingRate,
    lowest_heart_rate: restingRate - 4,
    average_hrv: Math.round(variabilityMs),
    average_breath: breathsPerMin,
    sleep_phase_5_min: stagesEvery(night, 5)
      .map((stage) => kinds[stage])
      .join(''),
    readiness: { score: readiness },
  };
  return { startsAt, endsAt, value };
}

function workout(life: Life, day: number) {
  return workoutsOf(life, day).map(({ sport, startsAt, endsAt, kilocalories, distanceM }, place) => ({
    startsAt,
    endsAt,
    value: {
      id: guidOf(life, 'workout', { day, place }),
      day: writeDay(day),
      activity: { running: 'running', walking: 'walking', cycling: 'cycling', strength: 'strengthTraining' }[
        sport
      ],
      start_datetime: writeZoned(life, startsAt),
      end_datetime: writeZoned(life, endsAt),
      calories: kilocalories,
      distance: distanceM,
      intensity: 'moderate',
      source: 'confirmed',
      label: null,
    },
  }));
}

function tagOf(name: string): Shape {
  return {
    ofDay: (life, day) => {
      const dinner = mealsOf(life, day).at(-1);
      if (dinner === undefined || dinner.carbohydratesG < 80) return [];
      const at = writeZoned(life, dinner.at);
      const words =
        name === 'tag'
          ? { text: 'late meal', timestamp: at, tags: ['tag_generic_latemeal'] }
          : {
              tag_type_code: 'tag_generic_latemeal',
              start_time: at,
              end_time: null,
              start_day: writeDay(day),
              end_day: null,
              comment: null,
            };
      const value = { id: guidOf(life, name, { day }), day: writeDay(day), ...words };
      return [{ startsAt: dinner.at, endsAt: dinner.at, value }];
    },
    around,
  };
}

export const vendor: VendorData = {
  shapes: {
    daily_activity: daily('daily_activity', 'midnight', (life, day) => {
      const steps = totalOf(liveDay(life, day).steps);
      return {
        score: Math.min(100, 40 + Math.round(steps / 180)),
        steps,
        active_calories: Math.round(steps * 0.04),
        total_calories: Math.round(steps * 0.04 + life.weightKg * 24),
        equivalent_walking_distance: Math.round(steps * 0.74),
      };
    }),
    daily_readiness: daily('daily_readiness', 'morning', (life, day) => {
      const { readiness, temperatureDeviationC } = measureBody(life, day);
      return {
        score: readiness,
        temperature_deviation: temperatureDeviationC,
        contributors: { hrv_balance: readiness },
      };
    }),
    daily_sleep: daily('daily_sleep', 'morning', (life, day) => {
      const { efficiency } = sleepThrough(life, day);
      return { score: Math.round(efficiency * 0.9), contributors: { efficiency } };
    }),
    sleep: { ofDay: (life, day) => [sleepPeriod(life, day)], around },
    daily_stress: daily('daily_stress', 'midnight', (life, day) => {
      const { stress } = measureBody(life, day);
      return {
        stress_high: stress * 120,
        recovery_high: (90 - stress) * 90,
        day_summary: stress > 45 ? 'stressful' : 'normal',
      };
    }),
    daily_spo2: daily('daily_spo2', 'morning', (life, day) => ({
      spo2_percentage: { average: measureBody(life, day).oxygenPercent },
      breathing_disturbance_index: 3,
    })),
    workout: { ofDay: workout, around },
    session: daily('session', 'midnight', (life, day) => {
      if (day % 3 !== 0) return undefined;
      const from = startOf(life, day) + 1260 * minuteMs;
      const times = {
        start_datetime: writeZoned(life, from),
        end_datetime: writeZoned(life, from + 10 * minuteMs),
      };
      return { type: 'breathing', mood: 'good', ...times };
    }),
    enhanced_tag: tagOf('enhanced_tag'),
    tag: tagOf('tag'),
    sleep_time: daily('sleep_time', 'midnight', () => ({
      optimal_bedtime: { day_tz: 0, start_offset: -5400, end_offset: -1800 },
      recommendation: 'follow_optimal_bedtime',
      status: 'optimal_found',
    })),
    rest_mode_period: daily('rest_mode_period', 'midnight', (_life, day) =>
      day % 45 === 0 ? { start_day: writeDay(day), end_day: writeDay(day), episodes: [] } : undefined,
    ),
    daily_resilience: daily('daily_resilience', 'midnight', (life, day) => ({
      level: measureBody(life, day).stress > 45 ? 'adequate' : 'solid',
      contributors: { sleep_recovery: 70, daytime_recovery: 60, stress: 65 },
    })),
    daily_cardiovascular_age: daily('daily_cardiovascular_age', 'morning', (life, day) => ({
      vascular_age: Math.floor((day - life.birthDay) / 365) - 2,
    })),
    vo2_max: daily('vo2_max', 'morning', (life, day) => ({ vo2_max: measureBody(life, day).vo2Max })),
    daily_cycle_phases: daily('daily_cycle_phases', 'midnight', (life, day) => {
      const cycle = cycleOf(life, day);
      return (
        cycle && {
          cycle_day: cycle.day,
          phase: cycle.day <= 5 ? 'menstrual' : cycle.day <= 13 ? 'follicular' : 'luteal',
        }
      );
    }),
    heartrate: {
      ofDay: (life, day) => {
        const { rates, asleep, startsAt } = liveDay(life, day);
        return averageEvery(rates, 5).map((bpm, place) => {
          const at = startsAt + place * 5 * minuteMs;
          const source = asleep[place * 5] === true ? 'rest' : 'awake';
          return {
            startsAt: at,
            endsAt: at + 5 * minuteMs,
            value: { bpm, source, timestamp: writeInstant(at) },
          };
        });
      },
      around,
    },
    ring_battery_level: {
      ofDay: (life, day) =>
        [0, 6, 12, 18].map((hour) => {
          const at = startOf(life, day) + hour * 60 * minuteMs;
          const level = 100 - ((day * 24 + hour) % 120) / 2;
          return {
            startsAt: at,
            endsAt: at,
            value: { timestamp: writeInstant(at), level: Math.round(level), charging: level > 97 },
          };
        }),
      around,
    },
    ring_configuration: {
      ofPerson: (life) => [
        {
          id: guidOf(life, 'ring', { day: 0 }),
          color: 'stealth_black',
          design: 'horizon',
          hardware_type: 'gen4',
          firmware_version: '3.2.1',
          set_up_at: writeInstant(startOf(life, firstDay)),
          size: 8,
        },
      ],
      around,
    },
    personal_info: {
      ofPerson: (life, now) => ({
        id: life.person.userID,
        age: Math.floor((now / 86_400_000 - life.birthDay) / 365.25),
        weight: life.weightKg,
        height: life.heightCm / 100,
        biological_sex: life.sex,
        email: null,
      }),
    },
  },
  notice: ({ event, resource, now }) => ({
    event_type: event.means === 'data-deleted' ? 'delete' : 'update',
    data_type: resource?.name,
    event_time: new Date(now).toISOString(),
  }),
};
