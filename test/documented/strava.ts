import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/strava.ts';

/** Strava API v3. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'developers.strava.com, Authentication; kdoronin strava-api guide; public TypeScript project (ZANO), strava helper (2026-10-07)',
    strength: 'vendor',
    is: {
      url: 'https://www.strava.com/oauth/authorize',
      parameters: ['client_id', 'redirect_uri', 'response_type', 'approval_prompt', 'scope', 'state'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source: 'kdoronin strava-api guide; public TypeScript project (ZANO), strava helper (2026-10-07)',
    strength: 'clients',
    is: {
      body: {
        token_type: 'Bearer',
        expires_at: 1795811611,
        expires_in: 21600,
        refresh_token: '73bd8b2048a961648a8d9399bfab7cc0e008ffb1',
        access_token: 'a007fbb149b46198334cce4ae9e65cf11becfca3',
        athlete: {
          id: 61200944,
          firstname: 'Noor',
        },
      },
      redirect: {
        scope: 'read,activity:read',
      },
      reads: {
        userID: '61200944',
        scopes: ['read', 'activity:read'],
        accessLivesS: 21600,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'public TypeScript project (ZANO), strava helper (2026-10-07)',
    strength: 'one-client',
    is: {
      body: {
        token_type: 'Bearer',
        expires_at: 1795833211,
        expires_in: 21600,
        refresh_token: '8a6359a59f45325398ef0c1015445d897bff8157',
        access_token: 'e66f0f1c2d8c8fe98e80f8b13d8c01b363a1b513',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source:
      'public TypeScript project, revokeAccess test; the-momentum/open-wearables, commit 44a268be: strava/ (2026-08-07)',
    strength: 'clients',
    is: {
      method: 'POST',
      url: 'https://www.strava.com/oauth/revoke',
      form: ['token', 'token_type_hint'],
      authorization: 'basic',
      token: 'refresh',
      status: 200,
    },
  },
  data: {
    source: 'the-momentum/open-wearables, commit 44a268be: strava/ (2026-08-07)',
    strength: 'one-client',
    is: [
      {
        resource: 'activities',
        request: 'GET /api/v3/athlete/activities?after=1795000000&before=1795800000&page=1&per_page=200',
        answer: [
          {
            id: 17448120933,
            name: 'Lunch run',
            type: 'Run',
            sport_type: 'TrailRun',
            start_date: '2026-11-26T11:04:10Z',
            distance: 6120.4,
            moving_time: 2240,
            elapsed_time: 2391,
            total_elevation_gain: 88,
            elev_high: 214.6,
            elev_low: 171.2,
            average_speed: 2.732,
            max_speed: 4.4,
            has_heartrate: true,
            average_heartrate: 148.2,
            max_heartrate: 169,
            athlete: {
              id: 61200944,
            },
            trainer: false,
            commute: false,
            manual: false,
            private: false,
            gear_id: null,
          },
        ],
        items: 1,
      },
    ],
    sandboxDiffers: {
      'activities *.elev_high: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.elev_low: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.max_speed: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.trainer: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.commute: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.manual: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities *.gear_id: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'developers.strava.com, Webhook Events API; api-evangelist/strava asyncapi/strava-webhooks-asyncapi.yml',
    strength: 'vendor',
    is: [
      {
        event: 'activity created',
        headers: {
          'content-type': 'application/json',
          'x-strava-signature':
            't=1795790411,v1=f594426e2ecd971c3939710692b982a13d43b6620483e133d6f45786ba326006',
        },
        rawBody:
          '{"object_type":"activity","object_id":17448120933,"aspect_type":"create","updates":{},"owner_id":61200944,"subscription_id":318204,"event_time":1795790405}',
        means: ['data'],
        userID: '61200944',
        signed: {
          key: 'e5a857f5d0331a0ddf9d168aaa107317a2a26787',
          header: 'x-strava-signature',
          value: 't=1795790411,v1=f594426e2ecd971c3939710692b982a13d43b6620483e133d6f45786ba326006',
        },
      },
      {
        event: 'access ended by the athlete',
        headers: {
          'content-type': 'application/json',
          'x-strava-signature':
            't=1795790411,v1=ee629bbccdc2aab04fe6f91a25d564f472a01387ab57aa88b428180ed4726505',
        },
        rawBody:
          '{"object_type":"athlete","object_id":61200944,"aspect_type":"update","updates":{"authorized":"false"},"owner_id":61200944,"subscription_id":318204,"event_time":1795790405}',
        means: ['deregistered'],
        userID: '61200944',
        signed: {
          key: 'e5a857f5d0331a0ddf9d168aaa107317a2a26787',
          header: 'x-strava-signature',
          value: 't=1795790411,v1=ee629bbccdc2aab04fe6f91a25d564f472a01387ab57aa88b428180ed4726505',
        },
      },
    ],
  },
  refusals,
};
