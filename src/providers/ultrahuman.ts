import { defineProvider } from '../definitions/defineProvider.ts';

const partner = 'https://partner.ultrahuman.com/api/partners';

function metrics<const Releases extends 'sleep' | 'glucose'>(
  name: string,
  releases: Releases,
  needsScope: string,
) {
  return {
    name,
    releases,
    needsScope,
    method: 'GET',
    url: `${partner}/v1/user_data/metrics`,
    // One day for each call; a night is complete only when the ring has met its phone.
    range: { from: 'date', format: 'ymd', daysMax: 1, overlapS: 172_800 },
    paging: { by: 'none' },
    itemsAt: 'data.metric_data',
  } as const;
}

/** Ultrahuman's partner interface with OAuth; the one with personal tokens is another, and not for studies. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Ultrahuman',
  category: 'Device Manufacturer',
  keywords: ['Ring AIR', 'ring', 'M1', 'continuous glucose monitor'],
  checkedOn: '2026-11-22',
  sources: ['Open Wearables'],
  uncertain: {
    'auth.authorizeUrl': { certainty: 'medium', verify: 'with a registered application' },
    'auth.tokenUrl': { certainty: 'medium', verify: 'with a registered application' },
    'auth.pkce': { certainty: 'medium', verify: 'that a code challenge is ignored, not refused' },
    'auth.clientAuthentication': { certainty: 'medium', verify: 'that the secret goes into the body' },
    'auth.scopes': { certainty: 'medium', verify: 'names, and what each releases' },
    'auth.grantedScopes': { certainty: 'low', verify: 'that the token answer tells the scopes' },
    'auth.userID': { certainty: 'medium', verify: 'user_id of user_info, and that it needs `profile`' },
    'auth.refresh.policy': {
      certainty: 'low',
      verify: 'whether a refresh answers with a new refresh token, and what becomes of the old one',
    },
    'auth.refresh.accessTokenLifetimeS': { certainty: 'low', verify: 'expires_in of a real answer' },
    'auth.refresh.refreshTokenLifetimeS': { certainty: 'low', verify: 'with Ultrahuman' },
    'auth.revoke': {
      certainty: 'medium',
      verify: 'that the call ends the grant; status of one that is gone',
    },
    'errors.0': {
      certainty: 'low',
      verify: 'the reason of a 403: a scope, or an application without access',
    },
    rateLimits: { certainty: 'low', verify: 'with Ultrahuman: nothing is written about them' },
    'delivery.resources': {
      certainty: 'medium',
      verify: 'path of the list, and names of metrics for each scope',
    },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://auth.ultrahuman.com/authorise',
    tokenUrl: `${partner}/oauth/token`,
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    scopes: [
      {
        name: 'profile',
        label: 'Who you are at Ultrahuman',
        releases: ['identity', 'profile'],
        ask: 'required',
      },
      {
        name: 'ring_data',
        label: 'What your ring measures: sleep, heart rate, temperature, steps and cardio fitness',
        releases: [
          'sleep',
          'heart-rate',
          'heart-rate-variability',
          'temperature',
          'activity',
          'cardio-fitness',
        ],
        ask: 'default',
      },
      {
        name: 'cgm_data',
        label: 'What your glucose sensor measures',
        releases: ['glucose'],
        ask: 'default',
      },
    ],
    scopeSeparator: ' ',
    tokenAnswer: {},
    grantedScopes: { from: 'token-answer' },
    userID: [
      {
        from: 'call',
        call: { method: 'GET', url: `${partner}/v1/user_data/user_info`, authentication: 'bearer' },
        path: 'user_id',
        needsScope: 'profile',
      },
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${partner}/oauth/revoke`,
      authentication: 'client_secret_post',
      token: 'access',
      tokenIn: { place: 'form', name: 'token' },
      succeeds: [200],
      alreadyGone: [],
    },
  },
  errors: [{ phases: ['data'], status: 403, verdict: 'scope-missing' }],
  rateLimits: [],
  delivery: {
    by: 'pull',
    // The same call for both: the answer holds what the granted scopes open, and either may be the only one.
    resources: [metrics('ring', 'sleep', 'ring_data'), metrics('cgm', 'glucose', 'cgm_data')],
  },
});
