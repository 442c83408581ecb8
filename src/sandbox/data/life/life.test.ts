import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cycleOf, ecgOf, measureBody, spotCheckOf, weighInOf } from './body.ts';
import { minuteMs, readDay, weekdayOf, writeDay } from './calendar.ts';
import { glucoseOf, mealsOf } from './glucose.ts';
import { dayOf, describeLife, firstDay, startOf, writeLocal, writeZoned } from './life.ts';
import { liveDay } from './minutes.ts';
import { sleepThrough, stagesEvery } from './night.ts';
import { trackOf, workoutsOf } from './workouts.ts';

const seeds = ['ash-juniper', 'blair-larkspur', 'casey-marrow', 'devon-quill', 'kit-foxglove', 'somebody'];
const lives = seeds.map((seed) => describeLife({ userID: 'any', seed, name: 'Any Body' }));
const monday = readDay('2026-05-04')!;
const days = Array.from({ length: 56 }, (_, place) => monday + place);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Everything that is known of some days. */
function wholeLife(life: (typeof lives)[number], when = days.slice(0, 14)) {
  return when.map((day) => [
    liveDay(life, day),
    glucoseOf(life, day),
    mealsOf(life, day),
    measureBody(life, day),
    [weighInOf(life, day), spotCheckOf(life, day), ecgOf(life, day), cycleOf(life, day)],
    workoutsOf(life, day).map((workout) => trackOf(workout)),
  ]);
}

const digest = (value: unknown) => hash('sha256', JSON.stringify(value), 'hex');

