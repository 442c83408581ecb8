/** What every scope of the Google Health API begins with; scopes of other Google products may be granted too. */
export const scopePrefix = 'https://www.googleapis.com/auth/googlehealth.';

/** For calls of movement: steps, distance, energy, exercises; VO2 max comes with them. */
export const activityScope = `${scopePrefix}activity_and_fitness.readonly`;
/** For measurements of the body: heart, breath, temperature, weight, glucose. */
export const metricsScope = `${scopePrefix}health_metrics_and_measurements.readonly`;
/** For sleep sessions alone: temperature during the night belongs to {@link metricsScope}. */
export const sleepScope = `${scopePrefix}sleep.readonly`;
/** For what the person has logged of food and drink. */
export const nutritionScope = `${scopePrefix}nutrition.readonly`;
/** For recordings; notices of an irregular rhythm have a scope of their own. */
export const ecgScope = `${scopePrefix}ecg.readonly`;
/** For notices of an irregular rhythm, `irn` to Google. */
export const irregularRhythmScope = `${scopePrefix}irn.readonly`;
const locationScope = `${scopePrefix}location.readonly`;
/** For the one resource `profile`, which has no pages. */
export const profileScope = `${scopePrefix}profile.readonly`;
/** For the one resource `settings`, which has no pages. */
export const settingsScope = `${scopePrefix}settings.readonly`;

/** All that can be read; each family also has `.writeonly`, which a study never needs. */
export const googleHealthScopes = [
  {
    name: activityScope,
    label: 'Steps, activity, workouts and cardio fitness',
    releases: ['activity', 'workouts', 'cardio-fitness'],
    ask: 'default',
  },
  {
    name: metricsScope,
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
  { name: sleepScope, label: 'Sleep and its stages', releases: ['sleep'], ask: 'default' },
  { name: nutritionScope, label: 'What you eat and drink', releases: ['nutrition'], ask: 'optional' },
  { name: ecgScope, label: 'ECG recordings', releases: ['ecg'], ask: 'optional' },
  {
    name: irregularRhythmScope,
    label: 'Notices about an irregular heart rhythm',
    releases: ['heart-rhythm'],
    ask: 'optional',
  },
  // Opens no call of its own: exercises come with their route.
  {
    name: locationScope,
    label: 'Routes of your workouts (GPS)',
    releases: ['location'],
    ask: 'optional',
  },
  { name: profileScope, label: 'Your profile', releases: ['profile'], ask: 'optional' },
  {
    name: settingsScope,
    label: 'Your settings, such as your time zone',
    releases: ['devices'],
    ask: 'optional',
  },
] as const;
