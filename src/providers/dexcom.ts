import { defineProvider } from '../definitions/defineProvider.ts';

const users = 'https://{host}/v3/users/self';

/** Records of a time range; there is no paging, and what arrives late is asked for again. */
function records(name: string, releases: 'glucose' | 'self-reports' | 'devices') {
  return {
    name,
    releases,
    needsScope: 'offline_access',
    method: 'GET',
    url: `${users}/${name}`,
    range: {
      from: 'startDate',
      to: 'endDate',
      format: 'iso-without-zone',
      daysMax: 30,
      overlapS: 86_400,
    },
    paging: { by: 'none' },
    itemsAt: 'records',
    itemID: 'recordId',
    localTime: { kind: 'two-clocks', utc: 'systemTime', local: 'displayTime' },
  } as const;
}

/** Dexcom API v3 (OAuth is still v2). Each region has its own host and accounts; one of them is configured. */
export const provider = defineProvider({
  kind: 'provider',
  id: 5691,
  name: 'Dexcom',
  category: 'Device Manufacturer',
  keywords: ['glucose', 'CGM', 'G6', 'G7', 'Stelo'],
  checkedOn: '2026-11-22',
  sources: ['Tidepool platform', 'Metriport', 'Dexcom developer site (v3)'],
  uncertain: {
    'auth.refreshRepeats': {
      certainty: 'medium',
      verify: 'whether a refresh fails without redirect_uri; one client sends it, others do not',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that a refresh token is dead after one use, with a sandbox user',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'low',
      verify: 'a year or 90 days, depending on who says it; until then invalid_grant tells',
    },
    'delivery.resources.1.range.overlapS': {
      certainty: 'medium',
      verify: 'how late data arrive: about 3 hours in the US, 1 hour elsewhere',
    },
    'delivery.resources.4': {
      certainty: 'low',
      verify: 'whether devices take a time range and have identifiers in v3',
    },
    'terms.participantsBeforeReview': {
      certainty: 'medium',
      verify: 'limit of the limited access level',
    },
  },
  terms: {
    notes: [
      'Twenty people can connect until Dexcom has approved the application for full access.',
      'Glucose values are delayed by design, by hours in the US.',
    ],
    participantsBeforeReview: 20,
  },
  regions: {
    default: 'us',
    values: {
      us: { host: 'api.dexcom.com' },
      'outside-us': { host: 'api.dexcom.eu' },
      japan: { host: 'api.dexcom.jp' },
      sandbox: { host: 'sandbox-api.dexcom.com' },
    },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://{host}/v2/oauth2/login',
    tokenUrl: 'https://{host}/v2/oauth2/token',
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    // All or nothing: consent to alerts or calibrations is Dexcom's own and not told.
    scopes: [
      {
        name: 'offline_access',
        label: 'Glucose values, events that you enter, calibrations, alerts and your devices',
        releases: ['glucose', 'self-reports', 'devices', 'continued-access'],
        ask: 'required',
      },
    ],
    scopeSeparator: ' ',
    refreshRepeats: ['redirect_uri'],
    tokenAnswer: {},
    grantedScopes: { from: 'request' },
    // One for each account and application.
    userID: [{ from: 'first-data', path: 'userId' }],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 7200, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'participant',
      instructions: 'Sign in to your Dexcom account, open the list of authorised apps and remove the study.',
    },
  },
  errors: [
    // Authentication fails now and then for grants that are good, so that once is not believed.
    {
      phases: ['refresh'],
      body: { path: 'error', in: ['invalid_grant'] },
      times: 3,
      verdict: 'unauthorized',
    },
  ],
  rateLimits: [{ counts: 'application', requests: 60_000, windowS: 3600 }],
  delivery: {
    by: 'pull',
    resources: [
      // First and last instant of each kind. `lastSyncTime` is left out: it answers wrongly when it is old.
      {
        name: 'dataRange',
        releases: 'glucose',
        needsScope: 'offline_access',
        method: 'GET',
        url: `${users}/dataRange`,
        paging: { by: 'none' },
        itemsAt: '',
      },
      records('egvs', 'glucose'),
      records('events', 'self-reports'),
      records('calibrations', 'glucose'),
      records('devices', 'devices'),
      records('alerts', 'devices'),
    ],
  },
});
