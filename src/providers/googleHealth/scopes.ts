/** What every scope of the Google Health API begins with; scopes of other Google products may be granted too. */
export const scopePrefix = 'https://www.googleapis.com/auth/googlehealth.';

/** For calls of movement: steps, distance, energy, exercises; VO2 max comes with them. */
export const activity = `${scopePrefix}activity_and_fitness.readonly`;
/** For measurements of the body: heart, breath, temperature, weight, glucose. */
export const metrics = `${scopePrefix}health_metrics_and_measurements.readonly`;
/** For sleep sessions alone: temperature during the night belongs to {@link metrics}. */
export const sleep = `${scopePrefix}sleep.readonly`;
/** For what the person has logged of food and drink. */
export const nutrition = `${scopePrefix}nutrition.readonly`;
/** For recordings; notices of an irregular rhythm have a scope of their own. */
export const ecg = `${scopePrefix}ecg.readonly`;
/** For notices of an irregular rhythm, `irn` to Google. */
export const irregularRhythm = `${scopePrefix}irn.readonly`;
const location = `${scopePrefix}location.readonly`;
/** For the one resource `profile`, which has no pages. */
export const profile = `${scopePrefix}profile.readonly`;
/** For the one resource `settings`, which has no pages. */
export const settings = `${scopePrefix}settings.readonly`;

/** All that can be read; each family also has `.writeonly`, which a study never needs. */
export const scopes = [
  {
    name: activity,
    label: 'Steps, activity, workouts and cardio fitness',
    releases: ['activity', 'workouts', 'cardio-fitness'],
    ask: 'default',
  },
  {
    name: metrics,
    label: 'Heart rate, blood oxygen, breathing, temperature, weight and glucose',
    releases: [
      'heart-rate',
      'heart-rate-variability',
      'oxygen-saturation',
      'respiratory-rate',
      'temperature',
      'weight',
      'body-composition',
      'glucose',
    ],
    ask: 'default',
  },
  { name: sleep, label: 'Sleep and its stages', releases: ['sleep'], ask: 'default' },
  { name: nutrition, label: 'What you eat and drink', releases: ['nutrition'], ask: 'optional' },
  { name: ecg, label: 'ECG recordings', releases: ['ecg'], ask: 'optional' },
  {
    name: irregularRhythm,
    label: 'Notices about an irregular heart rhythm',
    releases: ['heart-rhythm'],
    ask: 'optional',
  },
  // Opens no call of its own: exercises come with their route.
  {
    name: location,
    label: 'Routes of your workouts (GPS)',
    releases: ['location'],
    ask: 'optional',
  },
  { name: profile, label: 'Your profile', releases: ['profile'], ask: 'optional' },
  {
    name: settings,
    label: 'Your settings, such as your time zone',
    releases: ['devices'],
    ask: 'optional',
  },
] as const;
