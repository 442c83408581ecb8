import { measureBody } from '../life/body.ts';
import { writeInstant } from '../life/calendar.ts';
import { guidOf, numberOf, writeOffset, type Life } from '../life/life.ts';
import { liveDay, totalOf } from '../life/minutes.ts';
import { sleepThrough } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { Item, VendorData } from '../vendorData.ts';

/** What every record has: whose it is, when it was, and its state. */
function writeItem(
  life: Life,
  { startsAt, endsAt }: Pick<Item, 'startsAt' | 'endsAt'>,
  told: { readonly ids: object; readonly score: object },
): Item {
  const value = {
    ...told.ids,
    user_id: Number(life.person.userID),
    created_at: writeInstant(endsAt),
    updated_at: writeInstant(endsAt),
    start: writeInstant(startsAt),
    end: writeInstant(endsAt),
    timezone_offset: writeOffset(life),
    score_state: 'SCORED',
    score: told.score,
  };
  return { startsAt, endsAt, value };
}

const withoutScore = ({ score, ...rest }: Item['value']) => rest;
const sleepID = (life: Life, day: number) => guidOf(life, 'sleep', { day });
const cycleID = (life: Life, day: number) => numberOf(life, 'cycle', { day });

/** A cycle lasts from one evening to the next. */
function cycles(life: Life, day: number): readonly Item[] {
  const { rates, steps } = liveDay(life, day);
  const span = { startsAt: sleepThrough(life, day).startsAt, endsAt: sleepThrough(life, day + 1).startsAt };
  const strain = Math.min(21, Math.round((4 + steps.filter((count) => count > 0).length / 14) * 10) / 10);
  return [
    writeItem(life, span, {
      ids: { id: cycleID(life, day) },
      score: {
        strain,
        kilojoule: Math.round(life.weightKg * 100 + strain * 180),
        average_heart_rate: Math.round(totalOf(rates) / rates.length),
        max_heart_rate: Math.max(...rates),
      },
    }),
  ];
}

function sleeps(life: Life, day: number): readonly Item[] {
  const { minutes, efficiency, ...night } = sleepThrough(life, day);
  const milli = (spent: number) => spent * 60_000;
  const score = {
    stage_summary: {
      total_in_bed_time_milli: night.endsAt - night.startsAt,
      total_awake_time_milli: milli(minutes.awake),
      total_light_sleep_time_milli: milli(minutes.light),
      total_slow_wave_sleep_time_milli: milli(minutes.deep),
      total_rem_sleep_time_milli: milli(minutes.rem),
      sleep_cycle_count: night.segments.filter(({ stage }) => stage === 'rem').length,
    },
    respiratory_rate: measureBody(life, day).breathsPerMin,
    sleep_efficiency_percentage: efficiency,
    sleep_performance_percentage: Math.min(100, efficiency + 3),
  };
  const ids = { id: sleepID(life, day), cycle_id: cycleID(life, day), v1_id: null, nap: false };
  return [writeItem(life, night, { ids, score })];
}

function recoveries(life: Life, day: number): readonly Item[] {
  const { readiness, restingRate, variabilityMs, oxygenPercent, temperatureDeviationC } = measureBody(
    life,
    day,
  );
  const score = {
    user_calibrating: false,
    recovery_score: readiness,
    resting_heart_rate: restingRate,
    hrv_rmssd_milli: variabilityMs,
    spo2_percentage: oxygenPercent,
    skin_temp_celsius: 33.5 + temperatureDeviationC,
  };
  const ids = { cycle_id: cycleID(life, day), sleep_id: sleepID(life, day) };
  return [writeItem(life, sleepThrough(life, day), { ids, score })];
}

export const vendor: VendorData = {
  userIDs: 'number',
  shapes: {
    cycle: { ofDay: cycles, beforeFinal: withoutScore },
    recovery: { ofDay: recoveries, beforeFinal: withoutScore },
    sleep: { ofDay: sleeps, beforeFinal: withoutScore },
    workout: {
      ofDay: (life, day) =>
        workoutsOf(life, day).map((workout, place) =>
          writeItem(life, workout, {
            ids: {
              id: guidOf(life, 'workout', { day, place }),
              sport_name: workout.sport,
              sport_id: { running: 0, walking: 63, cycling: 1, strength: 45 }[workout.sport],
            },
            score: {
              strain: Math.round(workout.minutes * 1.6) / 10,
              average_heart_rate: workout.rateAverage,
              max_heart_rate: workout.rateMax,
              kilojoule: Math.round(workout.kilocalories * 4.184),
              percent_recorded: 100,
              distance_meter: workout.distanceM,
              altitude_gain_meter: workout.ascentM,
            },
          }),
        ),
      beforeFinal: withoutScore,
    },
    body_measurement: {
      ofPerson: ({ heightCm, weightKg, restingRate }) => ({
        height_meter: heightCm / 100,
        weight_kilogram: weightKg,
        max_heart_rate: restingRate + 125,
      }),
    },
  },
  notice: ({ life, now }) => ({ trace_id: guidOf(life, `trace ${now}`, { day: 0 }) }),
};
