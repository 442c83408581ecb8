import { measureBody } from '../life/body.ts';
import { minuteMs } from '../life/calendar.ts';
import { guidOf, startOf, writeZoned, type Life } from '../life/life.ts';
import { averageEvery, liveDay, sumEvery, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { Item, VendorData } from '../vendorData.ts';

const activityIDs = { running: 1, walking: 0, cycling: 2, strength: 23 } as const;

function workouts(life: Life, day: number): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => {
    const { startsAt, endsAt, minutes } = workout;
    const value = {
      workoutKey: guidOf(life, 'workouts', { day, place }).replaceAll('-', '').slice(0, 24),
      activityId: activityIDs[workout.sport],
      startTime: startsAt,
      stopTime: endsAt,
      totalTime: minutes * 60,
      totalDistance: workout.distanceM,
      totalAscent: workout.ascentM,
      timeOffsetInMinutes: life.zone.offsetS / 60,
      stepCount: workout.steps,
      energyConsumption: workout.kilocalories,
      hrdata: { workoutAvgHR: workout.rateAverage, workoutMaxHR: workout.rateMax },
      gear: { name: 'Suunto Race', manufacturer: 'Suunto' },
    };
    return { startsAt, endsAt, value };
  });
}

/** Samples are told with the offset of her clock. */
function entry(life: Life, at: number, entryData: object): Record<string, unknown> {
  return { timestamp: writeZoned(life, at), entryData };
}

export const vendor: VendorData = {
  userIDs: 'word',
  shapes: {
    workouts: { ofDay: workouts, around: () => ({ error: null, metadata: {} }) },
    sleep: {
      ofDay: (life, day) => {
        const night = sleepThrough(life, day);
        const { startsAt, endsAt, minutes } = night;
        const data = {
          BedtimeStart: writeZoned(life, startsAt),
          BedtimeEnd: writeZoned(life, endsAt),
          Duration: minutesAsleep(night) * 60,
          DeepSleepDuration: minutes.deep * 60,
          LightSleepDuration: minutes.light * 60,
          REMSleepDuration: minutes.rem * 60,
          HRAvg: life.restingRate,
          IsNap: false,
        };
        return [{ startsAt, endsAt, value: entry(life, startsAt, data) }];
      },
    },
    recovery: {
      ofDay: (life, day) => {
        const { readiness, stress } = measureBody(life, day);
        return Array.from({ length: 48 }, (_, place) => {
          const at = startOf(life, day) + place * 30 * minuteMs;
          const Balance = Math.min(1, Math.max(0, (readiness + (place % 12) - 6) / 100));
          const value = entry(life, at, { Balance, StressState: stress > 45 ? 2 : 1 });
          return { startsAt: at, endsAt: at + 30 * minuteMs, value };
        });
      },
    },
    activity: {
      ofDay: (life, day) => {
        const { steps, rates, startsAt } = liveDay(life, day);
        const beats = averageEvery(rates, 10);
        return sumEvery(steps, 10).map((count, place) => {
          const at = startsAt + place * 10 * minuteMs;
          const value = entry(life, at, {
            StepCount: count,
            HR: (beats[place] ?? 0) / 60,
            EnergyConsumption: count * 167,
          });
          return { startsAt: at, endsAt: at + 10 * minuteMs, value };
        });
      },
    },
    'daily-activity-statistics': {
      ofDay: (life, day) => {
        const { steps, startsAt } = liveDay(life, day);
        const count = totalOf(steps);
        const samples = [{ TimeISO8601: writeZoned(life, startsAt), Value: count }];
        const value = { Name: 'stepcount', Sources: [{ Name: 'suunto-race', Samples: samples }] };
        return [{ startsAt, endsAt: startOf(life, day + 1), value }];
      },
    },
  },
  notice: ({ item, resource }) => {
    if (item === undefined) return {};
    return resource?.name === 'workouts' ? { workout: item.value } : { samples: [item.value] };
  },
};
