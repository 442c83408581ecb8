import { writeInstant } from '../../life/calendar.ts';
import { dayOf, firstDay, numberOf, type Life } from '../../life/life.ts';
import { trackOf, workoutsOf, type Workout } from '../../life/workouts.ts';
import type { SandboxAnswer, SandboxCall } from '../../../server/sandboxCall.ts';
import type { Item } from '../../vendorData.ts';
import { summaryOf } from './summary.ts';

const types = {
  running: 'RUNNING',
  walking: 'WALKING',
  cycling: 'CYCLING',
  strength: 'STRENGTH_TRAINING',
} as const;

function describe(life: Life, workout: Workout, activityId: number): object {
  return {
    activityId,
    activityName: `${types[workout.sport].toLowerCase()} of ${life.person.name.split(' ')[0] ?? ''}`,
    activityType: types[workout.sport],
    deviceName: 'forerunner265',
    durationInSeconds: workout.minutes * 60,
    distanceInMeters: workout.distanceM,
    activeKilocalories: workout.kilocalories,
    averageHeartRateInBeatsPerMinute: workout.rateAverage,
    maxHeartRateInBeatsPerMinute: workout.rateMax,
    steps: workout.steps,
    startingLatitudeInDegree: workout.place.latitude,
    startingLongitudeInDegree: workout.place.longitude,
    totalElevationGainInMeters: workout.ascentM,
  };
}

/** An activity in a few figures. */
export function activitySummary(life: Life, day: number, name: string): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => {
    const { startsAt, endsAt } = workout;
    const activityId = numberOf(life, 'activities', { day, place });
    return summaryOf(life, name, { day, place, startsAt, endsAt, ...describe(life, workout, activityId) });
  });
}

/** The same activity with its samples. */
export function activityDetails(life: Life, day: number): readonly Item[] {
  return workoutsOf(life, day).map((workout, place) => {
    const { startsAt, endsAt } = workout;
    const activityId = numberOf(life, 'activities', { day, place });
    const track = trackOf(workout);
    const samples = track.seconds.map((second, index) => ({
      startTimeInSeconds: startsAt / 1000 + second,
      clockDurationInSeconds: second,
      heartRate: track.rates[index],
      totalDistanceInMeters: track.distances[index],
      elevationInMeters: track.altitudes[index],
      latitudeInDegree: track.points[index]?.[0],
      longitudeInDegree: track.points[index]?.[1],
    }));
    const values = { activityId, summary: describe(life, workout, activityId), samples };
    return summaryOf(life, 'activityDetails', { day, place, startsAt, endsAt, ...values });
  });
}

/** What a notification tells of the latest activity's file: never the file, but where it lies. */
export function fileOf(life: Life, now: number): object {
  for (let day = dayOf(life, now); day >= firstDay; day -= 1) {
    const place = workoutsOf(life, day).findLastIndex(({ endsAt }) => endsAt <= now);
    if (place === -1) continue;
    const id = numberOf(life, 'activities', { day, place });
    return {
      summaryId: String(id),
      fileType: 'TCX',
      callbackURL: `https://apis.garmin.com/wellness-api/rest/activityFile?id=${id}`,
    };
  }
  return {};
}

/** The file as Training Center XML. */
export function answerActivityFile(life: Life, { url }: SandboxCall): SandboxAnswer | undefined {
  const id = Number(url.searchParams.get('id') ?? Number.NaN);
  const day = firstDay + Math.floor((id % 1_000_000_000) / 100);
  const place = (id % 100) - 1;
  const workout = Number.isSafeInteger(id) ? workoutsOf(life, day)[place] : undefined;
  if (workout === undefined || numberOf(life, 'activities', { day, place }) !== id) return undefined;
  const headers = { 'content-type': 'application/vnd.garmin.tcx+xml' };
  return { status: 200, headers, text: writeTcx(workout) };
}

function writeTcx(workout: Workout): string {
  const { seconds, distances, rates, points } = trackOf(workout);
  const trackpoints = seconds.map((second, index) => {
    const [latitude, longitude] = points[index] ?? [];
    return (
      `<Trackpoint><Time>${writeInstant(workout.startsAt + second * 1000)}</Time>` +
      `<Position><LatitudeDegrees>${latitude ?? 0}</LatitudeDegrees><LongitudeDegrees>${longitude ?? 0}</LongitudeDegrees></Position>` +
      `<DistanceMeters>${distances[index] ?? 0}</DistanceMeters>` +
      `<HeartRateBpm><Value>${rates[index] ?? 0}</Value></HeartRateBpm></Trackpoint>`
    );
  });
  const from = writeInstant(workout.startsAt);
  const sport = { running: 'Running', walking: 'Other', cycling: 'Biking', strength: 'Other' }[workout.sport];
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>' +
    `<Activity Sport="${sport}"><Id>${from}</Id><Lap StartTime="${from}">` +
    `<TotalTimeSeconds>${workout.minutes * 60}</TotalTimeSeconds><DistanceMeters>${workout.distanceM}</DistanceMeters>` +
    `<Calories>${workout.kilocalories}</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>` +
    `<Track>${trackpoints.join('')}</Track></Lap></Activity></Activities></TrainingCenterDatabase>`
  );
}
