import type { DataType } from '../catalogue/dataTypes.ts';
import { defineProvider } from '../catalogue/defineProvider.ts';

const api = 'https://api.fitbit.com';
/** Times are the participant's, without a zone; her profile tells the offset of now. */
const localTime = {
  kind: 'profile',
  url: `${api}/1/user/{userID}/profile.json`,
  path: 'user.offsetFromUTCMillis',
  unit: 'ms',
} as const;

interface Call {
  /** Below `/user/{userID}/`, with `1` or `1.2` before it. */
  readonly url: string;
  readonly itemsAt: string;
  readonly daysMax: number;
}

/** Days, named in the address. */
function days(name: string, kind: { releases: DataType; needsScope: string }, call: Call) {
  return {
    name,
    ...kind,
    method: 'GET',
    url: `${api}/1/user/{userID}/${call.url}`,
    range: { place: 'address', from: 'from', to: 'to', format: 'ymd', daysMax: call.daysMax },
    paging: { by: 'none' },
    itemsAt: call.itemsAt,
    localTime,
  } as const;
}

/** A list from a day on, which leads on by links. */
function list(name: string, kind: { releases: DataType; needsScope: string }, call: Omit<Call, 'daysMax'>) {
  return {
    name,
    ...kind,
    method: 'GET',
    url: `${api}/${call.url}`,
    query: { sort: 'asc', offset: '0', limit: name === 'ecg' ? '10' : '100' },
    range: { from: 'afterDate', format: 'ymd' },
    paging: { by: 'link', path: 'pagination.next' },
    itemsAt: call.itemsAt,
    localTime,
  } as const;
}

function scope(name: string, label: string, releases: readonly [DataType, ...DataType[]]) {
  return { name, label, releases, ask: 'default' } as const;
}

function changed(collection: string, resources: readonly string[]) {
  return { means: 'data', when: [{ path: 'collectionType', equals: collection }], resources } as const;
}

const activity = { releases: 'activity', needsScope: 'activity' } as const;
const heart = { releases: 'heart-rate', needsScope: 'heartrate' } as const;

/**
 * The Fitbit Web API as it was until it ended, for accounts and data of that time. Its tokens are worth nothing at
 * Google Health: every participant has to connect again there, and is recognised by her Fitbit identifier.
 */
