import type { DataType } from '../../definitions/dataTypes.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { Resource } from '../../definitions/shape/delivery.ts';
import { measureBody } from './life/body.ts';
import { writeInstant } from './life/calendar.ts';
import { glucoseOf } from './life/glucose.ts';
import { guidOf, startOf, writeOffset, type Life } from './life/life.ts';
import { liveDay, totalOf } from './life/minutes.ts';
import { minutesAsleep, sleepThrough } from './life/night.ts';
import { workoutsOf } from './life/workouts.ts';
import { findVendorData, type DayShape, type Shape } from './vendorData.ts';
import { writePath } from '../../definitions/writePath.ts';

/** What the items of a resource look like: as the vendor's file says, or the plainest that fits the definition. */
export function findShape(definition: NamedDefinition, resource: Resource): Shape {
  const known = findVendorData(definition).shapes?.[resource.name];
  if (known !== undefined) return known;
  return resource.range === undefined && resource.itemID === undefined
    ? { ofPerson: describePerson }
    : plainDays(resource);
}

/** One item for each day, with the identifiers and times that the definition looks for. */
function plainDays(resource: Resource): DayShape {
  const { name, releases, itemID, updatedAt, localTime } = resource;
  return {
    ofDay: (life, day) => {
      const [startsAt, endsAt] = [startOf(life, day), startOf(life, day + 1)];
      const written: readonly (readonly [path: string | undefined, value: unknown])[] = [
        [itemID, guidOf(life, name, { day })],
        [updatedAt, writeInstant(endsAt)],
        [
          localTime?.kind === 'offset' ? localTime.path : undefined,
          localTime?.kind === 'offset' && localTime.unit === 's' ? life.zone.offsetS : writeOffset(life),
        ],
      ];
      const plain = {
        start: writeInstant(startsAt),
        end: writeInstant(endsAt),
        ...measured(releases, life, day),
      };
      const value = written.reduce<unknown>(
        (before, [path, one]) => (path === undefined ? before : writePath(before, path, one)),
        plain,
      );
      return [{ startsAt, endsAt, value: value as Record<string, unknown> }];
    },
  };
}

function describePerson({ sex, heightCm, weightKg, zone }: Life): object {
  return { sex, height_cm: heightCm, weight_kg: weightKg, time_zone: zone.name };
}

function measured(releases: DataType, life: Life, day: number): object {
  const body = measureBody(life, day);
  switch (releases) {
    case 'activity':
      return { steps: totalOf(liveDay(life, day).steps) };
    case 'workouts':
      return { workouts: workoutsOf(life, day).map(({ sport, minutes }) => ({ sport, minutes })) };
    case 'sleep':
      return { minutes_asleep: minutesAsleep(sleepThrough(life, day)) };
    case 'glucose':
      return { mg_per_dl: glucoseOf(life, day)[0] };
    case 'blood-pressure':
      return { systolic: body.systolic, diastolic: body.diastolic, pulse: body.restingRate };
    case 'weight':
    case 'body-composition':
      return { weight_kg: body.weightKg, body_fat_percent: body.fatPercent };
    case 'temperature':
      return { celsius: body.bodyTemperatureC };
    case 'heart-rate':
      return { beats_per_minute: body.restingRate };
    case 'oxygen-saturation':
      return { percent: body.oxygenPercent };
    default:
      return { score: body.readiness };
  }
}
