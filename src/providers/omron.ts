import { defineProvider } from '../definitions/defineProvider.ts';

function measured<
  const Type extends 'bloodpressure' | 'activity' | 'weight' | 'temperature',
  const R extends string,
>(type: Type, releases: R, itemsAt: string) {
  return {
    name: type,
    releases,
    needsScope: type,
    method: 'POST',
    url: '{MEASUREMENT_URL}',
    form: { type },
    range: { from: 'since', format: 'ymd', overlapS: 172_800 },
    paging: { by: 'none' },
    itemsAt,
  } as const;
}

function address(what: string, path: string) {
  return {
    description: `${what}, from the contract with Omron`,
    example: `https://omron.example${path}`,
  } as const;
}

/** Omron's interface for partners. Nothing about it is public: addresses come from the contract, as settings. */
export const provider = defineProvider({
  kind: 'provider',
  id: 1466,
  name: 'Omron',
  category: 'Device Manufacturer',
  keywords: ['OMRON Connect', 'blood pressure monitor', 'scale'],
  checkedOn: '2026-11-22',
  sources: ['CareEvolution MyDataHelpsUI (that it exists)', 'memory; there is no public documentation'],
  uncertain: {
    auth: { certainty: 'low', verify: 'all of it with the documentation that comes with the contract' },
    'auth.pkce': { certainty: 'low', verify: 'that a code challenge is at least ignored' },
    'auth.clientAuthentication': { certainty: 'low', verify: 'basic or in the body' },
    'auth.scopes': { certainty: 'low', verify: 'names, and which ones the contract covers' },
    'auth.grantedScopes': { certainty: 'low', verify: 'that the token answer tells the scopes' },
    'auth.userID': {
      certainty: 'low',
      verify: 'that the access token is a JWT, and its claim for the person',
    },
    'auth.refresh.policy': { certainty: 'low', verify: 'what becomes of the old refresh token' },
    'auth.refresh.accessTokenLifetimeS': { certainty: 'low', verify: 'expires_in of a real answer' },
    'auth.refresh.refreshTokenLifetimeS': { certainty: 'low', verify: 'the contract' },
    'auth.revoke': {
      certainty: 'low',
      verify: 'whether there is a call, and where a participant ends the access',
    },
    errors: { certainty: 'low', verify: 'how failures look' },
    rateLimits: { certainty: 'low', verify: 'the contract' },
    'delivery.resources': {
      certainty: 'low',
      verify: 'fields of the call and of its answer, and its paging',
    },
    'delivery.webhook': { certainty: 'low', verify: 'body of a notification and how it is authenticated' },
  },
  terms: {
    notes: ['Access needs a contract with Omron, which also names all addresses.'],
    needsPermission: true,
  },
  lifecycle: { state: 'beta' },
  settings: {
    AUTHORIZE_URL: address('Authorization endpoint', '/connect/authorize'),
    TOKEN_URL: address('Token endpoint', '/connect/token'),
    MEASUREMENT_URL: address('Address of the call for measurements', '/api/measurement'),
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: '{AUTHORIZE_URL}',
    tokenUrl: '{TOKEN_URL}',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }, { method: 'client_secret_basic' }],
    scopes: [
      {
        name: 'bloodpressure',
        label: 'Blood pressure and pulse',
        releases: ['blood-pressure', 'heart-rate'],
        ask: 'default',
      },
      { name: 'activity', label: 'Steps and daily activity', releases: ['activity'], ask: 'default' },
      {
        name: 'weight',
        label: 'Weight and body composition',
        releases: ['weight', 'body-composition'],
        ask: 'default',
      },
      { name: 'temperature', label: 'Body temperature', releases: ['temperature'], ask: 'default' },
      { name: 'openid', label: 'Who you are at Omron', releases: ['identity'], ask: 'required' },
      {
        name: 'offline_access',
        label: 'Access while you are not there',
        releases: ['continued-access'],
        ask: 'required',
      },
    ],
    scopeSeparator: ' ',
    tokenAnswer: {},
    grantedScopes: { from: 'token-answer' },
    userID: [{ from: 'access-token-claim', claim: 'sub' }],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'participant',
      instructions: 'Sign in to your OMRON account and remove this study from the connected applications.',
    },
  },
  errors: [],
  rateLimits: [],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      measured('bloodpressure', 'blood-pressure', 'result.bloodPressure'),
      measured('activity', 'activity', 'result.activity'),
      measured('weight', 'weight', 'result.weight'),
      measured('temperature', 'temperature', 'result.temperature'),
    ],
    // A notice says only whose measurements are new.
    webhook: {
      authentication: { by: 'secret-path' },
      answer: 200,
      body: 'json-object',
      userIDAt: 'id',
      events: [{ means: 'data', when: [] }],
    },
  },
});