export const provider = defineProvider({
  kind: 'provider',
  id: 564,
  name: 'Fitbit',
  category: 'Device Manufacturer',
  keywords: ['watch', 'tracker', 'Versa', 'Charge'],
  checkedOn: '2026-11-22',
  sources: [
    'Google Health migration pages',
    'Fitbit developer site',
    'RADAR-base REST-Connector',
    'Metriport',
  ],
  lifecycle: {
    state: 'retired',
    on: '2026-11-02',
    message:
      'Fitbit has moved its data to Google Health, and its old connection has ended. Please connect Google Health with the Google account of your Fitbit.',
    successor: 'googleHealth',
    goneStatus: 410,
  },
  uncertain: {
    'lifecycle.on': {
      certainty: 'medium',
      verify: 'the day: an earlier version of the announcement said 2026-10-30; that it has ended is sure',
    },
    'auth.refresh.repeatsForS': {
      certainty: 'medium',
      verify: 'cannot be verified any more: about two minutes',
    },
    'auth.afterConnect': { certainty: 'medium', verify: 'cannot be verified any more: the statuses' },
    'delivery.resources.4.query': {
      certainty: 'medium',
      verify: 'cannot be verified any more: page sizes of 100; another client asked for 20',
    },
    'delivery.webhook.events': {
      certainty: 'medium',
      verify: 'cannot be verified any more: names of the collections beside userRevokedAccess',
    },
    'rateLimits.0.window': {
      certainty: 'medium',
      verify: 'cannot be verified any more: it began with each full hour',
    },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://www.fitbit.com/oauth2/authorize',
    tokenUrl: `${api}/oauth2/token`,
    introspectUrl: `${api}/1.1/oauth2/introspect`,
    pkce: 'supported',
    // Applications of the kind "client" were public and sent their identifier only.
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'none' }],
    scopes: [
      scope('activity', 'Steps, distance and workouts', ['activity', 'workouts']),
      scope('heartrate', 'Heart rate and its variability', ['heart-rate', 'heart-rate-variability']),
      scope('sleep', 'Sleep, with its stages', ['sleep']),
      scope('oxygen_saturation', 'Blood oxygen while you sleep', ['oxygen-saturation']),
      scope('respiratory_rate', 'Breathing rate while you sleep', ['respiratory-rate']),
      scope('temperature', 'Body and skin temperature', ['temperature']),
      scope('cardio_fitness', 'Cardio fitness', ['cardio-fitness']),
      scope('electrocardiogram', 'ECG recordings', ['ecg']),
      scope('weight', 'Weight and body fat', ['weight', 'body-composition']),
      scope('nutrition', 'Food and drink that you enter', ['nutrition']),
      scope('profile', 'Your age, height and time zone', ['profile']),
      scope('settings', 'Your devices and their settings', ['devices']),
      {
        name: 'irregular_rhythm_notifications',
        label: 'Notices about an irregular heart rhythm',
        releases: ['heart-rhythm'],
        ask: 'optional',
      },
      { name: 'location', label: 'Routes of your workouts', releases: ['location'], ask: 'optional' },
      { name: 'social', label: 'Your friends', releases: ['profile'], ask: 'never' },
    ],
    scopeSeparator: ' ',
    tokenAnswer: {},
    grantedScopes: { from: 'token-answer', field: 'scope' },
    userID: { from: 'token-answer', field: 'user_id' },
    refresh: {
      policy: 'rotating',
      repeatsForS: 120,
      accessTokenLifetimeS: 28_800,
      refreshTokenLifetimeS: 'unlimited',
    },
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${api}/oauth2/revoke`,
      authentication: 'client_secret_basic',
      token: 'refresh',
      tokenIn: { place: 'form', name: 'token' },
      succeeds: [200],
      // With 410 there is nobody left to tell.
      alreadyGone: [401, 410],
    },
    afterConnect: [
      {
        method: 'POST',
        url: `${api}/1/user/-/apiSubscriptions/{accountID}.json`,
        authentication: 'bearer',
        accepts: [200, 201],
      },
    ],
  },
  errors: [
    { status: 410, verdict: 'retired' },
    {
      phases: ['token', 'refresh'],
      body: { path: 'errors.0.errorType', in: ['invalid_client', 'unauthorized_client'] },
      verdict: 'operator-alarm',
    },
    {
      phases: ['refresh'],
      status: 400,
      body: { path: 'errors.0.errorType', in: ['invalid_grant'] },
      verdict: 'unauthorized',
    },
    // The next run refreshes it, or learns there that the consent is gone.
    {
      phases: ['data'],
      status: 401,
      body: { path: 'errors.0.errorType', in: ['expired_token'] },
      verdict: 'retry-later',
    },
    {
      phases: ['data'],
      status: 401,
      body: { path: 'errors.0.errorType', in: ['invalid_token'] },
      verdict: 'unauthorized',
    },
    {
      phases: ['data'],
      status: 403,
      body: { path: 'errors.0.errorType', in: ['insufficient_scope', 'insufficient_permissions'] },
      verdict: 'scope-missing',
    },
    { phases: ['data'], status: 403, verdict: 'scope-missing' },
    { status: 429, verdict: 'rate-limited' },
  ],
  rateLimits: [
    {
      counts: 'participant',
      requests: 150,
      windowS: 3600,
      window: 'clock',
      headers: {
        limit: 'fitbit-rate-limit-limit',
        remaining: 'fitbit-rate-limit-remaining',
        reset: 'fitbit-rate-limit-reset',
      },
    },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      days('steps', activity, {
        url: 'activities/steps/date/{from}/1d/1min.json',
        itemsAt: 'activities-steps-intraday.dataset',
        daysMax: 1,
      }),
      days('calories', activity, {
        url: 'activities/calories/date/{from}/1d/1min.json',
        itemsAt: 'activities-calories-intraday.dataset',
        daysMax: 1,
      }),
      days('heart', heart, {
        url: 'activities/heart/date/{from}/1d/1sec.json',
        itemsAt: 'activities-heart-intraday.dataset',
        daysMax: 1,
      }),
      days(
        'hrv',
        { ...heart, releases: 'heart-rate-variability' },
        { url: 'hrv/date/{from}/{to}/all.json', itemsAt: 'hrv', daysMax: 30 },
      ),
      list(
        'activities',
        { ...activity, releases: 'workouts' },
        {
          url: '1/user/{userID}/activities/list.json',
          itemsAt: 'activities',
        },
      ),
      list(
        'sleep',
        { releases: 'sleep', needsScope: 'sleep' },
        {
          url: '1.2/user/{userID}/sleep/list.json',
          itemsAt: 'sleep',
        },
      ),
      days(
        'spo2',
        { releases: 'oxygen-saturation', needsScope: 'oxygen_saturation' },
        { url: 'spo2/date/{from}/{to}/all.json', itemsAt: '', daysMax: 30 },
      ),
      days(
        'breathing rate',
        { releases: 'respiratory-rate', needsScope: 'respiratory_rate' },
        { url: 'br/date/{from}/{to}/all.json', itemsAt: 'br', daysMax: 30 },
      ),
    ],
    webhook: {
      challenge: { kind: 'code', parameter: 'verify', right: 204, wrong: 404 },
      authentication: {
        by: 'hmac',
        header: 'x-fitbit-signature',
        algorithm: 'sha1',
        encoding: 'base64',
        key: 'client-secret-with-ampersand',
        message: 'body',
      },
      answer: 204,
      deadlineS: 5,
      body: 'json-array',
      userIDAt: 'ownerId',
      periodAt: [{ from: 'date', format: 'ymd' }],
      events: [
        { means: 'deregistered', when: [{ path: 'collectionType', equals: 'userRevokedAccess' }] },
        { means: 'deregistered', when: [{ path: 'collectionType', equals: 'deleteUser' }] },
        changed('activities', ['steps', 'calories', 'heart', 'activities']),
        changed('sleep', ['sleep', 'hrv', 'spo2', 'breathing rate', 'skin temperature']),
        changed('body', ['weight']),
        changed('foods', ['nutrition']),
        { means: 'data', when: [] },
      ],
    },
  },
});
