import { minuteMs, writeUnzoned } from '../life/calendar.ts';
import { glucoseOf, mealsOf } from '../life/glucose.ts';
import { firstDay, guidOf, startOf, writeLocal, type Life } from '../life/life.ts';
import type { Item, Shape, VendorData } from '../vendorData.ts';

/** Both clocks of every record: UTC and hers, neither with a zone. */
function twoClocks(life: Life, at: number) {
  return { systemTime: writeUnzoned(at), displayTime: writeLocal(life, at) };
}

function around(recordType: string): NonNullable<Extract<Shape, { ofDay: unknown }>['around']> {
  return ({ person }) => ({ recordType, recordVersion: '3.0', userId: person.userID });
}

function records(
  recordType: string,
  write: (life: Life, day: number) => readonly (readonly [at: number, value: Record<string, unknown>])[],
): Shape {
  return {
    ofDay: (life, day) => {
      // One GUID for all, which ends with the record's number: a month of records is named in no time.
      const name = guidOf(life, recordType, { day: 0 }).slice(0, 24);
      return write(life, day).map(([at, value], place): Item => {
        const recordId = name + (day * 300 + place).toString(16).padStart(12, '0');
        return { startsAt: at, endsAt: at, value: { recordId, ...twoClocks(life, at), ...value } };
      });
    },
    around: around(recordType),
  };
}

/** Change in mg/dL a minute, and Dexcom's word for it. */
function describeTrend(rate: number): string {
  if (rate <= -3) return 'doubleDown';
  if (rate <= -2) return 'singleDown';
  if (rate <= -1) return 'fortyFiveDown';
  if (rate < 1) return 'flat';
  if (rate < 2) return 'fortyFiveUp';
  return rate < 3 ? 'singleUp' : 'doubleUp';
}

function egvs(life: Life, day: number) {
  const values = glucoseOf(life, day);
  const from = startOf(life, day);
  return values.map((value, place) => {
    const trendRate = Math.round(((value - (values[place - 1] ?? value)) / 5) * 10) / 10;
    const reading = {
      transmitterId: '',
      transmitterTicks: place * 300,
      value,
      status: 'ok',
      trend: describeTrend(trendRate),
      trendRate,
      unit: 'mg/dL',
      rateUnit: 'mg/dL/min',
      displayDevice: 'iOS',
      transmitterGeneration: 'g7',
    };
    return [from + place * 5 * minuteMs, reading] as const;
  });
}

export const vendor: VendorData = {
  shapes: {
    dataRange: {
      ofPerson: (life, now) => {
        const start = twoClocks(life, startOf(life, firstDay));
        const span = { start, end: twoClocks(life, now - (now % (5 * minuteMs))) };
        return {
          recordType: 'dataRange',
          recordVersion: '3.0',
          calibrations: span,
          egvs: span,
          events: span,
        };
      },
    },
    egvs: records('egv', egvs),
    events: records('event', (life, day) =>
      mealsOf(life, day).map(({ at, carbohydratesG }) => [
        at,
        {
          eventType: 'carbs',
          eventSubType: null,
          eventStatus: 'created',
          value: String(carbohydratesG),
          unit: 'grams',
        },
      ]),
    ),
    calibrations: records('calibration', (life, day) =>
      day % 10 === 0
        ? [[startOf(life, day) + 600 * minuteMs, { value: glucoseOf(life, day)[120], unit: 'mg/dL' }]]
        : [],
    ),
    devices: records('device', (life, day) =>
      day % 10 === 0
        ? [
            [
              startOf(life, day) + 590 * minuteMs,
              { transmitterGeneration: 'g7', displayDevice: 'iOS', displayApp: 'G7' },
            ],
          ]
        : [],
    ),
    alerts: records('alert', (life, day) => {
      const high = glucoseOf(life, day).findIndex((value) => value > 200);
      return high === -1
        ? []
        : [[startOf(life, day) + high * 5 * minuteMs, { alertName: 'high', alertState: 'activeAlarming' }]];
    }),
  },
};
