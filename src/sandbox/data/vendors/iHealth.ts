import { measureBody, spotCheckOf, weighInOf, type BodyValues } from '../life/body.ts';
import { glucoseOf, mealsOf } from '../life/glucose.ts';
import { guidOf, startOf, writeOffset, type Life } from '../life/life.ts';
import { liveDay, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import type { Asked, Item, Shape, VendorData } from '../vendorData.ts';

/** How many there are on the page, and which unit they are in. */
function around(unit: object) {
  return (_life: Life, { items }: Asked) => ({ CurrentRecordCount: items.length, ...unit });
}

function entry(
  life: Life,
  name: string,
  told: Pick<Item, 'startsAt' | 'endsAt'> & {
    readonly day: number;
    readonly place?: number;
    readonly values: object;
  },
): Item {
  const { startsAt, endsAt, day, place = 0, values } = told;
  const value = {
    DataID: guidOf(life, name, { day, place }).replaceAll('-', ''),
    DataSource: 'FromDevice',
    MDate: Math.floor(endsAt / 1000),
    TimeZone: writeOffset(life),
    LastChangeTime: Math.floor(endsAt / 1000),
    ...values,
  };
  return { startsAt, endsAt, value };
}

function checked(
  name: string,
  at: (life: Life, day: number) => number | undefined,
  { unit, write }: { readonly unit: object; readonly write: (body: BodyValues) => object },
): Shape {
  return {
    ofDay: (life, day) => {
      const instant = at(life, day);
      if (instant === undefined) return [];
      const values = write(measureBody(life, day));
      return [entry(life, name, { startsAt: instant, endsAt: instant, day, values })];
    },
    around: around(unit),
  };
}

export const vendor: VendorData = {
  userIDs: 'hex32',
  shapes: {
    bp: checked('bp', spotCheckOf, {
      unit: { BPUnit: 0 },
      write: ({ systolic, diastolic, restingRate }) => ({
        HP: systolic,
        LP: diastolic,
        HR: restingRate,
        IsArr: -1,
      }),
    }),
    weight: checked('weight', weighInOf, {
      unit: { WeightUnit: 0 },
      write: ({ weightKg, fatPercent, muscleKg, boneKg }) => ({
        WeightValue: weightKg,
        FatValue: fatPercent,
        MuscaleValue: muscleKg,
        BoneValue: boneKg,
      }),
    }),
    spo2: checked('spo2', spotCheckOf, {
      unit: {},
      write: ({ oxygenPercent, restingRate }) => ({ BO: Math.round(oxygenPercent), HR: restingRate }),
    }),
    glucose: {
      ofDay: (life, day) =>
        mealsOf(life, day).map(({ at, name }, place) => {
          const BG = glucoseOf(life, day)[Math.floor((at - startOf(life, day)) / 300_000)];
          const values = { BG, DinnerSituation: `Before_${name.toLowerCase()}` };
          return entry(life, 'glucose', { startsAt: at, endsAt: at, day, place, values });
        }),
      around: around({ BGUnit: 0 }),
    },
    activity: {
      ofDay: (life, day) => {
        const { steps, startsAt } = liveDay(life, day);
        const count = totalOf(steps);
        const values = {
          Steps: count,
          DistanceTraveled: count * 0.00074,
          Calories: Math.round(count * 0.04),
        };
        return [entry(life, 'activity', { startsAt, endsAt: startOf(life, day + 1), day, values })];
      },
      around: around({ DistanceUnit: 0 }),
    },
    sleep: {
      ofDay: (life, day) => {
        const night = sleepThrough(life, day);
        const { startsAt, endsAt, minutes, efficiency } = night;
        const values = {
          StartTime: startsAt / 1000,
          EndTime: endsAt / 1000,
          HoursSlept: minutesAsleep(night),
          SleepEfficiency: efficiency,
          Awaken: minutes.awake,
        };
        return [entry(life, 'sleep', { startsAt, endsAt, day, values })];
      },
      around: around({}),
    },
  },
};
