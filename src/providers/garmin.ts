import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://apis.garmin.com/wellness-api/rest';

/** A kind of summary. Its address is for evaluation accounts only, by time of upload; data come by push. */
function summary(name: string, releases: DataType, needsScope: Permission = 'HEALTH_EXPORT') {
  return {
    name,
    releases,
    needsScope,
    method: 'GET',
    url: `${api}/${name}`,
    range: {
      from: 'uploadStartTimeInSeconds',
      to: 'uploadEndTimeInSeconds',
      format: 'epoch-s',
      daysMax: 1,
    },
    paging: { by: 'none' },
    itemsAt: '',
    // The same identifier comes again with better data.
    itemID: 'summaryId',
    localTime: { kind: 'offset', path: 'startTimeOffsetInSeconds', unit: 's' },
  } as const;
}

function pushed(list: string, resource = list) {
  return { means: 'data', when: [{ path: list }], resources: [resource], carriesItem: true } as const;
}

/** Kinds of summary whose list in a push has the same name. */
const sameName = [
  ...['dailies', 'epochs', 'sleeps', 'bodyComps', 'stressDetails', 'userMetrics', 'hrv', 'bloodPressures'],
  ...['skinTemp', 'healthSnapshot', 'activities', 'activityDetails', 'mct'],
];

type Permission = 'ACTIVITY_EXPORT' | 'HEALTH_EXPORT' | 'MCT_EXPORT';

