import { ecgOf, measureBody, weighInOf } from '../life/body.ts';
import { minuteMs, writeDay } from '../life/calendar.ts';
import { mealsOf } from '../life/glucose.ts';
import { numberOf, startOf, writeLocal, type Life } from '../life/life.ts';
import { liveDay } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { Asked, Item, Shape, VendorData } from '../vendorData.ts';

/** All times are hers, without a zone. */
function clockOf(life: Life, at: number): string {
  return writeLocal(life, at).slice(11);
}

/** One value every so many seconds of the day, with what Fitbit puts around it. */
function intraday(
  name: string,
  everyS: number,
  values: (life: Life, day: number) => readonly number[],
): Shape {
  return {
    ofDay: (life, day) =>
      values(life, day).map((value, place): Item => {
        const startsAt = startOf(life, day) + place * everyS * 1000;
        return { startsAt, endsAt: startsAt, value: { time: clockOf(life, startsAt), value } };
      }),
    around: (_life, { firstDay, items }: Asked) => ({
      [`activities-${name}`]: [
        {
          dateTime: writeDay(firstDay),
          value: String(Math.round(items.reduce((sum, { value }) => sum + Number(value.value), 0))),
        },
      ],
      [`activities-${name}-intraday`]: {
        datasetInterval: everyS < 60 ? everyS : everyS / 60,
        datasetType: everyS < 60 ? 'second' : 'minute',
      },
    }),
  };
}

/** One entry for a day, told when the night before it is over. */
function nightly(write: (life: Life, day: number) => Record<string, unknown>): Shape {
  return {
    ofDay: (life, day) => {
      const { startsAt, endsAt } = sleepThrough(life, day);
      return [{ startsAt, endsAt, value: { dateTime: writeDay(day), ...write(life, day) } }];
    },
  };
}

const stageNames = { awake: 'wake', light: 'light', deep: 'deep', rem: 'rem' } as const;

function sleepLog(life: Life, day: number): readonly Item[] {
  const night = sleepThrough(life, day);
  const { startsAt, endsAt, segments, minutes, efficiency } = night;
  const value = {
    logId: numberOf(life, 'sleep', { day }),
    dateOfSleep: writeDay(day),
    startTime: `${writeLocal(life, startsAt)}.000`,
    endTime: `${writeLocal(life, endsAt)}.000`,
    duration: endsAt - startsAt,
    efficiency,
    isMainSleep: true,
    type: 'stages',
    logType: 'auto_detected',
    minutesAsleep: minutesAsleep(night),
    minutesAwake: minutes.awake,
    timeInBed: (endsAt - startsAt) / minuteMs,
    levels: {
      data: segments.map((segment) => ({
        dateTime: `${writeLocal(life, segment.startsAt)}.000`,
        level: stageNames[segment.stage],
        seconds: (segment.endsAt - segment.startsAt) / 1000,
      })),
      summary: Object.fromEntries(
        Object.entries(minutes).map(([stage, spent]) => [
          stageNames[stage as keyof typeof stageNames],
          { minutes: spent, count: segments.filter((segment) => segment.stage === stage).length },
        ]),
      ),
    },
  };
  return [{ startsAt, endsAt, value }];
}

function activityLog(life: Life, day: number): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => ({
    startsAt: workout.startsAt,
    endsAt: workout.endsAt,
    value: {
      logId: numberOf(life, 'activities', { day, place }),
      activityName: { running: 'Run', walking: 'Walk', cycling: 'Bike', strength: 'Weights' }[workout.sport],
      startTime: `${writeLocal(life, workout.startsAt)}.000`,
      originalStartTime: `${writeLocal(life, workout.startsAt)}.000`,
      duration: workout.minutes * minuteMs,
      activeDuration: workout.minutes * minuteMs,
      calories: workout.kilocalories,
      steps: workout.steps,
      distance: workout.distanceM / 1000,
      distanceUnit: 'Kilometer',
      averageHeartRate: workout.rateAverage,
      logType: 'auto_detected',
    },
  }));
}

