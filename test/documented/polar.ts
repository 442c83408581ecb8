import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/polar.ts';

/** Polar AccessLink API v3. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/polar openapi/polar-users-api-openapi.yml, polar-webhooks-api-openapi.yml, polar-sleep-api-openapi.yml; the-momentum/open-wearables, commit 44a268be: polar/ (2026-08-07)',
    strength: 'vendor',
    is: {
      url: 'https://flow.polar.com/oauth2/authorization',
      parameters: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
      values: {
        response_type: 'code',
        scope: 'accesslink.read_all',
      },
    },
  },
  answerToCode: {
    source:
      'qiita.com yaskitie, Polar GPS watch and webhooks (2026-03-25); public TypeScript project, PolarAuth schema',
    strength: 'clients',
    is: {
      body: {
        access_token: '229f0c415167370352fac54fe717bf7c',
        token_type: 'bearer',
        expires_in: 315359999,
        x_user_id: 51820347,
      },
      calls: {
        'POST https://www.polaraccesslink.com/v3/users': {
          'polar-user-id': 51820347,
          'member-id': 'P-0417',
          'registration-date': '2026-11-27T09:12:40.000Z',
          'first-name': 'Ilse',
          'last-name': 'Brandt',
          birthdate: '1979-03-02',
          gender: 'FEMALE',
          weight: 63,
          height: 168,
        },
      },
      reads: {
        userID: '51820347',
        scopes: ['accesslink.read_all'],
        accessLivesS: 315359999,
        refreshes: false,
      },
    },
  },
  answerToRefresh: {
    nothing: 'There is no refresh token: three clients and a recorded answer show none.',
  },
  revocation: {
    source:
      'api-evangelist/polar openapi/polar-users-api-openapi.yml, polar-webhooks-api-openapi.yml, polar-sleep-api-openapi.yml',
    strength: 'vendor',
    is: {
      method: 'DELETE',
      url: 'https://www.polaraccesslink.com/v3/users/51820347',
      authorization: 'bearer',
      token: 'access',
      status: 204,
    },
  },
  data: {
    source:
      'api-evangelist/polar openapi/polar-users-api-openapi.yml, polar-webhooks-api-openapi.yml, polar-sleep-api-openapi.yml; the-momentum/open-wearables, commit 44a268be: polar/ (2026-08-07)',
    strength: 'vendor',
    is: [
      {
        resource: 'sleep',
        request: 'GET /v3/users/sleep',
        answer: {
          nights: [
            {
              polar_user: 'https://www.polaraccesslink/v3/users/51820347',
              date: '2026-11-27',
              sleep_start_time: '2026-11-26T23:11:30+02:00',
              sleep_end_time: '2026-11-27T06:44:00+02:00',
              device_id: 'C41F09AB',
              continuity: 3.1,
              continuity_class: 3,
              light_sleep: 13500,
              deep_sleep: 5400,
              rem_sleep: 6600,
              unrecognized_sleep_stage: 0,
              sleep_score: 78,
              total_interruption_duration: 1650,
              sleep_charge: 3,
              sleep_goal: 28800,
              sleep_rating: 0,
              short_interruption_duration: 900,
              long_interruption_duration: 750,
              sleep_cycles: 5,
              group_duration_score: 84,
              group_solidity_score: 71,
              group_regeneration_score: 66.5,
              hypnogram: {
                '23:11': 0,
                '23:24': 2,
                '23:58': 4,
              },
              heart_rate_samples: {
                '23:14': 58,
                '23:19': 56,
              },
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'sleep nights.*.continuity_class: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.sleep_charge: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.sleep_rating: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.short_interruption_duration: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.long_interruption_duration: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.group_duration_score: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.group_solidity_score: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.group_regeneration_score: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep nights.*.heart_rate_samples: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'api-evangelist/polar openapi/polar-accesslink-webhooks-asyncapi.yml; the-momentum/open-wearables, commit 44a268be: polar/ (2026-08-07)',
    strength: 'vendor',
    is: [
      {
        event: 'EXERCISE',
        headers: {
          'content-type': 'application/json',
          'polar-webhook-event': 'EXERCISE',
          'polar-webhook-signature': '824c9cc4c202a9311605f7e6421fb42de043068f7050c29f479946f031f36b8e',
        },
        rawBody:
          '{"event":"EXERCISE","user_id":51820347,"entity_id":"rT5mQ2","timestamp":"2026-11-27T18:03:21Z","url":"https://www.polaraccesslink.com/v3/exercises/rT5mQ2"}',
        means: ['data'],
        userID: '51820347',
        signed: {
          key: '9763073b-5a70-48fc-a550-54784d49929e',
          header: 'polar-webhook-signature',
          value: '824c9cc4c202a9311605f7e6421fb42de043068f7050c29f479946f031f36b8e',
        },
      },
      {
        event: 'SLEEP',
        headers: {
          'content-type': 'application/json',
          'polar-webhook-signature': '1bdd472d073cdd920bd338ecf650db1ddc178112989e3f4d412b7584550535c2',
        },
        rawBody:
          '{"event":"SLEEP","user_id":51820347,"date":"2026-11-27","timestamp":"2026-11-27T07:10:02Z","url":"https://www.polaraccesslink.com/v3/users/sleep/2026-11-27"}',
        means: ['data'],
        userID: '51820347',
        signed: {
          key: '9763073b-5a70-48fc-a550-54784d49929e',
          header: 'polar-webhook-signature',
          value: '1bdd472d073cdd920bd338ecf650db1ddc178112989e3f4d412b7584550535c2',
        },
      },
      {
        event: 'SLEEP_WISE_ALERTNESS',
        headers: {
          'content-type': 'application/json',
          'polar-webhook-signature': '46efa94a5fb62faea8dc474fbe25610c2ee119ae6695de0f6f352fc83ac580b8',
        },
        rawBody:
          '{"event":"SLEEP_WISE_ALERTNESS","user_id":51820347,"from":"2026-11-25","to":"2026-11-27","timestamp":"2026-11-27T07:12:02Z","url":"https://www.polaraccesslink.com/v3/users/sleepwise/alertness/date?from=2026-11-25&to=2026-11-27"}',
        means: ['data'],
        userID: '51820347',
        signed: {
          key: '9763073b-5a70-48fc-a550-54784d49929e',
          header: 'polar-webhook-signature',
          value: '46efa94a5fb62faea8dc474fbe25610c2ee119ae6695de0f6f352fc83ac580b8',
        },
      },
    ],
    sandboxDiffers: {
      'EXERCISE header polar-webhook-event: documented, not played': 'Named by one client only.',
    },
  },
  refusals,
};