describe('an invented life', () => {
  it('is the one that it was in every release and on every machine', () => {
    expect(digest(lives.map((life) => wholeLife(life)))).toMatchInlineSnapshot(
      `"4ba19e1804d80527d6db687190354c494ee53057604f2d089b6aea473e21c4ef"`,
    );
  });

  it('hangs on the seed alone: not on who asks, in which order, or for which days', () => {
    const [life] = lives as [(typeof lives)[number]];
    const other = describeLife({ userID: 'other', seed: seeds[0]!, name: 'Other Name' });
    const backwards = wholeLife(other, days.slice(0, 14).reverse()).reverse();
    expect(backwards).toEqual(wholeLife(life));
    expect(new Set(lives.map((one) => digest(wholeLife(one)))).size).toBe(lives.length);
  });

  it('has days that begin where the one before ended, in her zone', () => {
    for (const life of lives) {
      expect(dayOf(life, startOf(life, monday))).toBe(monday);
      expect(dayOf(life, startOf(life, monday) - 1)).toBe(monday - 1);
      expect(writeLocal(life, startOf(life, monday))).toBe('2026-05-04T00:00:00');
      expect(Date.parse(writeZoned(life, startOf(life, monday)))).toBe(startOf(life, monday));
      const shown = new Intl.DateTimeFormat('sv', {
        timeZone: life.zone.name,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      for (const month of [0, 6])
        expect(shown.format(Date.UTC(2026, month, 3, 12)).replace(' ', 'T')).toBe(
          writeLocal(life, Date.UTC(2026, month, 3, 12)),
        );
    }
    expect(writeDay(firstDay)).toBe('2025-01-01');
    expect(weekdayOf(monday)).toBe(1);
  });
});

describe('a day', () => {
  it.each(seeds)('has a heart that is slower at night and never jumps: %s', (seed) => {
    const life = lives[seeds.indexOf(seed)]!;
    for (const day of days) {
      const { rates, asleep, workouts } = liveDay(life, day);
      const night = mean(rates.filter((_, minute) => asleep[minute]));
      const awake = mean(rates.filter((_, minute) => asleep[minute] !== true));
      expect(awake - night).toBeGreaterThan(8);
      for (const [minute, rate] of rates.entries()) {
        if (rate < 44 || rate > 190) throw new Error(`${rate} beats at minute ${minute}`);
        if (minute > 0 && Math.abs(rate - rates[minute - 1]!) > 45)
          throw new Error(`a jump at minute ${minute}`);
      }
      const { restingRate } = measureBody(life, day);
      expect(restingRate).toBeGreaterThanOrEqual(50);
      expect(restingRate).toBeLessThanOrEqual(80);
      if (workouts.length > 0) expect(Math.max(...rates)).toBeGreaterThan(life.restingRate + 25);
    }
  });

  it('has steps that follow the week, none asleep, and thousands of them', () => {
    const perWeekday = Array.from({ length: 7 }, (): number[] => []);
    for (const life of lives)
      for (const day of days) {
        const { steps, asleep, workouts } = liveDay(life, day);
        if (steps.some((count, minute) => count > 0 && asleep[minute] === true))
          throw new Error('somebody walks asleep');
        const inWorkouts = workouts.reduce((sum, one) => sum + one.steps, 0);
        const total = steps.reduce((sum, count) => sum + count, 0);
        expect(total).toBeGreaterThan(2_500);
        expect(total).toBeLessThan(32_000);
        perWeekday[weekdayOf(day)]!.push(Math.max(0, total - inWorkouts));
      }
    const [sunday, , , wednesday] = perWeekday.map(mean);
    expect(sunday!).toBeLessThan(wednesday! * 0.92);
  });

  it('has workouts of believable pace, inside the waking day', () => {
    const workouts = lives.flatMap((life) =>
      days.flatMap((day) => workoutsOf(life, day).map((one) => ({ life, day, one }))),
    );
    expect(workouts.length / (lives.length * days.length)).toBeGreaterThan(0.3);
    for (const { life, day, one } of workouts) {
      expect(one.startsAt).toBeGreaterThan(sleepThrough(life, day).endsAt);
      expect(one.endsAt).toBeLessThan(sleepThrough(life, day + 1).startsAt);
      expect(one.endsAt - one.startsAt).toBe(one.minutes * minuteMs);
      const speed = one.distanceM / (one.minutes * 60);
      expect(speed).toBeLessThan({ running: 4, walking: 2, cycling: 9, strength: 0.1 }[one.sport]);
      const { seconds, rates, distances } = trackOf(one);
      expect(distances.at(-1)).toBeCloseTo(one.distanceM, -1);
      expect(seconds.length).toBe(rates.length);
      expect(Math.abs(mean(rates) - one.rateAverage)).toBeLessThan(8);
      expect(Math.max(...rates)).toBeLessThanOrEqual(one.rateMax);
    }
  });
});

describe('a night', () => {
  it('is made of stages without gaps, in believable shares', () => {
    for (const life of lives)
      for (const day of days) {
        const { startsAt, endsAt, segments, minutes, efficiency } = sleepThrough(life, day);
        const ends = segments.map((segment) => segment.endsAt);
        expect([startsAt, ...ends.slice(0, -1)]).toEqual(segments.map((segment) => segment.startsAt));
        expect(ends.at(-1)).toBe(endsAt);
        expect(endsAt).toBeLessThan(sleepThrough(life, day + 1).startsAt);
        expect(dayOf(life, endsAt)).toBe(day);
        const hours = (endsAt - startsAt) / 3_600_000;
        expect(hours).toBeGreaterThan(5);
        expect(hours).toBeLessThan(9.5);
        const asleep = minutes.light + minutes.deep + minutes.rem;
        expect(minutes.deep / asleep).toBeGreaterThan(0.1);
        expect(minutes.deep / asleep).toBeLessThan(0.3);
        expect(minutes.rem / asleep).toBeGreaterThan(0.1);
        expect(minutes.rem / asleep).toBeLessThan(0.35);
        expect(efficiency).toBeGreaterThan(75);
        expect(stagesEvery({ startsAt, endsAt, segments, minutes, efficiency }, 1).length).toBe(
          minutes.awake + asleep,
        );
      }
  });
});

describe('glucose', () => {
  it('rises after meals, stays in the range of the living, and never leaps', () => {
    for (const life of lives) {
      const rises: number[] = [];
      for (const day of days) {
        const values = glucoseOf(life, day);
        expect(values).toHaveLength(288);
        for (const [place, value] of values.entries()) {
          if (value < 50 || value > 300) throw new Error(`${value} mg/dL`);
          if (place > 0 && Math.abs(value - values[place - 1]!) > 22) throw new Error(`a leap to ${value}`);
        }
        for (const { at } of mealsOf(life, day)) {
          const place = Math.floor((at - startOf(life, day)) / (5 * minuteMs));
          rises.push((values[place + 9] ?? 0) - (values[place] ?? 0));
        }
      }
      expect(mean(rises)).toBeGreaterThan(life.hasDiabetes ? 35 : 15);
    }
    const level = (has: boolean) =>
      mean(
        lives
          .filter((life) => life.hasDiabetes === has)
          .flatMap((life) => days.flatMap((day) => glucoseOf(life, day))),
      );
    expect(level(true)).toBeGreaterThan(level(false) + 20);
  });
});
