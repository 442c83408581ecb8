import { defineProvider } from '../definitions/defineProvider.ts';

const oauth = 'https://cloudapi-oauth.suunto.com/oauth';
const api = 'https://cloudapi.suunto.com';
const headers = { 'Ocp-Apim-Subscription-Key': '{SUBSCRIPTION_KEY}' } as const;

function samples<const Releases extends 'sleep' | 'readiness' | 'activity'>(
  name: string,
  releases: Releases,
) {
  return {
    name,
    releases,
    needsScope: 'workout',
    method: 'GET',
    url: `${api}/247samples/${name}`,
    headers,
    range: { from: 'from', to: 'to', format: 'epoch-ms', daysMax: 28, overlapS: 172_800 },
    paging: { by: 'none' },
    itemsAt: '',
  } as const;
}

function told(type: string, resource: string) {
  return { means: 'data', when: [{ path: 'type', equals: type }], resources: [resource] } as const;
}

/**
 * Suunto Cloud API. Webhooks hold the data too, in another form than the calls; they are asked for again, so that
 * there is one form.
 */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Suunto',
  category: 'Device Manufacturer',
  keywords: ['Suunto app', 'sports watch'],
  checkedOn: '2026-11-22',
  sources: ['Open Wearables', 'hits in indexed public code'],
  uncertain: {
    'auth.pkce': { certainty: 'medium', verify: 'that a code challenge is ignored, not refused' },
    'auth.scopes.0.name': {
      certainty: 'medium',
      verify: 'scopes that the application was given in the API Zone',
    },
    'auth.grantedScopes': { certainty: 'medium', verify: 'that a token answer always has a scope' },
    'auth.refresh.policy': {
      certainty: 'low',
      verify: 'whether a refresh answers with a new refresh token, and what becomes of the old one',
    },
    'auth.refresh.accessTokenLifetimeS': { certainty: 'medium', verify: 'expires_in of a real answer' },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'low',
      verify: 'with Suunto: nothing is written about it',
    },
    'auth.revoke': {
      certainty: 'medium',
      verify: 'that the call ends the grant; status of one that is gone',
    },
    errors: {
      certainty: 'medium',
      verify: 'fields of failures that come as HTTP 200; 403 as an exhausted quota',
    },
    rateLimits: { certainty: 'medium', verify: 'limits of the partner tier' },
    'delivery.resources': {
      certainty: 'medium',
      verify:
        'windows (28 days for samples, 14 for statistics), and whether statistics take local or UTC times',
    },
    'delivery.webhook.authentication.key': {
      certainty: 'medium',
      verify:
        'that the signature is made with the notification secret of the API Zone, not the client secret',
    },
  },
  terms: { notes: ['Access is for partners: Suunto approves each application in its API Zone.'] },
  settings: {
    SUBSCRIPTION_KEY: {
      description: 'Subscription key of the application, sent with every call for data',
      example: '0123456789abcdef0123456789abcdef',
      secret: true,
    },
    WEBHOOK_SECRET: {
      description: 'Notification secret of the application, with which Suunto signs what it sends',
      example: 'a long random text from the API Zone',
      secret: true,
    },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: `${oauth}/authorize`,
    tokenUrl: `${oauth}/token`,
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_basic' }],
    scopes: [
      {
        name: 'workout',
        label: 'Workouts with their routes, daily activity, sleep and recovery',
        releases: ['workouts', 'location', 'heart-rate', 'activity', 'sleep', 'readiness'],
        ask: 'required',
      },
    ],
    scopeSeparator: ' ',
    tokenAnswer: {},
    // One scope for everything, and an answer may leave it out.
    grantedScopes: { from: 'request' },
    // The user name, as in webhooks; the claim `sub` is another number.
    userID: [
      { from: 'access-token-claim', claim: 'user' },
      { from: 'token-answer', field: 'user' },
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 86_400, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'call',
      method: 'GET',
      url: `${oauth}/deauthorize?client_id={clientID}`,
      authentication: 'bearer',
      token: 'access',
      succeeds: [200],
      alreadyGone: [401],
    },
  },
  errors: [
    // The gateway in front of the interface answers so when a quota is used up.
    { phases: ['data'], status: 403, verdict: 'rate-limited' },
    { phases: ['data'], status: 200, bodyNot: { path: 'error', in: [null] }, verdict: 'failed' },
    { phases: ['data'], status: 200, bodyNot: { path: 'code', in: [null] }, verdict: 'failed' },
  ],
  rateLimits: [],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      {
        name: 'workouts',
        releases: 'workouts',
        needsScope: 'workout',
        method: 'GET',
        url: `${api}/v3/workouts`,
        headers,
        query: { 'filter-by-modification-time': 'true' },
        range: { from: 'since', format: 'epoch-ms' },
        paging: { by: 'offset', send: 'offset', size: { parameter: 'limit', max: 100 } },
        itemsAt: 'payload',
        itemID: 'workoutKey',
      },
      samples('sleep', 'sleep'),
      samples('recovery', 'readiness'),
      samples('activity', 'activity'),
      {
        name: 'daily-activity-statistics',
        releases: 'activity',
        needsScope: 'workout',
        method: 'GET',
        url: `${api}/247/daily-activity-statistics`,
        headers,
        range: {
          from: 'startdate',
          to: 'enddate',
          format: 'iso-without-zone',
          daysMax: 14,
          overlapS: 172_800,
        },
        paging: { by: 'none' },
        itemsAt: '',
      },
    ],
    webhook: {
      authentication: {
        by: 'hmac',
        header: 'x-hmac-sha256-signature',
        algorithm: 'sha256',
        encoding: 'hex-lower',
        key: 'issued-secret',
        message: 'body',
      },
      answer: 200,
      deadlineS: 2,
      body: 'json-object',
      userIDAt: 'username',
      events: [
        told('WORKOUT_CREATED', 'workouts'),
        told('SUUNTO_247_SLEEP_CREATED', 'sleep'),
        told('SUUNTO_247_RECOVERY_CREATED', 'recovery'),
        told('SUUNTO_247_ACTIVITY_CREATED', 'activity'),
        // Routes are plans, nothing that happened.
        { means: 'ignored', when: [] },
      ],
    },
  },
});
