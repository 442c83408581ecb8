import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://www.strava.com/api/v3';
const credentials = 'client_id={clientID}&client_secret={clientSecret}';

/** Windows begin with the clock: at each quarter of an hour, at midnight UTC. Headers are pairs of both. */
function window(requests: number, windowS: 900 | 86_400, headers: 'ratelimit' | 'readratelimit') {
  const place = windowS === 900 ? 0 : 1;
  return {
    counts: 'application',
    requests,
    windowS,
    window: 'clock',
    headers: { limit: `x-${headers}-limit`, used: `x-${headers}-usage`, place },
  } as const;
}

const activity = {
  needsScope: 'activity:read',
  method: 'GET',
  paging: { by: 'none' },
  itemsAt: '',
} as const;

function about(object: 'athlete' | 'activity', aspect: 'create' | 'update' | 'delete') {
  return [
    { path: 'object_type', equals: object },
    { path: 'aspect_type', equals: aspect },
  ] as const;
}

/** Strava API v3. What participants grant is told in the redirect, where they can untick scopes. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Strava',
  category: 'Device Manufacturer',
  keywords: ['running', 'cycling'],
  checkedOn: '2026-11-22',
  sources: ['Open Wearables', 'Nango providers', 'stravalib', 'Strava developer site'],
  uncertain: {
    'auth.refresh.refreshTokenLifetimeS': { certainty: 'low', verify: 'whether an unused one ever dies' },
    'auth.revoke.tokenIn': {
      certainty: 'medium',
      verify: 'that a revoked refresh token ends the access token too, with a test athlete',
    },
    'errors.0': { certainty: 'medium', verify: 'shape of the answer to wrong credentials' },
    'errors.2': {
      certainty: 'medium',
      verify: 'how private activities answer without activity:read_all, 403 or 404',
    },
    'rateLimits.2.requests': { certainty: 'medium', verify: 'X-ReadRateLimit-Limit of a real answer' },
    'rateLimits.3.requests': { certainty: 'medium', verify: 'X-ReadRateLimit-Limit of a real answer' },
    'delivery.webhook.authentication': {
      certainty: 'medium',
      verify: 'that every message has X-Strava-Signature, and with which key; then drop mayBeUnsigned',
    },
    'delivery.webhook.events.1': {
      certainty: 'medium',
      verify: 'whether an athlete is ever deleted without having withdrawn before',
    },
    'terms.needsPermission': {
      certainty: 'medium',
      verify: 'what the API agreement says on research today; ask Strava in writing',
    },
    'terms.participantsBeforeReview': {
      certainty: 'medium',
      verify: 'with how many athletes an application starts',
    },
  },
  terms: {
    notes: [
      'The API agreement of November 2024 forbids showing a person’s data to others and using them for AI: a study needs written clearance.',
      'Creating an application needs a paid Strava subscription.',
      'An application starts with one athlete until Strava has reviewed it.',
    ],
    needsPermission: true,
    participantsBeforeReview: 1,
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://www.strava.com/oauth/authorize',
    tokenUrl: 'https://www.strava.com/oauth/token',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    scopes: [
      {
        name: 'read',
        label: 'Your public profile',
        releases: ['identity', 'profile'],
        ask: 'default',
      },
      {
        name: 'activity:read',
        label: 'Your activities, but not those that only you can see',
        releases: ['workouts', 'location', 'heart-rate'],
        ask: 'default',
      },
      {
        name: 'activity:read_all',
        label: 'All your activities, also those that only you can see, and their full routes',
        releases: ['workouts', 'location', 'heart-rate'],
        ask: 'optional',
        includes: ['activity:read'],
      },
      {
        name: 'profile:read_all',
        label: 'Your whole profile, with weight and heart rate zones',
        releases: ['profile', 'weight'],
        ask: 'optional',
      },
      {
        name: 'read_all',
        label: 'Your private routes, segments and events',
        releases: ['location'],
        ask: 'never',
        includes: ['read'],
      },
      { name: 'profile:write', label: 'Change your profile', releases: [], ask: 'never' },
      { name: 'activity:write', label: 'Add and change activities', releases: [], ask: 'never' },
    ],
    scopeSeparator: ',',
    // `force` would ask again each time, although everything was granted.
    authorizeParameters: { approval_prompt: 'auto' },
    tokenAnswer: { fields: { expires_at: 'expires_at' } },
    grantedScopes: { from: 'redirect', parameter: 'scope' },
    // Only the answer to the code has the athlete, not that to a refresh.
    userID: [
      { from: 'token-answer', field: 'athlete.id' },
      {
        from: 'call',
        call: { method: 'GET', url: `${api}/athlete`, authentication: 'bearer' },
        path: 'id',
        needsScope: 'read',
      },
    ],
    // A refresh may give a new refresh token; the old one stops at once when it does.
    refresh: { policy: 'rotating', accessTokenLifetimeS: 21_600, refreshTokenLifetimeS: 'unknown' },
    // The person and the application are one grant: ending one token ends all of that athlete (a client's test).
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'POST',
      url: 'https://www.strava.com/oauth/revoke',
      authentication: 'client_secret_basic',
      token: 'refresh',
      tokenIn: { place: 'form', name: 'token' },
      form: { token_type_hint: 'refresh_token' },
      // 200 too when there was nothing to revoke any more.
      succeeds: [200],
      alreadyGone: [],
    },
  },
  errors: [
    {
      phases: ['token', 'refresh'],
      status: [400, 401],
      body: { path: 'errors.0.resource', in: ['Application'] },
      verdict: 'operator-alarm',
    },
    {
      phases: ['refresh'],
      status: [400, 401],
      body: { path: 'errors.0.resource', in: ['RefreshToken'] },
      verdict: 'unauthorized',
    },
    // Deleted, or private and not granted: nothing for us either way.
    { phases: ['data'], status: 404, verdict: 'no-data' },
    { phases: ['revoke'], status: 503, verdict: 'retry-later' },
    {
      phases: ['token'],
      status: 400,
      body: { path: 'errors.0.resource', in: ['AuthorizationCode'] },
      verdict: 'unauthorized',
    },
    // An athlete who has unticked a scope is told as a 401; her token is good for the others.
    {
      phases: ['connect', 'data'],
      status: [401, 403],
      body: { path: 'errors.0.code', in: ['missing'] },
      verdict: 'scope-missing',
    },
    // Whoever owns the application has no subscription any more. Tokens are still refreshed, data are refused.
    {
      phases: ['connect', 'data'],
      status: 403,
      body: { path: 'errors.0.code', in: ['Inactive'] },
      verdict: 'operator-alarm',
    },
  ],
  rateLimits: [
    window(200, 900, 'ratelimit'),
    window(2000, 86_400, 'ratelimit'),
    window(100, 900, 'readratelimit'),
    window(1000, 86_400, 'readratelimit'),
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      {
        name: 'activities',
        releases: 'workouts',
        ...activity,
        url: `${api}/athlete/activities`,
        range: { from: 'after', to: 'before', format: 'epoch-s', overlapS: 172_800 },
        paging: { by: 'number', send: 'page', size: { parameter: 'per_page', max: 200 } },
        itemID: 'id',
        itemUrl: `${api}/activities/{itemID}`,
        // `timezone` is a text such as "(GMT-08:00) America/Los_Angeles"; the offset is plain.
        localTime: { kind: 'offset', path: 'utc_offset', unit: 's' },
      },
      {
        name: 'streams',
        releases: 'location',
        ...activity,
        forEach: 'activities',
        url: `${api}/activities/{itemID}/streams`,
        query: {
          keys: 'time,distance,latlng,altitude,velocity_smooth,heartrate,cadence,watts,temp,moving,grade_smooth',
          key_by_type: 'true',
        },
      },
      {
        name: 'athlete',
        releases: 'profile',
        ...activity,
        needsScope: 'read',
        url: `${api}/athlete`,
        itemID: 'id',
      },
      {
        name: 'zones',
        releases: 'profile',
        ...activity,
        needsScope: 'profile:read_all',
        url: `${api}/athlete/zones`,
      },
    ],
    webhook: {
      challenge: {
        kind: 'echo',
        secretParameter: 'hub.verify_token',
        echoParameter: 'hub.challenge',
        answerKey: 'hub.challenge',
      },
      authentication: {
        by: 'hmac',
        header: 'x-strava-signature',
        algorithm: 'sha256',
        encoding: 'hex-lower',
        key: 'client-secret',
        message: 'timestamp-dot-body',
        timestamp: { header: 'x-strava-signature', unit: 's', ageMaxS: 300 },
        mayBeUnsigned: true,
      },
      answer: 200,
      deadlineS: 2,
      body: 'json-object',
      userIDAt: 'owner_id',
      itemIDAt: 'object_id',
      events: [
        // A text, not a boolean.
        {
          means: 'deregistered',
          when: [...about('athlete', 'update'), { path: 'updates.authorized', equals: 'false' }],
        },
        { means: 'deregistered', when: about('athlete', 'delete') },
        { means: 'data-deleted', when: about('activity', 'delete'), resources: ['activities', 'streams'] },
        { means: 'data', when: about('activity', 'create'), resources: ['activities', 'streams'] },
        { means: 'data', when: about('activity', 'update'), resources: ['activities', 'streams'] },
        { means: 'ignored', when: [] },
      ],
    },
    // One for each application; it does not end by itself.
    appSubscription: {
      create: {
        method: 'POST',
        url: `${api}/push_subscriptions`,
        authentication: 'client_secret_post',
        form: { callback_url: '{webhookUrl}', verify_token: '{webhookSecret}' },
        accepts: [200, 201],
      },
      list: {
        method: 'GET',
        url: `${api}/push_subscriptions?${credentials}`,
        authentication: 'none',
      },
      remove: {
        method: 'DELETE',
        url: `${api}/push_subscriptions/{subscriptionID}?${credentials}`,
        authentication: 'none',
        accepts: [204],
      },
    },
  },
});
