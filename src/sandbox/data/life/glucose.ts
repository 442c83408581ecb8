import { hourMs, minuteMs } from './calendar.ts';
import { randomOf, startOf, type Life } from './life.ts';

export interface Meal {
  readonly name: 'Breakfast' | 'Lunch' | 'Dinner' | 'Snack';
  readonly at: number;
  readonly carbohydratesG: number;
  readonly kilocalories: number;
}

const usual = [
  ['Breakfast', 9 * 60, 45],
  ['Lunch', 13 * 60, 60],
  ['Dinner', 19 * 60, 70],
  ['Snack', 16 * 60, 20],
] as const;

/** What she ate, in order: three meals, and a snack on some days. */
export function mealsOf(life: Life, day: number): readonly Meal[] {
  const random = randomOf(life, 'meals', day);
  const meals = usual.map(([name, minute, carbohydrates]) => {
    const carbohydratesG = Math.round(carbohydrates * (0.7 + random.fraction() * 0.6));
    return {
      name,
      at: startOf(life, day) + (minute - 25 + random.below(50)) * minuteMs,
      carbohydratesG,
      kilocalories: carbohydratesG * 9 + random.below(120),
    };
  });
  const hasSnack = random.chance(0.4);
  return meals.filter(({ name }) => name !== 'Snack' || hasSnack).sort((one, other) => one.at - other.at);
}

/** Glucose in mg/dL every five minutes of the day from midnight: up after meals, steady at night. */
export function glucoseOf(life: Life, day: number): readonly number[] {
  const random = randomOf(life, 'glucose', day);
  const from = startOf(life, day);
  const eaten = [...mealsOf(life, day - 1), ...mealsOf(life, day)];
  const usualLevel = life.hasDiabetes ? 122 : 92;
  const perGram = life.hasDiabetes ? 1.25 : 0.62;
  let drift = 0;
  return Array.from({ length: 288 }, (_, place) => {
    const at = from + place * 5 * minuteMs;
    drift = drift * 0.9 + (random.fraction() - 0.5) * 4;
    const raised = eaten.reduce(
      (sum, meal) => sum + riseAfter((at - meal.at) / hourMs) * meal.carbohydratesG,
      0,
    );
    return Math.round(Math.min(400, Math.max(40, usualLevel + drift + raised * perGram)));
  });
}

/** Share of a meal's whole effect after so many hours: up for three quarters of an hour, down for three hours. */
function riseAfter(hours: number): number {
  if (hours <= 0 || hours >= 3.75) return 0;
  if (hours < 0.75) return hours / 0.75;
  const rest = 1 - (hours - 0.75) / 3;
  return rest * rest;
}
