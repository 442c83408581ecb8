import { createHmac } from 'node:crypto';

import type { DataType } from '../definitions/dataTypes.ts';
import { defineProvider } from '../definitions/defineProvider.ts';

const api = 'https://wbsapi.withings.net';
const days = { from: 'startdateymd', to: 'enddateymd', format: 'ymd', changedSince: 'lastupdate' } as const;
const instants = { from: 'startdate', to: 'enddate', format: 'epoch-s' } as const;
const paging = { by: 'offset', send: 'offset', more: 'body.more', read: 'body.offset' } as const;

/** Minute by minute; a day for each request. */
const oneDay = { range: { ...instants, daysMax: 1 }, paging: { by: 'none' } } as const;
const identified = { itemID: 'id', updatedAt: 'modified' } as const;

/** Address and action, as in `/v2/sleep get`. */
function call(what: string, needsScope: string) {
  const [path = '', action = ''] = what.split(' ');
  return { method: 'POST', url: `${api}${path}`, form: { action }, needsScope, paging } as const;
}

/** By local days; each item names its time zone. */
function series(name: string, releases: DataType, what: string) {
  const facts = call(what, releases === 'ecg' ? 'user.metrics' : 'user.activity');
  const localTime = { kind: 'zone', path: 'timezone', in: 'item' } as const;
  return { name, releases, ...facts, range: days, itemsAt: 'body.series', localTime } as const;
}

/** Measurements of some types, by their numbers; values are `value × 10^unit`. */
function measures(name: string, releases: DataType, meastypes: string) {
  return {
    name,
    releases,
    ...call('/measure getmeas', 'user.metrics'),
    form: { action: 'getmeas', meastypes },
    range: { ...instants, changedSince: 'lastupdate' },
    itemsAt: 'body.measuregrps',
    itemID: 'grpid',
    updatedAt: 'modified',
    localTime: { kind: 'zone', path: 'body.timezone', in: 'answer' },
  } as const;
}

/** Notices about one category; the address must answer HEAD before. */
function subscribe(appli: string, needsScope: string) {
  return {
    method: 'POST',
    url: `${api}/notify`,
    authentication: 'bearer',
    form: { action: 'subscribe', callbackurl: '{webhookUrl}', appli },
    needsScope,
  } as const;
}

function due(appli: string, resources: readonly string[]) {
  return { means: 'data', when: [{ path: 'appli', equals: appli }], resources } as const;
}

function ended(action: 'unlink' | 'delete') {
  const when = [
    { path: 'appli', equals: '46' },
    { path: 'action', equals: action },
  ] as const;
  return { means: 'deregistered', when } as const;
}

/**
 * Adds `client_id` and `signature` to the fields of a form.
 *
 * Signed are the values of `action`, `client_id` and `nonce` (`timestamp` where a nonce is asked for), in the
 * order of their names and joined by commas: HMAC-SHA256 with the client secret, in lower-case hex. A nonce is
 * good once and for half an hour.
 *
 * @throws {Error} when there is no action, or neither nonce nor timestamp
 */
function sign(fields: Readonly<Record<string, string>>, client: { id: string; secret: string }) {
  const proof = fields['nonce'] ?? fields['timestamp'];
  if (!fields['action'] || !proof) throw new Error('a signature needs an action and a nonce or a timestamp');
  // Already in the order of the names, whichever of the two comes last.
  const signed = [fields['action'], client.id, proof].join(',');
  const signature = createHmac('sha256', client.secret).update(signed).digest('hex');
  return { ...fields, client_id: client.id, signature };
}

