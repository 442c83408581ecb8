import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://api.prod.whoop.com/developer/v2';

/** Records of a time range; scores come later than the record, so pending ones are read again. */
function records(name: Scored, path: string, facts: { releases: DataType; needsScope: string }) {
  return {
    name,
    ...facts,
    method: 'GET',
    url: `${api}/${path}`,
    range: { from: 'start', to: 'end', format: 'iso-z', overlapS: 172_800 },
    paging: {
      by: 'token',
      read: 'next_token',
      send: 'nextToken',
      size: { parameter: 'limit', max: 25 },
    },
    itemsAt: 'records',
    updatedAt: 'updated_at',
    pendingWhen: { path: 'score_state', equals: 'PENDING_SCORE' },
  } as const;
}

function changed(name: 'workout' | 'sleep' | 'recovery') {
  const resources = [name];
  return [
    { means: 'data', when: [{ path: 'type', equals: `${name}.updated` }], resources },
    { means: 'data-deleted', when: [{ path: 'type', equals: `${name}.deleted` }], resources },
  ] as const;
}

type Scored = 'cycle' | 'recovery' | 'sleep' | 'workout';

const zone = { kind: 'offset', path: 'timezone_offset', unit: 'text' } as const;

/** WHOOP API v2; v1 with its numeric identifiers is gone. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'WHOOP',
  category: 'Device Manufacturer',
  keywords: ['strap', 'band'],
  checkedOn: '2026-11-22',
  sources: ['Open Wearables', 'WHOOP OpenAPI description', 'WHOOP developer site'],
  uncertain: {
    'auth.stateLengthMin': { certainty: 'medium', verify: 'the least length of state' },
    'auth.refresh.accessTokenLifetimeS': { certainty: 'medium', verify: 'expires_in of a real answer' },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that of two refreshes at once one loses and its tokens are dead',
    },
    'auth.refresh.refreshTokenLifetimeS': { certainty: 'low', verify: 'how long an unused one lives' },
    'errors.1': {
      certainty: 'medium',
      verify: 'status and error of a refresh after the member has withdrawn',
    },
    'delivery.webhook.answer': { certainty: 'medium', verify: 'which statuses stop the repetition' },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://api.prod.whoop.com/oauth/oauth2/auth',
    tokenUrl: 'https://api.prod.whoop.com/oauth/oauth2/token',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    scopes: [
      {
        name: 'offline',
        label: 'Keep sharing while you are not there',
        releases: ['continued-access'],
        ask: 'required',
      },
      {
        name: 'read:profile',
        label: 'Your name and e-mail address',
        releases: ['identity', 'profile'],
        ask: 'required',
      },
      {
        name: 'read:cycles',
        label: 'Strain, energy and average heart rate of each day',
        releases: ['activity', 'heart-rate'],
        ask: 'default',
      },
      {
        name: 'read:recovery',
        label: 'Recovery, with resting heart rate, its variability, blood oxygen and skin temperature',
        releases: ['readiness', 'heart-rate', 'heart-rate-variability', 'oxygen-saturation', 'temperature'],
        ask: 'default',
      },
      {
        name: 'read:sleep',
        label: 'Sleep, with its stages and your breathing rate',
        releases: ['sleep', 'respiratory-rate'],
        ask: 'default',
      },
      {
        name: 'read:workout',
        label: 'Workouts, with strain and heart rate',
        releases: ['workouts', 'heart-rate'],
        ask: 'default',
      },
      {
        name: 'read:body_measurement',
        label: 'Your height, weight and highest heart rate',
        releases: ['weight', 'profile'],
        ask: 'optional',
      },
    ],
    scopeSeparator: ' ',
    stateLengthMin: 8,
    // Without it the answer has no refresh token, and the account ends with its access token.
    refreshParameters: { scope: 'offline' },
    tokenAnswer: {},
    grantedScopes: { from: 'token-answer' },
    userID: [
      {
        from: 'call',
        call: { method: 'GET', url: `${api}/user/profile/basic`, authentication: 'bearer' },
        path: 'user_id',
        needsScope: 'read:profile',
      },
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 3600, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'call',
      method: 'DELETE',
      url: `${api}/user/access`,
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
  rateLimits: [
    {
      counts: 'application',
      requests: 100,
      windowS: 60,
      headers: {
        limit: 'x-ratelimit-limit',
        remaining: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        byWindow: true,
      },
    },
    {
      counts: 'application',
      requests: 10_000,
      windowS: 86_400,
      headers: {
        limit: 'x-ratelimit-limit',
        remaining: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        byWindow: true,
      },
    },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      // No notices about cycles: they are asked for when something else is due, and on the schedule.
      {
        ...records('cycle', 'cycle', { releases: 'activity', needsScope: 'read:cycles' }),
        itemID: 'id',
        itemUrl: `${api}/cycle/{itemID}`,
        localTime: zone,
      },
      // In v2 a recovery has the identifier of its sleep, and no address of its own.
      {
        ...records('recovery', 'recovery', { releases: 'readiness', needsScope: 'read:recovery' }),
        itemID: 'sleep_id',
      },
      {
        ...records('sleep', 'activity/sleep', { releases: 'sleep', needsScope: 'read:sleep' }),
        itemID: 'id',
        itemUrl: `${api}/activity/sleep/{itemID}`,
        localTime: zone,
      },
      {
        ...records('workout', 'activity/workout', { releases: 'workouts', needsScope: 'read:workout' }),
        itemID: 'id',
        itemUrl: `${api}/activity/workout/{itemID}`,
        localTime: zone,
      },
      {
        name: 'body_measurement',
        releases: 'weight',
        needsScope: 'read:body_measurement',
        method: 'GET',
        url: `${api}/user/measurement/body`,
        paging: { by: 'none' },
        itemsAt: '',
      },
    ],
    // The address is entered in WHOOP's dashboard.
    webhook: {
      authentication: {
        by: 'hmac',
        header: 'x-whoop-signature',
        algorithm: 'sha256',
        encoding: 'base64',
        key: 'client-secret',
        message: 'timestamp-then-body',
        timestamp: { header: 'x-whoop-signature-timestamp', unit: 'ms', ageMaxS: 300 },
      },
      answer: 200,
      body: 'json-object',
      userIDAt: 'user_id',
      itemIDAt: 'id',
      events: [
        ...changed('workout'),
        ...changed('sleep'),
        ...changed('recovery'),
        { means: 'ignored', when: [] },
      ],
    },
  },
});
