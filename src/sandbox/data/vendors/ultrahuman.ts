import { measureBody } from '../life/body.ts';
import { minuteMs } from '../life/calendar.ts';
import { glucoseOf } from '../life/glucose.ts';
import { startOf, type Life } from '../life/life.ts';
import { averageEvery, liveDay, totalOf } from '../life/minutes.ts';
import { minutesAsleep, sleepThrough } from '../life/night.ts';
import type { Item, VendorData } from '../vendorData.ts';

const around = () => ({ data: {}, error: null, status: 200 });

/** Values every five minutes, as far as the day has gone. */
function series(life: Life, day: number, type: string) {
  return (values: readonly number[]): readonly Item[] => {
    const startsAt = startOf(life, day);
    const written = values.map((value, place) => ({ value, timestamp: startsAt / 1000 + place * 300 }));
    const value = { type, object: { day_start_timestamp: startsAt / 1000, values: written } };
    return [{ startsAt, endsAt: startsAt + values.length * 5 * minuteMs, value }];
  };
}

function ring(life: Life, day: number): readonly Item[] {
  const night = sleepThrough(life, day);
  const { startsAt, endsAt, minutes } = night;
  const { variabilityMs, vo2Max, temperatureDeviationC } = measureBody(life, day);
  const { rates, steps } = liveDay(life, day);
  const [from, to] = [startOf(life, day), startOf(life, day + 1)];
  const ofDay = (type: string, value: number) => ({
    startsAt: from,
    endsAt: to,
    value: { type, object: { day_start_timestamp: from / 1000, value } },
  });
  const sleep = {
    bedtime_start: startsAt / 1000,
    bedtime_end: endsAt / 1000,
    total_sleep: minutesAsleep(night) * 60,
    deep_sleep: minutes.deep * 60,
    rem_sleep: minutes.rem * 60,
    light_sleep: minutes.light * 60,
  };
  return [
    { startsAt, endsAt, value: { type: 'Sleep', object: sleep } },
    ofDay('night_rhr', life.restingRate),
    ofDay('avg_sleep_hrv', Math.round(variabilityMs)),
    ofDay('temp', 34 + temperatureDeviationC),
    ofDay('vo2_max', vo2Max),
    ofDay('steps', totalOf(steps)),
    ...series(life, day, 'hr')(averageEvery(rates, 5)),
  ];
}

export const vendor: VendorData = {
  shapes: {
    ring: { ofDay: ring, around },
    cgm: { ofDay: (life, day) => series(life, day, 'glucose')(glucoseOf(life, day)), around },
  },
};
