import { writeInstant } from '../life/calendar.ts';
import { numberOf, writeLocal, type Life } from '../life/life.ts';
import { trackOf, workoutsOf, type Workout } from '../life/workouts.ts';
import type { Item, VendorData } from '../vendorData.ts';

const sports = { running: 'Run', walking: 'Walk', cycling: 'Ride', strength: 'WeightTraining' } as const;

function activities(life: Life, day: number): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => {
    const { startsAt, endsAt, minutes, distanceM, sport } = workout;
    const start = [workout.place.latitude, workout.place.longitude];
    const value = {
      id: numberOf(life, 'activities', { day, place }),
      resource_state: 2,
      athlete: { id: Number(life.person.userID), resource_state: 1 },
      name: `${sports[sport]} in the desert`,
      type: sports[sport],
      sport_type: sports[sport],
      start_date: writeInstant(startsAt),
      // Strava writes the local time as if it were UTC.
      start_date_local: `${writeLocal(life, startsAt)}Z`,
      timezone: `(GMT${String(life.zone.offsetS / 3600)}:00) ${life.zone.name}`,
      utc_offset: life.zone.offsetS,
      elapsed_time: minutes * 60,
      moving_time: minutes * 60 - 40,
      distance: distanceM,
      total_elevation_gain: workout.ascentM,
      average_speed: Math.round((distanceM / (minutes * 60)) * 1000) / 1000,
      has_heartrate: true,
      average_heartrate: workout.rateAverage,
      max_heartrate: workout.rateMax,
      start_latlng: distanceM === 0 ? [] : start,
      private: false,
      visibility: 'followers_only',
    };
    return { startsAt, endsAt, value };
  });
}

/** The workout behind an activity. */
function workoutOf(life: Life, { startsAt }: Item): Workout | undefined {
  const day = Math.floor((startsAt + life.zone.offsetS * 1000) / 86_400_000);
  return workoutsOf(life, day).find((workout) => workout.startsAt === startsAt);
}

export const vendor: VendorData = {
  userIDs: 'number',
  shapes: {
    activities: { ofDay: activities },
    streams: {
      ofItem: (life, item) => {
        const workout = workoutOf(life, item);
        if (workout === undefined) return undefined;
        const { seconds, distances, rates, altitudes, points } = trackOf(workout);
        const stream = (data: readonly unknown[]) => ({
          data,
          series_type: 'distance',
          original_size: data.length,
          resolution: 'high',
        });
        const inPlace = { time: stream(seconds), heartrate: stream(rates) };
        if (workout.distanceM === 0) return inPlace;
        return {
          ...inPlace,
          distance: stream(distances),
          altitude: stream(altitudes),
          latlng: stream(points),
        };
      },
    },
    athlete: {
      ofPerson: ({ person, weightKg, sex }) => {
        const [firstname, lastname] = person.name.split(' ');
        return {
          id: Number(person.userID),
          firstname,
          lastname,
          sex: sex === 'female' ? 'F' : 'M',
          weight: weightKg,
        };
      },
    },
    zones: {
      ofPerson: ({ restingRate }) => ({
        heart_rate: {
          custom_zones: false,
          zones: [60, 80, 100, 115].map((above, place, all) => ({
            min: place === 0 ? 0 : restingRate + (all[place - 1] ?? 0),
            max: place === 3 ? -1 : restingRate + above,
          })),
        },
      }),
    },
  },
  challenge: { 'hub.mode': 'subscribe' },
  notice: ({ event, now, life, itemID = Number(life.person.userID) }) => ({
    object_type: 'activity',
    object_id: itemID,
    aspect_type: event.means === 'data-deleted' ? 'delete' : 'create',
    updates: {},
    subscription_id: 120_475,
    event_time: Math.floor(now / 1000),
  }),
};
