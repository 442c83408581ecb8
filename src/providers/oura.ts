import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://api.ouraring.com/v2/usercollection';
const keys = { 'x-client-id': '{clientID}', 'x-client-secret': '{clientSecret}' };
const daily = { from: 'start_date', to: 'end_date', format: 'ymd', daysMax: 30, overlapS: 172_800 } as const;
const instants = { from: 'start_datetime', to: 'end_datetime', format: 'iso-z', daysMax: 30 } as const;
const paged = { by: 'token', read: 'next_token', send: 'next_token' } as const;

/** Kinds of data that have notices; heart rate has none and is asked for when another is due. */
const noticed = [
  ...['daily_activity', 'daily_readiness', 'daily_sleep', 'sleep', 'daily_stress', 'daily_spo2', 'workout'],
  ...['session', 'enhanced_tag', 'tag', 'sleep_time', 'rest_mode_period', 'daily_resilience'],
  ...['daily_cardiovascular_age', 'vo2_max', 'daily_cycle_phases', 'ring_configuration'],
] as const;

/** A collection by days. */
function collection(name: string, releases: DataType, needsScope = 'daily') {
  const call = { method: 'GET', url: `${api}/${name}`, range: daily, paging: paged } as const;
  const item = { itemsAt: 'data', itemID: 'id', itemUrl: `${api}/${name}/{itemID}` } as const;
  return { name, releases, needsScope, ...call, ...item } as const;
}

function facts(name: string, releases: DataType, needsScope: string) {
  const call = { method: 'GET', url: `${api}/${name}`, paging: paged, itemsAt: 'data' } as const;
  return { name, releases, needsScope, ...call } as const;
}

