import { ecgOf, measureBody, spotCheckOf, weighInOf, type BodyValues } from '../life/body.ts';
import { minuteMs, writeDay } from '../life/calendar.ts';
import { guidOf, numberOf, type Life } from '../life/life.ts';
import { averageEvery, liveDay, sumEvery, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough, stagesEvery } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { Shape, VendorData } from '../vendorData.ts';

const succeeded = () => ({ status: 0, body: {} });

/** Number of a kind of measurement, its value, and the power of ten that the value is told with. */
type Measure = readonly [type: number, value: number, unit: number];

/** The value is `value × 10^unit`. */
function writeMeasure([type, value, unit]: Measure) {
  return { value: Math.round(value * 10 ** -unit), type, unit };
}

/** One group of measurements that were taken together. */
function group(
  name: string,
  at: (life: Life, day: number) => number | undefined,
  measure: (body: BodyValues) => readonly Measure[],
): Shape {
  return {
    ofDay: (life, day) => {
      const instant = at(life, day);
      if (instant === undefined) return [];
      const value = {
        grpid: numberOf(life, name, { day }),
        attrib: 0,
        date: instant / 1000,
        created: instant / 1000 + 20,
        modified: instant / 1000 + 20,
        category: 1,
        deviceid: deviceOf(life),
        measures: measure(measureBody(life, day)).map(writeMeasure),
      };
      return [{ startsAt: instant, endsAt: instant + 20_000, value }];
    },
    around: (life, { now }) => ({
      status: 0,
      body: { updatetime: Math.floor(now / 1000), timezone: life.zone.name },
    }),
  };
}

function deviceOf(life: Life): string {
  return guidOf(life, 'device', { day: 0 }).replaceAll('-', '') + '00000000';
}

const activity: Shape = {
  ofDay: (life, day) => {
    const { steps, startsAt, rates } = liveDay(life, day);
    const count = totalOf(steps);
    const value = {
      date: writeDay(day),
      timezone: life.zone.name,
      deviceid: deviceOf(life),
      steps: count,
      distance: Math.round(count * 0.74),
      elevation: Math.round(count / 700),
      calories: Math.round(count * 0.04),
      totalcalories: Math.round(count * 0.04 + life.weightKg * 24),
      hr_average: Math.round(totalOf(rates) / rates.length),
      hr_min: Math.min(...rates),
      hr_max: Math.max(...rates),
    };
    return [{ startsAt, endsAt: startsAt + 1440 * minuteMs, value }];
  },
  around: succeeded,
};

const intraday: Shape = {
  ofDay: (life, day) => {
    const { steps, startsAt, rates } = liveDay(life, day);
    const beats = averageEvery(rates, 10);
    return sumEvery(steps, 10).map((count, place) => {
      const from = startsAt + place * 10 * minuteMs;
      const value = {
        timestamp: from / 1000,
        duration: 600,
        steps: count,
        heart_rate: beats[place],
        timezone: life.zone.name,
      };
      return { startsAt: from, endsAt: from + 10 * minuteMs, value };
    });
  },
  around: succeeded,
};

const categories = { walking: 1, running: 2, cycling: 6, strength: 16 } as const;

const workouts: Shape = {
  ofDay: (life, day) =>
    workoutsOf(life, day).map((workout, place) => ({
      startsAt: workout.startsAt,
      endsAt: workout.endsAt,
      value: {
        id: numberOf(life, 'workouts', { day, place }),
        category: categories[workout.sport],
        timezone: life.zone.name,
        startdate: workout.startsAt / 1000,
        enddate: workout.endsAt / 1000,
        date: writeDay(day),
        modified: workout.endsAt / 1000,
        data: {
          calories: workout.kilocalories,
          distance: workout.distanceM,
          steps: workout.steps,
          hr_average: workout.rateAverage,
          hr_max: workout.rateMax,
        },
      },
    })),
  around: succeeded,
};

const states = { awake: 0, light: 1, deep: 2, rem: 3 } as const;

