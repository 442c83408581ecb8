import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://api.fitbit.com';
/** Times are the participant's, without a zone; her profile tells the offset of now. */
const localTime = {
  kind: 'profile',
  url: `${api}/1/user/{userID}/profile.json`,
  path: 'user.offsetFromUTCMillis',
  unit: 'ms',
} as const;

/** Below `/1/user/{userID}`; days stand in the address. */
function days(name: string, releases: DataType, call: { scope: string; at: string; path: string }) {
  return {
    name,
    releases,
    needsScope: call.scope,
    method: 'GET',
    url: `${api}/1/user/{userID}/${call.path}.json`,
    range: { place: 'address', from: 'from', to: 'to', format: 'ymd', daysMax: 30 },
    paging: { by: 'none' },
    itemsAt: call.at,
    localTime,
  } as const;
}

/** Minutes or seconds of one day. */
function intraday(name: string, releases: DataType, detail: '1min' | '1sec') {
  const call = {
    scope: name === 'heart' ? 'heartrate' : 'activity',
    at: `activities-${name}-intraday.dataset`,
    path: `activities/${name}/date/{from}/1d/${detail}`,
  };
  return {
    ...days(name, releases, call),
    range: { place: 'address', from: 'from', format: 'ymd', daysMax: 1 },
  } as const;
}

/** A list from a day on, which leads on by links. */
function list(name: string, releases: DataType, call: { scope: string; at: string; path: string }) {
  return {
    name,
    releases,
    needsScope: call.scope,
    method: 'GET',
    url: `${api}/${call.path}/list.json`,
    query: { sort: 'asc', offset: '0', limit: '100' },
    range: { from: 'afterDate', format: 'ymd' },
    paging: { by: 'link', path: 'pagination.next' },
    itemsAt: call.at,
    localTime,
  } as const;
}

/** One answer without a range. */
function whole(name: 'profile' | 'devices', itemsAt: string) {
  const needsScope = name === 'profile' ? 'profile' : 'settings';
  const url = `${api}/1/user/{userID}/${name}.json`;
  return { name, releases: name, needsScope, method: 'GET', url, paging: { by: 'none' }, itemsAt } as const;
}

function scope(name: string, label: string, releases: readonly [DataType, ...DataType[]]) {
  return { name, label, releases, ask: 'default' } as const;
}

/** A rule for an answer that names this kind of error. */
function says<const Call extends object, const Verdict extends string>(
  errorType: string,
  call: Call,
  verdict: Verdict,
) {
  return { ...call, body: { path: 'errors.0.errorType', in: [errorType] }, verdict } as const;
}

function changed(collection: string, resources: readonly string[]) {
  return { means: 'data', when: [{ path: 'collectionType', equals: collection }], resources } as const;
}

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
    'lifecycle.goneStatus': {
      certainty: 'medium',
      verify:
        'cannot be seen in a document: the announcement says 410, and no source shows an answer since the end',
    },
    'auth.refresh.repeatsForS': {
      certainty: 'medium',
      verify: 'cannot be verified any more: about two minutes',
    },
    'auth.afterConnect': { certainty: 'medium', verify: 'cannot be verified any more: the statuses' },
    'delivery.resources.4.query.limit': {
      certainty: 'medium',
      verify: 'cannot be verified any more: page sizes of 100; another client asked for 20',
    },
    'delivery.resources': {
      certainty: 'medium',
      verify: 'cannot be verified any more: where answers have their lists, and identifiers of items',
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
    userID: [{ from: 'token-answer', field: 'user_id' }],
    refresh: {
      policy: 'rotating',
      repeatsForS: 120,
      accessTokenLifetimeS: 28_800,
      refreshTokenLifetimeS: 'unlimited',
    },
    // Revoking any token revokes all tokens of that user for the application (Web API reference, “Revoke Token”).
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${api}/oauth2/revoke`,
      authentication: 'client_secret_basic',
      token: 'refresh',
      tokenIn: { place: 'form', name: 'token' },
      succeeds: [200],
      // With 410 there is nobody left to tell.
      alreadyGone: [410],
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
    says('invalid_client', { phases: ['token', 'refresh'], status: [400, 401] }, 'operator-alarm'),
    says('invalid_grant', { phases: ['refresh'], status: [400, 401] }, 'unauthorized'),
    // The next run refreshes it, or learns there that the consent is gone.
    says('expired_token', { phases: ['data'], status: 401 }, 'token-refused'),
    says('invalid_token', { phases: ['data'], status: 401 }, 'unauthorized'),
    says('insufficient_scope', { phases: ['data'], status: 403 }, 'scope-missing'),
    says('insufficient_permissions', { phases: ['data'], status: 403 }, 'scope-missing'),
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
      intraday('steps', 'activity', '1min'),
      intraday('calories', 'activity', '1min'),
      intraday('heart', 'heart-rate', '1sec'),
      days('hrv', 'heart-rate-variability', {
        scope: 'heartrate',
        at: 'hrv',
        path: 'hrv/date/{from}/{to}/all',
      }),
      {
        ...list('activities', 'workouts', {
          scope: 'activity',
          at: 'activities',
          path: '1/user/{userID}/activities',
        }),
        itemID: 'logId',
      },
      {
        ...list('sleep', 'sleep', { scope: 'sleep', at: 'sleep', path: '1.2/user/{userID}/sleep' }),
        itemID: 'logId',
      },
      days('spo2', 'oxygen-saturation', {
        scope: 'oxygen_saturation',
        at: '',
        path: 'spo2/date/{from}/{to}/all',
      }),
      days('br', 'respiratory-rate', {
        scope: 'respiratory_rate',
        at: 'br',
        path: 'br/date/{from}/{to}/all',
      }),
      days('temp', 'temperature', {
        scope: 'temperature',
        at: 'tempSkin',
        path: 'temp/skin/date/{from}/{to}',
      }),
      days('cardioscore', 'cardio-fitness', {
        scope: 'cardio_fitness',
        at: 'cardioScore',
        path: 'cardioscore/date/{from}/{to}',
      }),
      // Takes 31 days, too.
      {
        ...days('weight', 'weight', {
          scope: 'weight',
          at: 'weight',
          path: 'body/log/weight/date/{from}/{to}',
        }),
        itemID: 'logId',
      },
      {
        ...days('foods', 'nutrition', { scope: 'nutrition', at: 'foods', path: 'foods/log/date/{from}' }),
        range: { place: 'address', from: 'from', format: 'ymd', daysMax: 1 },
        itemID: 'logId',
      },
      {
        ...list('ecg', 'ecg', { scope: 'electrocardiogram', at: 'ecgReadings', path: '1/user/{userID}/ecg' }),
        query: { sort: 'asc', offset: '0', limit: '10' },
      },
      whole('profile', 'user'),
      whole('devices', ''),
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
        changed('sleep', ['sleep', 'hrv', 'spo2', 'br', 'temp']),
        changed('body', ['weight']),
        changed('foods', ['foods']),
        { means: 'data', when: [] },
      ],
    },
  },
});
