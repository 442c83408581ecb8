import { numberOf } from '../life/life.ts';
import { workoutsOf } from '../life/workouts.ts';
import type { VendorData } from '../vendorData.ts';

const modes = { running: 8, walking: 31, cycling: 9, strength: 18 } as const;

export const vendor: VendorData = {
  userIDs: 'hex32',
  shapes: {
    workouts: {
      ofDay: (life, day) =>
        workoutsOf(life, day).map((workout, place) => ({
          startsAt: workout.startsAt,
          endsAt: workout.endsAt,
          value: {
            labelId: String(numberOf(life, 'workouts', { day, place })),
            mode: modes[workout.sport],
            subMode: 1,
            startTime: workout.startsAt / 1000,
            endTime: workout.endsAt / 1000,
            // Quarters of an hour.
            startTimezone: life.zone.offsetS / 900,
            endTimezone: life.zone.offsetS / 900,
            duration: workout.minutes * 60,
            distance: workout.distanceM,
            step: workout.steps,
            calorie: workout.kilocalories * 1000,
            avgHeartRate: workout.rateAverage,
            deviceName: 'COROS PACE 3',
          },
        })),
      around: () => ({ result: '0000', message: 'OK' }),
    },
  },
};