/** Oura API v2. Personal access tokens are gone since December 2025; OAuth is the only way. */
export const provider = defineProvider({
  kind: 'provider',
  id: 45417,
  name: 'Oura',
  category: 'Device Manufacturer',
  keywords: ['Oura Ring', 'ring'],
  checkedOn: '2026-11-22',
  sources: ['Open Wearables', 'RADAR-base Rest-Source-Auth', 'Tidepool platform', 'Nango providers'],
  uncertain: {
    'auth.refresh.accessTokenLifetimeS': { certainty: 'medium', verify: 'expires_in of a real answer' },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that a refresh token is dead after one use, with a test account',
    },
    'auth.scopes.6.name': {
      certainty: 'medium',
      verify: 'whether it is asked for as spo2 or spo2Daily',
    },
    'auth.grantedScopes.stripPrefix': {
      certainty: 'medium',
      verify: 'that newer tokens list extapi:<name>, and in the redirect too',
    },
    'auth.revoke.token': {
      certainty: 'medium',
      verify: 'that the access token ends the whole grant; one client sends the refresh token as bearer',
    },
    'delivery.resources.16.range': {
      certainty: 'low',
      verify: 'names of the range’s parameters for the battery',
    },
    'delivery.webhook.authentication.timestamp.unit': {
      certainty: 'medium',
      verify: 'a timestamp of a real notice',
    },
    'delivery.appSubscription.renew.everyDays': {
      certainty: 'low',
      verify: 'expiration_time of a new subscription; a week is only often enough to be safe',
    },
    'rateLimits.0.requests': {
      certainty: 'low',
      verify:
        'X-RateLimit-Limit and X-RateLimit-Window of a real answer: two clients say 5,000 in 5 minutes; that it is ' +
        'for each token, with another for the application, is probable',
    },
  },
  terms: {
    notes: ['Ten participants can connect until Oura has approved the application.'],
    participantsBeforeReview: 10,
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://cloud.ouraring.com/oauth/authorize',
    tokenUrl: 'https://api.ouraring.com/oauth/token',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }, { method: 'client_secret_basic' }],
    scopes: [
      {
        name: 'personal',
        label: 'Your age, height and weight',
        releases: ['identity', 'profile'],
        ask: 'required',
      },
      {
        name: 'daily',
        label: 'Daily summaries of sleep, activity, readiness and stress',
        releases: ['sleep', 'activity', 'readiness', 'stress'],
        ask: 'default',
      },
      {
        name: 'heartrate',
        label: 'Heart rate during day and night',
        releases: ['heart-rate'],
        ask: 'default',
      },
      { name: 'workout', label: 'Workouts', releases: ['workouts'], ask: 'default' },
      {
        name: 'session',
        label: 'Meditation and breathing sessions',
        releases: ['self-reports'],
        ask: 'optional',
      },
      { name: 'tag', label: 'Tags that you add to your days', releases: ['self-reports'], ask: 'optional' },
      // Granted as spo2 or, by older applications, as spo2Daily.
      {
        name: 'spo2',
        label: 'Blood oxygen while you sleep',
        releases: ['oxygen-saturation'],
        ask: 'default',
        alsoNamed: ['spo2Daily'],
      },
      { name: 'email', label: 'Your e-mail address', releases: ['profile'], ask: 'never' },
      {
        name: 'ring_configuration',
        label: 'Your ring and its battery',
        releases: ['devices'],
        ask: 'optional',
      },
      { name: 'stress', label: 'Resilience to stress', releases: ['stress'], ask: 'optional' },
      {
        name: 'heart_health',
        label: 'Heart health and cardio fitness',
        releases: ['cardio-fitness'],
        ask: 'optional',
      },
      {
        name: 'reproductive_cycle',
        label: 'Phases of your menstrual cycle',
        releases: ['reproductive-health'],
        ask: 'optional',
      },
    ],
    scopeSeparator: ' ',
    tokenAnswer: {},
    // Newer tokens list scopes as extapi:daily; the redirect has them too, but not in every flow.
    grantedScopes: { from: 'token-answer', stripPrefix: 'extapi:' },
    userID: [
      {
        from: 'call',
        call: { method: 'GET', url: `${api}/personal_info`, authentication: 'bearer' },
        path: 'id',
        needsScope: 'personal',
      },
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 86_400, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'call',
      method: 'POST',
      url: 'https://api.ouraring.com/oauth/revoke',
      authentication: 'none',
      token: 'access',
      tokenIn: { place: 'query', name: 'access_token' },
      succeeds: [200, 204],
      alreadyGone: [401],
    },
  },
  errors: [
    // 403 is a lapsed membership or a missing permission: the consent itself stands.
    { phases: ['data'], status: 403, verdict: 'subscription-lapsed' },
    { phases: ['data'], status: 422, verdict: 'failed' },
  ],
  rateLimits: [
    {
      counts: 'participant',
      requests: 5000,
      windowS: 300,
      headers: { limit: 'x-ratelimit-limit', reset: 'x-ratelimit-reset' },
    },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      collection('daily_activity', 'activity'),
      collection('daily_readiness', 'readiness'),
      collection('daily_sleep', 'sleep'),
      collection('sleep', 'sleep'),
      collection('daily_stress', 'stress'),
      collection('daily_spo2', 'oxygen-saturation', 'spo2'),
      collection('workout', 'workouts', 'workout'),
      collection('session', 'self-reports', 'session'),
      collection('enhanced_tag', 'self-reports', 'tag'),
      collection('tag', 'self-reports', 'tag'),
      collection('sleep_time', 'sleep'),
      collection('rest_mode_period', 'readiness'),
      collection('daily_resilience', 'stress', 'stress'),
      collection('daily_cardiovascular_age', 'cardio-fitness', 'heart_health'),
      // Spelt so in the address, and vo2_max in notices.
      {
        ...collection('vo2_max', 'cardio-fitness', 'heart_health'),
        url: `${api}/vO2_max`,
        itemUrl: `${api}/vO2_max/{itemID}`,
      },
      collection('daily_cycle_phases', 'reproductive-health', 'reproductive_cycle'),
      {
        ...facts('ring_battery_level', 'devices', 'ring_configuration'),
        range: instants,
      },
      { ...facts('ring_configuration', 'devices', 'ring_configuration'), itemID: 'id' },
      { ...facts('personal_info', 'profile', 'personal'), paging: { by: 'none' }, itemsAt: '' },
      { ...facts('heartrate', 'heart-rate', 'heartrate'), range: instants },
    ],
    webhook: {
      challenge: {
        kind: 'echo',
        secretParameter: 'verification_token',
        echoParameter: 'challenge',
        answerKey: 'challenge',
      },
      authentication: {
        by: 'hmac',
        header: 'x-oura-signature',
        algorithm: 'sha256',
        encoding: 'hex-upper',
        key: 'client-secret',
        message: 'timestamp-then-body',
        timestamp: { header: 'x-oura-timestamp', unit: 's', ageMaxS: 300 },
      },
      answer: 200,
      body: 'json-object',
      userIDAt: 'user_id',
      itemIDAt: 'object_id',
      events: [
        {
          means: 'data-deleted',
          when: [{ path: 'event_type', equals: 'delete' }],
          resourceAt: 'data_type',
        },
        { means: 'data', when: [], resourceAt: 'data_type' },
      ],
    },
    // Subscriptions end by themselves, one for each kind of data and event.
    appSubscription: {
      create: {
        method: 'POST',
        url: 'https://api.ouraring.com/v2/webhook/subscription',
        authentication: 'none',
        headers: keys,
        json: {
          callback_url: '{webhookUrl}',
          verification_token: '{webhookSecret}',
          event_type: '{event}',
          data_type: '{kind}',
        },
      },
      each: { event: ['create', 'update', 'delete'], kind: noticed },
      list: {
        method: 'GET',
        url: 'https://api.ouraring.com/v2/webhook/subscription',
        authentication: 'none',
        headers: keys,
      },
      remove: {
        method: 'DELETE',
        url: 'https://api.ouraring.com/v2/webhook/subscription/{subscriptionID}',
        authentication: 'none',
        headers: keys,
      },
      renew: {
        call: {
          method: 'PUT',
          url: 'https://api.ouraring.com/v2/webhook/subscription/renew/{subscriptionID}',
          authentication: 'none',
          headers: keys,
        },
        everyDays: 7,
      },
    },
  },
});
