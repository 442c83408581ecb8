import { defineProvider } from '../definitions/defineProvider.ts';

const host = 'https://{host}';

/** COROS Open API, for partners. Its answers come as HTTP 200 with the outcome in `result`. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'COROS',
  category: 'Device Manufacturer',
  keywords: ['sports watch', 'PACE', 'APEX', 'VERTIX'],
  checkedOn: '2026-11-22',
  sources: ['Nango providers', 'hits in indexed public code (six implementations)'],
  uncertain: {
    'auth.scopes.0.name': {
      certainty: 'low',
      verify: 'the reference of the partner programme: later versions are said to know no scopes at all',
    },
    'auth.refresh.extendsByS': { certainty: 'medium', verify: 'what a refresh answers, and for how long' },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'low',
      verify: 'whether an access token that has ended can still be refreshed; one source says always',
    },
    'auth.revoke.tokenIn': {
      certainty: 'medium',
      verify: 'place of the token: query, form or header in different code',
    },
    'auth.tokenAnswer.succeedsWhen': {
      certainty: 'medium',
      verify: 'a real answer to a code and to a refresh',
    },
    'regions.values.sandbox.host': { certainty: 'medium', verify: 'that the sandbox still answers' },
    errors: { certainty: 'low', verify: 'values of `result`, above all the one for a token that is gone' },
    rateLimits: { certainty: 'low', verify: 'the partner contract' },
    'delivery.by': {
      certainty: 'low',
      verify:
        'workouts are also pushed; how, and how they are authenticated, is said in the partner contract',
    },
    'delivery.resources.0': {
      certainty: 'medium',
      verify: 'the longest range (30 days) and the kind of day',
    },
  },
  terms: { notes: ['Access is for partners: COROS approves each application.'] },
  regions: {
    default: 'production',
    values: { production: { host: 'open.coros.com' }, sandbox: { host: 'opentest.coros.com' } },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: `${host}/oauth2/authorize`,
    tokenUrl: `${host}/oauth2/accesstoken`,
    refreshUrl: `${host}/oauth2/refresh-token`,
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    scopes: [
      {
        name: 'workout',
        label: 'Workouts with their routes and heart rate',
        releases: ['workouts', 'location', 'heart-rate'],
        ask: 'required',
      },
    ],
    scopeSeparator: ' ',
    // The answer to a code has no `result` when it succeeds; the one to a refresh may have nothing else.
    tokenAnswer: {
      succeedsWhen: { path: 'result', equals: '0000', orAbsent: true },
      mayOmitTokens: true,
    },
    grantedScopes: { from: 'request' },
    userID: [{ from: 'token-answer', field: 'openId' }],
    refresh: {
      policy: 'extends-in-place',
      extendsByS: 2_592_000,
      accessTokenLifetimeS: 2_592_000,
      refreshTokenLifetimeS: 'unknown',
      keepAliveEveryS: 1_728_000,
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${host}/oauth2/deauthorize`,
      authentication: 'none',
      token: 'access',
      tokenIn: { place: 'query', name: 'token' },
      succeeds: [200],
      alreadyGone: [401],
    },
  },
  errors: [{ status: 200, bodyNot: { path: 'result', in: ['0000'] }, verdict: 'failed' }],
  rateLimits: [],
  delivery: {
    by: 'pull',
    resources: [
      {
        name: 'workouts',
        releases: 'workouts',
        needsScope: 'workout',
        method: 'GET',
        url: `${host}/v2/coros/sport/list`,
        tokenParameter: 'token',
        query: { openId: '{userID}' },
        range: { from: 'startDate', to: 'endDate', format: 'ymd-compact', daysMax: 30, overlapS: 172_800 },
        paging: { by: 'none' },
        itemsAt: 'data',
        itemID: 'labelId',
      },
    ],
  },
});
