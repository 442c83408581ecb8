import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/oura.ts';

/** Oura API v2. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/oura openapi/oura-webhook-subscription-routes-api-openapi.yml; the-momentum/open-wearables, commit 44a268be: oura/ (2026-08-07)',
    strength: 'vendor',
    is: {
      url: 'https://cloud.ouraring.com/oauth/authorize',
      parameters: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source:
      'public TypeScript project, createOuraDeviceSyncProvider test; public Python project, oura_mcp_server tests',
    strength: 'clients',
    is: {
      body: {
        access_token:
          '3ggiuCSHvwcQlKzMXBI0gXFS4qqXRSnSnKmfLLwVbnY4PUl-pW4EbZeqoRvVfpHa4fqcQsqjPSh3nvuuyD3Cqc',
        refresh_token:
          'N7b7gOOudvNlPQQgawW3623Uqcfivl4wAAs7kct0Qh0KQo2FYSiJ4k25VN7bdLZ1PXEf1ce34XU0FJzsXKZFyE',
        token_type: 'bearer',
        expires_in: 86400,
        scope: 'extapi:personal extapi:daily extapi:heartrate',
      },
      calls: {
        'GET https://api.ouraring.com/v2/usercollection/personal_info': {
          id: 'b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93',
          age: 44,
          weight: 71.2,
          height: 1.73,
          biological_sex: 'female',
          email: 'ana.k@example.org',
        },
      },
      reads: {
        userID: 'b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93',
        scopes: ['personal', 'daily', 'heartrate'],
        accessLivesS: 86400,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'public TypeScript project, createOuraDeviceSyncProvider test',
    strength: 'one-client',
    is: {
      body: {
        access_token:
          '5e_Xu7_aTI4ZMakBxDLgz-5mFGPqhDeI1r7r3C6mmY4MF5SqdXndHeiWTnFnr7WN3Mlo5OntdJL7Cth9Ei9jNo',
        refresh_token:
          'uatQX8o9x7XzgVPbo_8sX2GGDcdxrLPAaHB70T2q9pU0Csf73VC-I9dZtULX2gOYB0e6ftSTtJc_GAcRfE_9Qo',
        token_type: 'bearer',
        expires_in: 86400,
        scope: 'extapi:personal extapi:daily extapi:heartrate',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source: 'the-momentum/open-wearables, commit 44a268be: oura/ (2026-08-07)',
    strength: 'one-client',
    is: {
      method: 'POST',
      url: 'https://api.ouraring.com/oauth/revoke',
      query: ['access_token'],
      token: 'access',
      status: 200,
    },
  },
  data: {
    source:
      'the-momentum/open-wearables, commit 44a268be: oura/ (2026-08-07); tidepool-org/platform, commit 0880a3ae: oura/ (2026-07-20)',
    strength: 'clients',
    is: [
      {
        resource: 'personal_info',
        request: 'GET /v2/usercollection/personal_info',
        answer: {
          id: 'b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93',
          age: 44,
          weight: 71.2,
          height: 1.73,
          biological_sex: 'female',
          email: 'ana.k@example.org',
        },
        items: 1,
      },
      {
        resource: 'sleep',
        request: 'GET /v2/usercollection/sleep?start_date=2026-11-20&end_date=2026-11-27',
        answer: {
          data: [
            {
              id: '2a42d48f-19ee-488b-a029-c0a141ed0cbd',
              day: '2026-11-27',
              bedtime_start: '2026-11-26T22:58:00+01:00',
              bedtime_end: '2026-11-27T06:21:00+01:00',
              type: 'long_sleep',
              time_in_bed: 26580,
              total_sleep_duration: 23940,
              deep_sleep_duration: 5160,
              light_sleep_duration: 13020,
              rem_sleep_duration: 5760,
              awake_time: 2640,
              latency: 420,
              efficiency: 90,
              average_heart_rate: 54.1,
              lowest_heart_rate: 48,
              average_hrv: 52,
              average_breath: 14.2,
              restless_periods: 131,
              period: 0,
              low_battery_alert: false,
              sleep_phase_5_min: '4322211123334',
            },
          ],
          next_token: null,
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'personal_info email: documented as string, played as null': 'The invented device has no value there.',
      'sleep data.*.latency: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep data.*.restless_periods: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep data.*.period: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep data.*.low_battery_alert: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'tidepool-org/platform, commit 0880a3ae: oura/ (2026-07-20); the-momentum/open-wearables, commit 44a268be: oura/ (2026-08-07)',
    strength: 'clients',
    is: [
      {
        event: 'data created',
        headers: {
          'content-type': 'application/json',
          'x-oura-timestamp': '2026-11-27T06:41:12.345678+00:00',
          'x-oura-signature': '51787A911B008F398D7D719F900302A471A9B1F3AF04A9A56BCAB6589FA067CB',
        },
        rawBody:
          '{"event_type":"create","data_type":"daily_sleep","object_id":"9a8bc48f-bc09-4d6c-ab62-7b5c03413aa6","event_time":"2026-11-27T06:41:11+00:00","user_id":"b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93"}',
        means: ['data'],
        userID: 'b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93',
        signed: {
          key: '8E4835934DC0530F371882670D274B96',
          header: 'x-oura-signature',
          value: '51787A911B008F398D7D719F900302A471A9B1F3AF04A9A56BCAB6589FA067CB',
        },
      },
      {
        event: 'data deleted',
        headers: {
          'content-type': 'application/json',
          'x-oura-timestamp': '2026-11-27T06:41:12.345678+00:00',
          'x-oura-signature': 'DB87F6DD688C5C97CC53F2301B94783F4214175F9ED32271F2D85F44D861D2DB',
        },
        rawBody:
          '{"event_type":"delete","data_type":"daily_activity","object_id":"b2a70060-bb2a-4859-af2d-e9a900182f34","event_time":"2026-11-27T06:41:11+00:00","user_id":"b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93"}',
        means: ['data-deleted'],
        userID: 'b1b5aa22-72c8-4ffb-a2d5-0b47134f0b93',
        signed: {
          key: '8E4835934DC0530F371882670D274B96',
          header: 'x-oura-signature',
          value: 'DB87F6DD688C5C97CC53F2301B94783F4214175F9ED32271F2D85F44D861D2DB',
        },
      },
    ],
  },
  refusals,
};