/** Garmin Health, Activity and Women's Health APIs with OAuth 2.0. OAuth 1.0a ends on 2026-12-31 and is not offered. */
export const provider = defineProvider({
  kind: 'provider',
  id: 6327,
  name: 'Garmin',
  category: 'Device Manufacturer',
  keywords: ['Garmin Connect', 'watch'],
  exportSeparator: ', ',
  checkedOn: '2026-11-22',
  sources: [
    'Open Wearables',
    'RADAR-base Rest-Source-Auth',
    'Nango providers',
    'Garmin specification digest',
  ],
  lifecycle: { state: 'beta' },
  uncertain: {
    lifecycle: {
      certainty: 'medium',
      verify: 'whether Garmin takes new developers; without an account nothing here could be seen working',
    },
    'auth.tokenUrl': {
      certainty: 'medium',
      verify: 'that diauth.garmin.com is meant; some clients use connectapi.garmin.com with the same path',
    },
    'auth.asksScopes': {
      certainty: 'medium',
      verify: 'that the authorize request takes no scope and that permissions are chosen on Garmin’s page',
    },
    'auth.scopes.2.addedByProvider': {
      certainty: 'medium',
      verify: 'whether Garmin’s page shows the menstrual cycle, and switched on, to every application',
    },
    'auth.scopes.3.name': {
      certainty: 'medium',
      verify: 'the name HISTORICAL_DATA_EXPORT; older specifications do not have it',
    },
    'auth.grantedScopes.path': {
      certainty: 'medium',
      verify: 'that this address answers with a bare array; the partner gateway answers {"permissions": […]}',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether the old refresh token really dies; one comment says that it keeps working',
    },
    'auth.refresh.accessTokenLifetimeS': {
      certainty: 'medium',
      verify: 'expires_in of a real answer; the text of the specification speaks of three months',
    },
    'delivery.backfill.range.historyDays': {
      certainty: 'medium',
      verify: 'how far back a backfill reaches; an older text says two years for the Health API',
    },
    'delivery.backfill.except': {
      certainty: 'medium',
      verify: 'which kinds of summary can be asked for again',
    },
    'delivery.webhook.callback.hosts': {
      certainty: 'medium',
      verify: 'host of callbackURL in a real ping',
    },
    'delivery.webhook.authentication.clientIDHeader': {
      certainty: 'medium',
      verify: 'that live messages have it; the data generator may leave it out',
    },
    'rateLimits.0.requests': {
      certainty: 'medium',
      verify: 'about 100 for evaluation accounts; the production limit is in the agreement',
    },
  },
  terms: {
    notes: [
      'Garmin gives access to organisations only, and takes no new developer accounts at present.',
      'Asking for data on a schedule is not allowed: they arrive when the participant’s device syncs.',
    ],
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://connect.garmin.com/oauth2Confirm',
    tokenUrl: 'https://diauth.garmin.com/di-oauth2-service/oauth/token',
    pkce: 'required',
    clientAuthentication: [{ method: 'client_secret_post' }],
    asksScopes: false,
    scopes: [
      {
        name: 'ACTIVITY_EXPORT',
        label: 'Workouts and other activities, with the routes that your device recorded',
        releases: ['workouts', 'location'],
        ask: 'default',
      },
      {
        name: 'HEALTH_EXPORT',
        label: 'Daily activity, sleep, heart rate and other health measurements',
        releases: [
          'activity',
          'sleep',
          'heart-rate',
          'heart-rate-variability',
          'stress',
          'oxygen-saturation',
          'respiratory-rate',
          'temperature',
          'weight',
          'body-composition',
          'blood-pressure',
          'cardio-fitness',
        ],
        ask: 'default',
      },
      {
        name: 'MCT_EXPORT',
        label: 'Your menstrual cycle and pregnancy, if you track them',
        releases: ['reproductive-health'],
        ask: 'optional',
        addedByProvider: true,
      },
      // Switched off on Garmin's page until the participant switches it on.
      {
        name: 'HISTORICAL_DATA_EXPORT',
        label: 'What your device recorded in the weeks before you connect',
        releases: ['activity', 'sleep', 'heart-rate', 'workouts'],
        ask: 'default',
      },
      { name: 'WORKOUT_IMPORT', label: 'Send workouts to your device', releases: [], ask: 'never' },
      { name: 'COURSE_IMPORT', label: 'Send routes to your device', releases: [], ask: 'never' },
    ],
    scopeSeparator: ' ',
    tokenAnswer: { fields: { refresh_token_expires_in: 'refresh_token_expires_in' } },
    // `scope` of the token answer is the same for everybody and says nothing about permissions.
    grantedScopes: {
      from: 'call',
      call: { method: 'GET', url: `${api}/user/permissions`, authentication: 'bearer' },
      path: '',
    },
    userID: [
      {
        from: 'call',
        call: { method: 'GET', url: `${api}/user/id`, authentication: 'bearer' },
        path: 'userId',
      },
    ],
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 86_400,
      refreshEarlyS: 600,
      refreshTokenLifetimeS: 7_775_998,
      // Data arrive without a token of ours, so nothing else would keep it alive.
      keepAliveEveryS: 2_592_000,
    },
    // Garmin echoes it as a de-registration, which then is no news.
    // The call to give back deletes the registration of the user.
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'DELETE',
      url: `${api}/user/registration`,
      authentication: 'bearer',
      token: 'access',
      succeeds: [204],
      alreadyGone: [401],
    },
  },
  errors: [
    // Ours to mend; any other refusal of a refresh is an end, whether it names a reason or not.
    { phases: ['refresh'], body: { path: 'error', in: ['invalid_request'] }, verdict: 'failed' },
    { phases: ['refresh'], status: [400, 401], verdict: 'unauthorized' },
  ],
  rateLimits: [{ counts: 'application', requests: 100, windowS: 60 }],
  delivery: {
    by: 'push',
    resources: [
      summary('dailies', 'activity'),
      summary('epochs', 'activity'),
      summary('sleeps', 'sleep'),
      summary('bodyComps', 'body-composition'),
      summary('stressDetails', 'stress'),
      summary('userMetrics', 'cardio-fitness'),
      summary('pulseOx', 'oxygen-saturation'),
      summary('respiration', 'respiratory-rate'),
      summary('hrv', 'heart-rate-variability'),
      summary('bloodPressures', 'blood-pressure'),
      summary('skinTemp', 'temperature'),
      summary('healthSnapshot', 'heart-rate'),
      summary('moveiq', 'workouts', 'ACTIVITY_EXPORT'),
      summary('activities', 'workouts', 'ACTIVITY_EXPORT'),
      summary('activityDetails', 'workouts', 'ACTIVITY_EXPORT'),
      summary('mct', 'reproductive-health', 'MCT_EXPORT'),
      // FIT, TCX or GPX, always behind the callback of an event.
      {
        name: 'activityFiles',
        releases: 'location',
        needsScope: 'ACTIVITY_EXPORT',
        method: 'GET',
        url: `${api}/activityFile`,
        paging: { by: 'none' },
        itemsAt: '',
        itemID: 'summaryId',
      },
    ],
    webhook: {
      authentication: { by: 'secret-path', clientIDHeader: 'garmin-client-id' },
      answer: 200,
      deadlineS: 30,
      body: 'json-lists',
      userIDAt: 'userId',
      itemIDAt: 'summaryId',
      callback: { path: 'callbackURL', hosts: ['apis.garmin.com'] },
      events: [
        { means: 'deregistered', when: [{ path: 'deregistrations' }] },
        // A list of names, or {NAME: true or false}.
        { means: 'scopes-changed', when: [{ path: 'userPermissionsChange' }], scopesAt: 'permissions' },
        ...sameName.map((list) => pushed(list)),
        pushed('activityFiles'),
        pushed('pulseox', 'pulseOx'),
        pushed('allDayRespiration', 'respiration'),
        pushed('moveIQActivities', 'moveiq'),
        pushed('manuallyUpdatedActivities', 'activities'),
        { means: 'ignored', when: [] },
      ],
    },
    backfill: {
      call: {
        method: 'GET',
        url: `${api}/backfill/{resource}`,
        authentication: 'bearer',
        accepts: [202],
      },
      range: {
        from: 'summaryStartTimeInSeconds',
        to: 'summaryEndTimeInSeconds',
        format: 'epoch-s',
        daysMax: 30,
        historyDays: 30,
      },
      needsScope: 'HISTORICAL_DATA_EXPORT',
      alreadyAsked: 409,
      notGranted: 403,
      except: ['activityFiles'],
      daysPerMinuteMax: 10_000,
    },
  },
});