/** Withings public API. Every answer has HTTP status 200; `status` in it says how it went. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Withings',
  category: 'Device Manufacturer',
  keywords: ['scale', 'blood pressure monitor', 'Health Mate', 'ScanWatch'],
  checkedOn: '2026-11-22',
  sources: ['Withings developer site', 'Metriport', 'withings-mcp'],
  uncertain: {
    'errors.4': { certainty: 'low', verify: 'status of a second revocation of the same person' },
    'auth.scopes.1.releases': {
      certainty: 'medium',
      verify:
        'numbers of the measure types, and those of glucose (category 58), which is not fetched until they are known',
    },
    'errors.5': {
      certainty: 'medium',
      verify: 'that a dead refresh token always gives 503, and wrong credentials this text beside it',
    },
    'errors.6': { certainty: 'medium', verify: 'that 401 means a token that is gone, not only an old one' },
    'errors.9': { certainty: 'low', verify: 'that 522 means a timeout' },
    'errors.8': { certainty: 'low', verify: 'status of a call for which the scope was not granted' },
    'delivery.webhook.deadlineS': { certainty: 'low', verify: 'within how many seconds the answer counts' },
    'delivery.webhook.events.0': {
      certainty: 'medium',
      verify: 'that category 46 tells of unlinking and deletion, with which actions',
    },
    'delivery.resources.8.range.daysMax': { certainty: 'medium', verify: 'that 24 hours are the limit' },
    'delivery.resources.10.range.daysMax': { certainty: 'medium', verify: 'that 24 hours are the limit' },
    'rateLimits.0.headers': { certainty: 'medium', verify: 'names of the X-RateLimit headers' },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://account.withings.com/oauth2_user/authorize2',
    tokenUrl: `${api}/v2/oauth2`,
    pkce: 'ignored',
    clientAuthentication: [{ method: 'client_secret_post' }],
    scopes: [
      {
        name: 'user.info',
        label: 'Your profile, your devices and your goals',
        releases: ['identity', 'profile', 'devices'],
        ask: 'default',
      },
      {
        name: 'user.metrics',
        label: 'Weight, blood pressure, temperature, blood oxygen and ECG',
        releases: [
          'weight',
          'body-composition',
          'blood-pressure',
          'temperature',
          'oxygen-saturation',
          'heart-rate',
          'ecg',
        ],
        ask: 'default',
      },
      {
        name: 'user.activity',
        label: 'Daily activity, workouts and sleep',
        releases: ['activity', 'workouts', 'heart-rate', 'sleep'],
        ask: 'default',
      },
      {
        name: 'user.sleepevents',
        label: 'When you go to bed and get up, as it happens',
        releases: ['sleep'],
        ask: 'optional',
      },
    ],
    scopeSeparator: ',',
    tokenParameters: { action: 'requesttoken' },
    refreshParameters: { action: 'requesttoken' },
    codeLifetimeS: 30,
    tokenAnswer: { at: 'body', succeedsWhen: { path: 'status', equals: 0 } },
    grantedScopes: { from: 'token-answer', field: 'scope' },
    userID: [{ from: 'token-answer', field: 'userid' }],
    refresh: {
      policy: 'until-first-use',
      graceS: 28_800,
      accessTokenLifetimeS: 10_800,
      refreshTokenLifetimeS: 31_536_000,
      keepAliveEveryS: 7_776_000,
    },
    // Ends the notices too.
    // The call to give back names the person, not a token.
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${api}/v2/oauth2`,
      authentication: 'hook',
      sign,
      token: 'none',
      form: { action: 'revoke', userid: '{userID}', nonce: '{nonce}' },
      firstAsk: {
        call: {
          method: 'POST',
          url: `${api}/v2/signature`,
          authentication: 'hook',
          sign,
          form: { action: 'getnonce', timestamp: '{nowS}' },
        },
        variable: 'nonce',
        path: 'body.nonce',
      },
      succeeds: [200],
      alreadyGone: [],
      alreadyGoneWhen: { path: 'status', in: [247, 250, 328] },
    },
    // One for each category; category 46 tells when the participant ends it.
    afterConnect: [
      subscribe('46', 'user.info'),
      ...['1', '2', '4', '54'].map((appli) => subscribe(appli, 'user.metrics')),
      ...['16', '44'].map((appli) => subscribe(appli, 'user.activity')),
      ...['50', '51'].map((appli) => subscribe(appli, 'user.sleepevents')),
    ],
  },
  errors: [
    { status: 200, body: { path: 'status', in: [601] }, verdict: 'rate-limited' },
    // The signature does not fit: our secret is wrong.
    { status: 200, body: { path: 'status', in: [342] }, verdict: 'operator-alarm' },
    // The number is that of a refresh token that is gone. The text is all that keeps a mistyped secret from ending
    // everybody's consent; should it change, this is judged as before.
    {
      phases: ['token', 'refresh'],
      status: 200,
      body: { path: 'error', in: ['Invalid Params: invalid client id/secret'] },
      verdict: 'operator-alarm',
    },
    // The person is unknown, does not fit the token, or is deactivated.
    {
      phases: ['refresh', 'data'],
      status: 200,
      body: { path: 'status', in: [247, 250, 328] },
      verdict: 'unauthorized',
    },
    {
      phases: ['revoke'],
      status: 200,
      body: { path: 'status', in: [247, 250, 328] },
      verdict: 'no-data',
    },
    // "Invalid parameters" of any kind, at times of everybody for a morning: only the text says that it is the token.
    {
      phases: ['refresh'],
      status: 200,
      body: { path: 'error', in: ['Invalid Params: invalid refresh_token'] },
      verdict: 'unauthorized',
    },
    { phases: ['refresh'], status: 200, body: { path: 'status', in: [503] }, verdict: 'failed' },
    { phases: ['refresh'], status: 200, body: { path: 'status', in: [401] }, verdict: 'unauthorized' },
    // The same family, "authentication failed": of a call for data that is the access token.
    {
      phases: ['data'],
      status: 200,
      body: { path: 'status', in: [401, 100, 101, 102, 200] },
      verdict: 'token-refused',
    },
    { phases: ['data'], status: 200, body: { path: 'status', in: [403] }, verdict: 'scope-missing' },
    { status: 200, body: { path: 'status', in: [522] }, verdict: 'retry-later' },
    { status: 200, bodyNot: { path: 'status', in: [0] }, verdict: 'failed' },
  ],
  rateLimits: [
    {
      counts: 'application',
      requests: 120,
      windowS: 60,
      headers: {
        limit: 'x-ratelimit-limit',
        remaining: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
      },
    },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources: [
      measures('weight', 'weight', '1'),
      measures('body composition', 'body-composition', '5,6,8,76,77,88'),
      measures('blood pressure', 'blood-pressure', '9,10,11'),
      measures('temperature', 'temperature', '12,71,73'),
      measures('blood oxygen', 'oxygen-saturation', '54'),
      { ...series('ECG list', 'ecg', '/v2/heart list'), range: instants, itemID: 'ecg.signalid' },
      {
        ...series('ECG signal', 'ecg', '/v2/heart get'),
        forEach: 'ECG list',
        form: { action: 'get', signalid: '{itemID}' },
        paging: { by: 'none' },
        itemsAt: 'body',
      },
      {
        ...series('activity', 'activity', '/v2/measure getactivity'),
        itemsAt: 'body.activities',
        itemID: 'date',
      },
      // An object by instants, not a list.
      { ...series('intraday activity', 'activity', '/v2/measure getintradayactivity'), ...oneDay },
      { ...series('workouts', 'workouts', '/v2/measure getworkouts'), ...identified },
      {
        ...series('sleep', 'sleep', '/v2/sleep get'),
        ...oneDay,
        form: { action: 'get', data_fields: 'hr,rr,snoring' },
      },
      { ...series('sleep summary', 'sleep', '/v2/sleep getsummary'), ...identified },
      {
        name: 'devices',
        releases: 'devices',
        ...call('/v2/user getdevice', 'user.info'),
        paging: { by: 'none' },
        itemsAt: 'body.devices',
        itemID: 'deviceid',
      },
    ],
    webhook: {
      challenge: { kind: 'head' },
      authentication: { by: 'secret-path' },
      answer: 200,
      deadlineS: 2,
      body: 'form',
      userIDAt: 'userid',
      periodAt: [
        { from: 'startdate', to: 'enddate', format: 'epoch-s' },
        { from: 'date', format: 'ymd' },
      ],
      events: [
        ended('unlink'),
        ended('delete'),
        { means: 'ignored', when: [{ path: 'appli', equals: '46' }] },
        due('1', ['weight', 'body composition']),
        due('2', ['temperature']),
        due('4', ['blood pressure', 'blood oxygen']),
        due('54', ['ECG list', 'ECG signal', 'blood oxygen']),
        due('16', ['activity', 'intraday activity', 'workouts']),
        due('44', ['sleep', 'sleep summary']),
        // Into bed and out of it: the notice is all there is.
        { ...due('50', []), carriesItem: true },
        { ...due('51', []), carriesItem: true },
        { means: 'ignored', when: [] },
      ],
    },
  },
});