const sleep: Shape = {
  ofDay: (life, day) => {
    const night = sleepThrough(life, day);
    const { breathsPerMin } = measureBody(life, day);
    return stagesEvery(night, 1).map((stage, minute) => {
      const startsAt = night.startsAt + minute * minuteMs;
      const times = { startdate: startsAt / 1000, enddate: startsAt / 1000 + 60 };
      const hr = { [startsAt / 1000]: life.restingRate - 2 + (minute % 4) };
      const rr = { [startsAt / 1000]: Math.round(breathsPerMin) };
      return {
        startsAt,
        endsAt: startsAt + minuteMs,
        value: { ...times, state: states[stage], hr, rr, timezone: life.zone.name },
      };
    });
  },
  around: () => ({ status: 0, body: { model: 32 } }),
};

const sleepSummary: Shape = {
  ofDay: (life, day) => {
    const night = sleepThrough(life, day);
    const { startsAt, endsAt, minutes, efficiency } = night;
    const value = {
      id: numberOf(life, 'sleep', { day }),
      timezone: life.zone.name,
      model: 32,
      startdate: startsAt / 1000,
      enddate: endsAt / 1000,
      date: writeDay(day),
      created: endsAt / 1000 + 60,
      modified: endsAt / 1000 + 60,
      data: {
        total_sleep_time: minutesAsleep(night) * 60,
        deepsleepduration: minutes.deep * 60,
        lightsleepduration: minutes.light * 60,
        remsleepduration: minutes.rem * 60,
        wakeupduration: minutes.awake * 60,
        sleep_efficiency: efficiency / 100,
        hr_average: life.restingRate,
      },
    };
    return [{ startsAt, endsAt: endsAt + 60_000, value }];
  },
  around: succeeded,
};

const ecgList: Shape = {
  ofDay: (life, day) => {
    const ecg = ecgOf(life, day);
    if (ecg === undefined) return [];
    const signalid = numberOf(life, 'ecg', { day });
    const value = {
      deviceid: deviceOf(life),
      model: 44,
      timezone: life.zone.name,
      timestamp: ecg.startsAt / 1000,
      heart_rate: life.restingRate + 8,
      ecg: { signalid, afib: 0 },
    };
    return [{ ...ecg, value }];
  },
  around: succeeded,
};

export const vendor: VendorData = {
  userIDs: 'number',
  shapes: {
    weight: group('weight', weighInOf, ({ weightKg }) => [[1, weightKg, -3]]),
    'body composition': group('composition', weighInOf, (body) => [
      [6, body.fatPercent, -2],
      [8, (body.weightKg * body.fatPercent) / 100, -2],
      [5, body.weightKg * (1 - body.fatPercent / 100), -2],
      [76, body.muscleKg, -2],
      [77, body.hydrationKg, -2],
      [88, body.boneKg, -2],
    ]),
    'blood pressure': group('pressure', spotCheckOf, ({ systolic, diastolic, restingRate }) => [
      [10, systolic, 0],
      [9, diastolic, 0],
      [11, restingRate, 0],
    ]),
    temperature: group('temperature', spotCheckOf, ({ bodyTemperatureC }) => [[71, bodyTemperatureC, -3]]),
    'blood oxygen': group('oxygen', spotCheckOf, ({ oxygenPercent }) => [[54, oxygenPercent, 0]]),
    'ECG list': ecgList,
    'ECG signal': {
      ofItem: (life) => ({
        // Half a beat up and down in microvolts; nobody shall take it for a real heart.
        signal: Array.from({ length: 300 }, (_, place) =>
          place % 30 === 0 ? 900 : ((place * 13) % 40) - 20,
        ),
        sampling_frequency: 300,
        wearposition: 1,
        timezone: life.zone.name,
      }),
      around: () => ({ status: 0 }),
    },
    activity,
    'intraday activity': intraday,
    workouts,
    sleep,
    'sleep summary': sleepSummary,
    devices: {
      ofPerson: (life) => [
        {
          type: 'Scale',
          model: 'Body+',
          model_id: 5,
          battery: 'high',
          deviceid: deviceOf(life),
          timezone: life.zone.name,
        },
      ],
      around: succeeded,
    },
  },
  notice: ({ life }) => ({ deviceid: deviceOf(life) }),
};
