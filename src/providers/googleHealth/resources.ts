import {
  activityScope,
  ecgScope,
  irregularRhythmScope,
  metricsScope,
  nutritionScope,
  profileScope,
  settingsScope,
  sleepScope,
} from './scopes.ts';

const api = 'https://health.googleapis.com/v4/users/me';

/** The filter is one parameter with both bounds inside; words of a name are joined by `_` there, by `-` in paths. */
function points<const Name extends string, const Releases extends string>(
  name: Name,
  releases: Releases,
  read: {
    readonly needsScope: string;
    readonly field: string;
    readonly literal?: 'iso-without-zone' | 'ymd';
    readonly pageSizeMax?: number;
    /** Only the beginning can be compared. */
    readonly to?: false;
    /** Points have a name of their own; others are told apart by their time. */
    readonly itemID?: 'name';
  },
) {
  const { needsScope, field, literal = 'iso-z', pageSizeMax = 10_000, to, ...naming } = read;
  const bounds = to === false ? { from: 'filter' } : { from: 'filter', to: 'filter' };
  const compared = `${name.replaceAll('-', '_')}.${field}`;
  return {
    name,
    releases,
    needsScope,
    method: 'GET',
    url: `${api}/dataTypes/${name}/dataPoints`,
    // Devices hand in what they measured when they next meet their phone.
    range: { ...bounds, format: 'aip-160', field: compared, literal, overlapS: 172_800 },
    paging: {
      by: 'token',
      read: 'nextPageToken',
      send: 'pageToken',
      size: { parameter: 'pageSize', max: pageSizeMax },
    },
    itemsAt: 'dataPoints',
    ...naming,
  } as const;
}

const interval = { field: 'interval.start_time' } as const;
const sample = { field: 'sample_time.physical_time' } as const;
const day = { field: 'date', literal: 'ymd' } as const;
const session = { field: 'interval.civil_start_time', literal: 'iso-without-zone', itemID: 'name' } as const;

/** Kinds of data of which Google tells when something is new; the rest is asked for on a schedule. */
export const notified = [
  'steps',
  'distance',
  'active-zone-minutes',
  'heart-rate',
  'daily-resting-heart-rate',
  'heart-rate-variability',
  'daily-heart-rate-variability',
  'daily-sleep-temperature-derivations',
  'weight',
  'body-fat',
  'blood-glucose',
  'run-vo2-max',
  'sleep',
  'exercise',
  'nutrition-log',
  'hydration-log',
] as const;

/** Everything that is read, first what a study most often wants. */
export const resources = [
  points('steps', 'activity', { needsScope: activityScope, ...interval }),
  points('distance', 'activity', { needsScope: activityScope, ...interval }),
  points('active-zone-minutes', 'activity', { needsScope: activityScope, ...interval }),
  {
    name: 'total-calories',
    releases: 'activity',
    needsScope: activityScope,
    method: 'POST',
    url: `${api}/dataTypes/total-calories/dataPoints:rollUp`,
    json: { windowSize: '3600s' },
    range: {
      from: 'range.startTime',
      to: 'range.endTime',
      format: 'iso-z',
      daysMax: 14,
      overlapS: 172_800,
    },
    paging: { by: 'token', read: 'nextPageToken', send: 'pageToken' },
    itemsAt: 'rollupDataPoints',
  },
  points('run-vo2-max', 'cardio-fitness', { needsScope: activityScope, ...sample }),
  points('exercise', 'workouts', { needsScope: activityScope, ...session, pageSizeMax: 25 }),
  points('heart-rate', 'heart-rate', { needsScope: metricsScope, ...sample }),
  points('daily-resting-heart-rate', 'heart-rate', { needsScope: metricsScope, ...day }),
  points('heart-rate-variability', 'heart-rate-variability', { needsScope: metricsScope, ...sample }),
  points('daily-heart-rate-variability', 'heart-rate-variability', { needsScope: metricsScope, ...day }),
  points('oxygen-saturation', 'oxygen-saturation', { needsScope: metricsScope, ...sample }),
  points('daily-respiratory-rate', 'respiratory-rate', { needsScope: metricsScope, ...day }),
  points('daily-sleep-temperature-derivations', 'temperature', { needsScope: metricsScope, ...day }),
  points('weight', 'weight', { needsScope: metricsScope, ...sample }),
  points('body-fat', 'body-composition', { needsScope: metricsScope, ...sample }),
  points('blood-glucose', 'glucose', { needsScope: metricsScope, ...sample }),
  // Google compares the end of a night, and only the beginning of a recording.
  points('sleep', 'sleep', {
    needsScope: sleepScope,
    field: 'interval.end_time',
    pageSizeMax: 25,
    itemID: 'name',
  }),
  points('electrocardiogram', 'ecg', { needsScope: ecgScope, ...interval, to: false, itemID: 'name' }),
  points('irregular-rhythm-notification', 'heart-rhythm', {
    needsScope: irregularRhythmScope,
    ...interval,
    to: false,
    itemID: 'name',
  }),
  points('nutrition-log', 'nutrition', { needsScope: nutritionScope, ...session }),
  points('hydration-log', 'nutrition', { needsScope: nutritionScope, ...session }),
  single('profile', 'profile', profileScope),
  single('settings', 'devices', settingsScope),
] as const;

function single<const Releases extends string>(name: string, releases: Releases, needsScope: string) {
  const url = `${api}/${name}`;
  return { name, releases, needsScope, method: 'GET', url, paging: { by: 'none' }, itemsAt: '' } as const;
}
