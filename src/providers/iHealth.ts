import { defineProvider } from '../definitions/defineProvider.ts';

const host = 'https://api.ihealthlabs.com:8443';
const oauth = `${host}/OpenApiV2/OAuthv2/userauthorization/`;

const kinds = {
  bp: { scope: 'OpenApiBP', releases: 'blood-pressure', list: 'BPDataList', sv: '{SV_BP}' },
  weight: { scope: 'OpenApiWeight', releases: 'weight', list: 'WeightDataList', sv: '{SV_WEIGHT}' },
  glucose: { scope: 'OpenApiBG', releases: 'glucose', list: 'BGDataList', sv: '{SV_GLUCOSE}' },
  spo2: { scope: 'OpenApiSpO2', releases: 'oxygen-saturation', list: 'BODataList', sv: '{SV_SPO2}' },
  activity: { scope: 'OpenApiActivity', releases: 'activity', list: 'ARDataList', sv: '{SV_ACTIVITY}' },
  sleep: { scope: 'OpenApiSleep', releases: 'sleep', list: 'SRDataList', sv: '{SV_SLEEP}' },
} as const;

function measured<const Name extends keyof typeof kinds>(name: Name) {
  const { scope, releases, list, sv } = kinds[name];
  return {
    name,
    releases,
    needsScope: scope,
    method: 'GET',
    url: `${host}/openapiv2/user/{userID}/${name}.json/`,
    tokenParameter: 'access_token',
    query: { client_id: '{clientID}', client_secret: '{clientSecret}', sc: '{SC}', sv },
    range: { from: 'start_time', to: 'end_time', format: 'epoch-s', overlapS: 172_800 },
    paging: { by: 'number', send: 'page_index', size: { max: 50 } },
    itemsAt: list,
    itemID: 'DataID',
  } as const;
}

function code(what: string) {
  return {
    description: `Code (sv) that iHealth issued to the application for ${what}`,
    example: '0123456789ABCDEF0123456789ABCDEF',
    secret: true,
  } as const;
}

/** iHealth Open API V2: OAuth from before the standard, with everything in the query of a GET. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'iHealth',
  category: 'Device Manufacturer',
  keywords: ['blood pressure monitor', 'scale', 'glucometer', 'pulse oximeter'],
  checkedOn: '2026-11-22',
  sources: [
    'hits in indexed public code (eight implementations, all old)',
    'api-evangelist capture of Andon Health',
  ],
  uncertain: {
    auth: {
      certainty: 'low',
      verify: 'all of it with iHealth: the current portal shows other routes than this version',
    },
    'auth.refresh.policy': { certainty: 'low', verify: 'what becomes of the old refresh token' },
    'auth.refresh.refreshTokenLifetimeS': { certainty: 'low', verify: 'with iHealth' },
    'auth.revoke': {
      certainty: 'low',
      verify: 'whether there is a call, and where a participant ends the access',
    },
    errors: { certainty: 'low', verify: 'how failures look, above all a token that is gone' },
    rateLimits: { certainty: 'low', verify: 'with iHealth: nothing is written about them' },
    'delivery.resources': {
      certainty: 'low',
      verify: 'names of lists and of identifiers, page size, and that each kind has a code (sv) of its own',
    },
  },
  // Everything below was seen in code only.
  lifecycle: { state: 'beta' },
  settings: {
    SC: {
      description: 'Code (sc) that iHealth issued to the application',
      example: '0123456789ABCDEF0123456789ABCDEF',
      secret: true,
    },
    SV_BP: code('blood pressure'),
    SV_WEIGHT: code('weight'),
    SV_GLUCOSE: code('glucose'),
    SV_SPO2: code('blood oxygen'),
    SV_ACTIVITY: code('activity'),
    SV_SLEEP: code('sleep'),
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: oauth,
    tokenUrl: oauth,
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_query' }],
    tokenMethod: 'GET',
    scopeParameter: 'APIName',
    scopes: [
      { name: 'OpenApiBP', label: 'Blood pressure', releases: ['blood-pressure'], ask: 'default' },
      {
        name: 'OpenApiWeight',
        label: 'Weight and body composition',
        releases: ['weight', 'body-composition'],
        ask: 'default',
      },
      { name: 'OpenApiBG', label: 'Glucose', releases: ['glucose'], ask: 'default' },
      { name: 'OpenApiSpO2', label: 'Blood oxygen', releases: ['oxygen-saturation'], ask: 'default' },
      { name: 'OpenApiActivity', label: 'Steps and daily activity', releases: ['activity'], ask: 'default' },
      { name: 'OpenApiSleep', label: 'Sleep', releases: ['sleep'], ask: 'default' },
      { name: 'OpenApiSport', label: 'Workouts', releases: ['workouts'], ask: 'never' },
      {
        name: 'OpenApiUserInfo',
        label: 'Your profile, such as age and height',
        releases: ['profile'],
        ask: 'never',
      },
    ],
    scopeSeparator: ' ',
    // In place of grant_type; whose token it is has to be said too.
    refreshParameters: { response_type: 'refresh_token', UserID: '{userID}' },
    tokenAnswer: {
      fields: { access_token: 'AccessToken', refresh_token: 'RefreshToken', expires_in: 'Expires' },
    },
    grantedScopes: { from: 'token-answer', field: 'APIName' },
    userID: [{ from: 'token-answer', field: 'UserID' }],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 172_800, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'participant',
      instructions:
        'Sign in to your iHealth account and remove this study from the applications with access.',
    },
  },
  errors: [
    { body: { path: 'Error', in: ['limits_hour_error'] }, verdict: 'rate-limited' },
    // Failures tell a code of their own; with which status of HTTP is written nowhere.
    { status: 200, bodyNot: { path: 'ErrorCode', in: [] }, verdict: 'failed' },
  ],
  rateLimits: [],
  delivery: {
    by: 'pull',
    resources: [
      measured('bp'),
      measured('weight'),
      measured('glucose'),
      measured('spo2'),
      measured('activity'),
      measured('sleep'),
    ],
  },
});
