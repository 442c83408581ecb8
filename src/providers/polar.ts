import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://www.polaraccesslink.com/v3';
const scope = 'accesslink.read_all';
const call = {
  needsScope: scope,
  method: 'GET',
  headers: { accept: 'application/json' },
  paging: { by: 'none' },
} as const;
const range = { from: 'from', to: 'to', format: 'ymd', daysMax: 28, overlapS: 172_800 } as const;
const lastYear = { ...range, historyDays: 365 } as const;
const deviceClock = { kind: 'device-clock' } as const;
const events = [
  'EXERCISE',
  'SLEEP',
  'CONTINUOUS_HEART_RATE',
  'SLEEP_WISE_CIRCADIAN_BEDTIME',
  'SLEEP_WISE_ALERTNESS',
  'ACTIVITY_SUMMARY',
  'PHYSICAL_INFORMATION',
] as const;

/** Each header names both windows, the short one first. */
function headers(place: 0 | 1) {
  return {
    used: 'ratelimit-usage',
    limit: 'ratelimit-limit',
    reset: 'ratelimit-reset',
    place,
  } as const;
}

function due(event: (typeof events)[number], resources: readonly string[]) {
  return { means: 'data', when: [{ path: 'event', equals: event }], resources } as const;
}

/** The last four weeks by date, below `/users`; `itemsAt` where the list has a name. */
function nights(name: string, releases: DataType, itemsAt = '') {
  return { name, releases, ...call, url: `${api}/users/${name}`, itemsAt, itemID: 'date' } as const;
}

/** A range of days, as a bare list. */
function measured(name: string, releases: DataType) {
  return { name, releases, ...call, url: `${api}/users/${name}`, range, itemsAt: '' } as const;
}