export const vendor: VendorData = {
  userIDs: 'base36',
  shapes: {
    steps: intraday('steps', 60, (life, day) => liveDay(life, day).steps),
    calories: intraday('calories', 60, (life, day) =>
      liveDay(life, day).steps.map((steps) => Math.round((life.weightKg / 60 + steps * 0.04) * 100) / 100),
    ),
    heart: intraday('heart', 5, (life, day) =>
      liveDay(life, day).rates.flatMap((rate) =>
        [0, 1, 0, -1, -1, 0, 1, 1, 0, -1, 0, 0].map((step) => rate + step),
      ),
    ),
    hrv: nightly((life, day) => {
      const { startsAt } = sleepThrough(life, day);
      const rmssd = measureBody(life, day).variabilityMs;
      return {
        minutes: Array.from({ length: 60 }, (_, place) => ({
          minute: `${writeLocal(life, startsAt + place * 5 * minuteMs)}.000`,
          value: { rmssd: rmssd + ((place * 7) % 9) - 4, coverage: 0.98, hf: 310, lf: 420 },
        })),
      };
    }),
    activities: { ofDay: activityLog, around: listOf },
    sleep: { ofDay: sleepLog, around: listOf },
    spo2: nightly((life, day) => {
      const { startsAt } = sleepThrough(life, day);
      const { oxygenPercent } = measureBody(life, day);
      const minutes = Array.from({ length: 60 }, (_, place) => ({
        value: oxygenPercent,
        minute: writeLocal(life, startsAt + place * 5 * minuteMs),
      }));
      return { minutes };
    }),
    br: nightly((life, day) => {
      const { breathsPerMin } = measureBody(life, day);
      return { value: { fullSleepSummary: { breathingRate: breathsPerMin } } };
    }),
    temp: nightly((life, day) => ({
      value: { nightlyRelative: measureBody(life, day).temperatureDeviationC },
      logType: 'dedicated_temp_sensor',
    })),
    cardioscore: nightly((life, day) => {
      const low = Math.floor(measureBody(life, day).vo2Max);
      return { value: { vo2Max: `${low}-${low + 4}` } };
    }),
    weight: {
      ofDay: (life, day) => {
        const at = weighInOf(life, day);
        if (at === undefined) return [];
        const { weightKg, fatPercent } = measureBody(life, day);
        const value = {
          logId: numberOf(life, 'weight', { day }),
          date: writeDay(day),
          time: clockOf(life, at),
          weight: weightKg,
          fat: fatPercent,
          bmi: Math.round((weightKg / (life.heightCm / 100) ** 2) * 100) / 100,
          source: 'Aria',
        };
        return [{ startsAt: at, endsAt: at, value }];
      },
    },
    foods: {
      ofDay: (life, day) =>
        mealsOf(life, day).map(({ name, at, kilocalories, carbohydratesG }, place) => ({
          startsAt: at,
          endsAt: at,
          value: {
            logId: numberOf(life, 'foods', { day, place }),
            logDate: writeDay(day),
            loggedFood: { name, calories: kilocalories, amount: 1 },
            nutritionalValues: { calories: kilocalories, carbs: carbohydratesG },
          },
        })),
    },
    ecg: {
      ofDay: (life, day) => {
        const ecg = ecgOf(life, day);
        const averageHeartRate = life.restingRate + 8;
        return ecg === undefined
          ? []
          : [
              {
                ...ecg,
                value: {
                  startTime: `${writeLocal(life, ecg.startsAt)}.000`,
                  averageHeartRate,
                  resultClassification: 'Normal Sinus Rhythm',
                  samplingFrequencyHz: '250',
                },
              },
            ];
      },
      around: listOf,
    },
    profile: {
      ofPerson: ({ person, zone, heightCm, sex }) => ({
        encodedId: person.userID,
        gender: sex.toUpperCase(),
        height: heightCm,
        timezone: zone.name,
        offsetFromUTCMillis: zone.offsetS * 1000,
      }),
    },
    devices: {
      ofPerson: (life) => [
        {
          id: String(numberOf(life, 'devices', { day: 20_089 })),
          deviceVersion: 'Charge 6',
          type: 'TRACKER',
        },
      ],
    },
  },
  notice: ({ life, now, resource }) => ({
    ownerType: 'user',
    date: writeLocal(life, now).slice(0, 10),
    subscriptionId: `${life.person.userID}-${resource?.name ?? 'user'}`,
  }),
};

function listOf(_life: Life, { items }: Asked): object {
  return { pagination: { limit: items.length, sort: 'asc', previous: '' } };
}