/** Polar AccessLink v3, without its deprecated transactions (create, list, commit). */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Polar',
  category: 'Device Manufacturer',
  keywords: ['Polar Flow', 'watch', 'heart rate strap'],
  checkedOn: '2026-11-22',
  sources: ['Polar AccessLink OpenAPI description', 'Polar’s example in Python', 'Open Wearables'],
  uncertain: {
    'auth.refresh.accessTokenLifetimeS': {
      certainty: 'medium',
      verify: 'expires_in of a real answer; about ten years',
    },
    'rateLimits.0.headers.place': {
      certainty: 'medium',
      verify: 'that the headers name both windows, and in which order',
    },
    'auth.revoke.alreadyGone': {
      certainty: 'medium',
      verify: 'status of a second deletion; 204 is documented for users that are not known',
    },
    'delivery.resources.4.itemsAt': { certainty: 'medium', verify: 'name of the list in a real answer' },
    'delivery.resources.5.itemsAt': { certainty: 'medium', verify: 'name of the list in a real answer' },
    'delivery.resources.6.itemsAt': { certainty: 'medium', verify: 'name of the list in a real answer' },
    'delivery.appSubscription.secretAt': {
      certainty: 'medium',
      verify: 'where signature_secret_key stands in the answer to the creation',
    },
    'delivery.appSubscription.reactivate.url': { certainty: 'medium', verify: 'address of the call' },
  },
  terms: {
    notes: [
      'Only what is uploaded after the participant connected can be read.',
      'Participants choose on Polar’s page what they share, and can change it there; Polar does not tell what.',
    ],
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://flow.polar.com/oauth2/authorization',
    tokenUrl: 'https://polarremote.com/v2/oauth2/token',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_basic' }],
    scopes: [
      {
        name: scope,
        label: 'Training, daily activity, sleep and recovery, heart rate and your physical details',
        releases: [
          'workouts',
          'location',
          'activity',
          'heart-rate',
          'heart-rate-variability',
          'sleep',
          'readiness',
          'temperature',
          'oxygen-saturation',
          'ecg',
          'weight',
          'cardio-fitness',
          'profile',
        ],
        ask: 'required',
      },
    ],
    scopeSeparator: ' ',
    tokenHeaders: { accept: 'application/json;charset=UTF-8' },
    tokenAnswer: {},
    grantedScopes: { from: 'request' },
    // A number.
    userID: [{ from: 'token-answer', field: 'x_user_id' }],
    // It ends when the participant or we end it, or when mandatory consents are withdrawn.
    refresh: { policy: 'none', accessTokenLifetimeS: 315_360_000 },
    // The call to give back deletes the registration of the user.
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'DELETE',
      url: `${api}/users/{userID}`,
      authentication: 'bearer',
      token: 'access',
      succeeds: [204],
      alreadyGone: [401],
    },
    afterConnect: [
      // 409: registered before, by an earlier connection of the same person.
      {
        method: 'POST',
        url: `${api}/users`,
        authentication: 'bearer',
        json: { 'member-id': '{accountID}' },
        accepts: [200, 409],
      },
    ],
  },
  errors: [
    // Mandatory consents are not accepted: at account.polar.com they can be, and the token is good again.
    { phases: ['connect', 'data'], status: 403, verdict: 'consent-missing' },
  ],
  rateLimits: [
    { counts: 'application', requests: 500, requestsPerParticipant: 20, windowS: 900, headers: headers(0) },
    {
      counts: 'application',
      requests: 5000,
      requestsPerParticipant: 100,
      windowS: 86_400,
      headers: headers(1),
    },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      // The last 30 days, whatever is asked.
      {
        name: 'exercises',
        releases: 'workouts',
        ...call,
        url: `${api}/exercises`,
        query: { samples: 'true', zones: 'true', route: 'true' },
        itemsAt: '',
        itemID: 'id',
        itemUrl: `${api}/exercises/{itemID}`,
        localTime: deviceClock,
      },
      // The same as a file; tcx and gpx exist too.
      {
        name: 'exercises/fit',
        releases: 'location',
        ...call,
        forEach: 'exercises',
        url: `${api}/exercises/{itemID}/fit`,
        itemsAt: '',
      },
      { ...measured('activities', 'activity'), range: lastYear, localTime: deviceClock },
      {
        ...measured('activities/samples', 'activity'),
        range: lastYear,
        itemID: 'date',
        localTime: deviceClock,
      },
      { ...nights('continuous-heart-rate', 'heart-rate', 'heart_rates'), range },
      { ...nights('sleep', 'sleep', 'nights'), itemUrl: `${api}/users/sleep/{itemID}` },
      nights('nightly-recharge', 'readiness', 'recharges'),
      nights('cardio-load', 'readiness'),
      measured('sleepwise/alertness', 'sleep'),
      measured('sleepwise/circadian-bedtime', 'sleep'),
      measured('biosensing/bodytemperature', 'temperature'),
      measured('biosensing/skintemperature', 'temperature'),
      measured('biosensing/spo2', 'oxygen-saturation'),
      measured('biosensing/ecg', 'ecg'),
      { name: 'physical-info', releases: 'profile', ...call, url: `${api}/users/physical-info`, itemsAt: '' },
    ],
    webhook: {
      // Comes during the creation, so before we know the secret with which it is signed.
      challenge: { kind: 'ping', path: 'event', equals: 'PING' },
      authentication: {
        by: 'hmac',
        header: 'polar-webhook-signature',
        algorithm: 'sha256',
        encoding: 'hex-lower',
        key: 'issued-secret',
        message: 'body',
      },
      answer: 200,
      body: 'json-object',
      userIDAt: 'user_id',
      itemIDAt: 'entity_id',
      periodAt: [
        { from: 'from', to: 'to', format: 'ymd' },
        { from: 'date', format: 'ymd' },
      ],
      events: [
        due('EXERCISE', ['exercises', 'exercises/fit', 'cardio-load']),
        due('SLEEP', ['sleep', 'nightly-recharge', 'biosensing/skintemperature']),
        due('CONTINUOUS_HEART_RATE', ['continuous-heart-rate']),
        due('SLEEP_WISE_CIRCADIAN_BEDTIME', ['sleepwise/circadian-bedtime']),
        due('SLEEP_WISE_ALERTNESS', ['sleepwise/alertness']),
        due('ACTIVITY_SUMMARY', ['activities', 'activities/samples']),
        due('PHYSICAL_INFORMATION', ['physical-info']),
        { means: 'data', when: [] },
      ],
    },
    // One for each application.
    appSubscription: {
      create: {
        method: 'POST',
        url: `${api}/webhooks`,
        authentication: 'client_secret_basic',
        json: { events, url: '{webhookUrl}' },
        accepts: [200, 201],
      },
      list: { method: 'GET', url: `${api}/webhooks`, authentication: 'client_secret_basic' },
      remove: {
        method: 'DELETE',
        url: `${api}/webhooks/{subscriptionID}`,
        authentication: 'client_secret_basic',
      },
      reactivate: {
        method: 'POST',
        url: `${api}/webhooks/activate`,
        authentication: 'client_secret_basic',
      },
      secretAt: 'data.signature_secret_key',
    },
  },
});
