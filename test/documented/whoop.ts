import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/whoop.ts';

/** WHOOP API v2. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'developer.whoop.com, OAuth 2.0; the-momentum/open-wearables, commit 44a268be: whoop/ (2026-08-07)',
    strength: 'vendor',
    is: {
      url: 'https://api.prod.whoop.com/oauth/oauth2/auth',
      parameters: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source:
      'two public Python projects (token handler tests; repository names not recorded); developer.whoop.com, Refreshing Access Tokens',
    strength: 'vendor',
    is: {
      body: {
        access_token:
          'CyuXwLBAjTk0AGC01nuWMjoUOBXX9rc0dmA40mvCu8osuWZCe2LdQ6hWvtGFPWoG7ypK4GBKmlnGQjvvZN20XgR',
        expires_in: 3600,
        refresh_token:
          '5g6RYU2gEJLtEv2U0xAw6RfvIwC5lGCIpC8H0NSuZ6MjVKz2PBLZ7jI250kQV769nhVqUHp8_nO0PU8YT6I2woV',
        scope: 'offline read:profile read:recovery read:sleep',
        token_type: 'bearer',
      },
      calls: {
        'GET https://api.prod.whoop.com/developer/v2/user/profile/basic': {
          user_id: 7340118,
        },
      },
      reads: {
        userID: '7340118',
        scopes: ['offline', 'read:profile', 'read:recovery', 'read:sleep'],
        accessLivesS: 3600,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source:
      'two public Python projects (token handler tests; repository names not recorded); developer.whoop.com, Refreshing Access Tokens',
    strength: 'vendor',
    is: {
      body: {
        access_token:
          'EmsckJVLpKulJcTLxGHbN1B-8adGq5tI-vLE5CJBRmcZSPrmtAO4d753KK12BEOulLIFOnpFDUt-EgjYZLf-6MH',
        expires_in: 3600,
        refresh_token:
          '7i3groLOuK55v0M3y6WXLzvutBMH9AwnXSOzXKlL82Y5n5fSFOYtl5CfADSReWfO-lW7RwSYn8uxUKG_mk2Sx4x',
        scope: 'offline read:recovery read:sleep',
        token_type: 'bearer',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source: 'the-momentum/open-wearables, commit 44a268be: whoop/ (2026-08-07)',
    strength: 'one-client',
    is: {
      method: 'DELETE',
      url: 'https://api.prod.whoop.com/developer/v2/user/access',
      authorization: 'bearer',
      token: 'access',
      status: 204,
    },
  },
  data: {
    source: 'api-evangelist/whoop-co openapi/_original/whoop-api-openapi.yml',
    strength: 'vendor',
    is: [
      {
        resource: 'cycle',
        request: 'GET /v2/cycle?limit=10',
        answer: {
          records: [
            {
              id: 770412,
              user_id: 7340118,
              created_at: '2026-11-27T11:02:15.300Z',
              updated_at: '2026-11-27T14:10:44.020Z',
              start: '2026-11-26T23:31:02.000Z',
              timezone_offset: '+01:00',
              score_state: 'PENDING_SCORE',
            },
            {
              id: 770411,
              user_id: 7340118,
              created_at: '2026-11-26T11:01:10.100Z',
              updated_at: '2026-11-26T23:40:00.000Z',
              start: '2026-11-25T22:58:40.000Z',
              end: '2026-11-26T23:31:02.000Z',
              timezone_offset: '+01:00',
              score_state: 'SCORED',
              score: {
                strain: 9.41,
                kilojoule: 8120.5,
                average_heart_rate: 69,
                max_heart_rate: 158,
              },
            },
          ],
          next_token: 'B0SaIA9kjk0DAC',
        },
        items: 2,
      },
      {
        resource: 'sleep',
        request: 'GET /v2/activity/sleep?limit=1',
        answer: {
          records: [
            {
              id: '84dec477-1355-4c65-ab98-c92f7a6aefd2',
              cycle_id: 770412,
              user_id: 7340118,
              created_at: '2026-11-27T06:40:00.000Z',
              updated_at: '2026-11-27T06:41:00.000Z',
              start: '2026-11-26T23:05:00.000Z',
              end: '2026-11-27T06:31:00.000Z',
              timezone_offset: '+01:00',
              nap: false,
              score_state: 'SCORED',
              score: {
                stage_summary: {
                  total_in_bed_time_milli: 26760000,
                  total_awake_time_milli: 1680000,
                  total_no_data_time_milli: 0,
                  total_light_sleep_time_milli: 13140000,
                  total_slow_wave_sleep_time_milli: 5820000,
                  total_rem_sleep_time_milli: 6120000,
                  sleep_cycle_count: 4,
                  disturbance_count: 9,
                },
                sleep_needed: {
                  baseline_milli: 27400000,
                  need_from_sleep_debt_milli: 410000,
                  need_from_recent_strain_milli: 188000,
                  need_from_recent_nap_milli: 0,
                },
                respiratory_rate: 15.2,
                sleep_performance_percentage: 91,
                sleep_consistency_percentage: 84,
                sleep_efficiency_percentage: 93.7,
              },
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'cycle next_token: documented, not played': 'The days that are asked for fit on one page.',
      'sleep records.*.score.stage_summary.total_no_data_time_milli: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep records.*.score.stage_summary.disturbance_count: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep records.*.score.sleep_needed: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep records.*.score.sleep_consistency_percentage: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'developer.whoop.com, Webhooks; the-momentum/open-wearables, commit 44a268be: whoop/ (2026-08-07); api-evangelist/whoop-co examples/whoop-webhook-sleep-updated-example.json',
    strength: 'vendor',
    is: [
      {
        event: 'sleep updated (v2)',
        headers: {
          'content-type': 'application/json',
          'x-whoop-signature-timestamp': '1795762873412',
          'x-whoop-signature': 'MrF3ig95zt2s/HCW1p2oUxr6dzX/602VGgYuunmhs2E=',
        },
        rawBody:
          '{"user_id":7340118,"id":"84dec477-1355-4c65-ab98-c92f7a6aefd2","type":"sleep.updated","trace_id":"55b39e5d-8603-4ffd-a3ce-5a639c6d85bd"}',
        means: ['data'],
        userID: '7340118',
        signed: {
          key: 'f68f6131798555b9b17a97bb8763e93d0bec559e192ad77cdc51f313a6e04434',
          header: 'x-whoop-signature',
          value: 'MrF3ig95zt2s/HCW1p2oUxr6dzX/602VGgYuunmhs2E=',
        },
      },
      {
        event: 'workout deleted (v2)',
        headers: {
          'content-type': 'application/json',
          'x-whoop-signature-timestamp': '1795762873412',
          'x-whoop-signature': 'beZQvt77IhRANxo/1Hpw4OJD0Xp4CGdrnuF2gX29Yqk=',
        },
        rawBody:
          '{"user_id":7340118,"id":"796c4d91-69b6-44f5-a7b5-bb4053e5676e","type":"workout.deleted","trace_id":"8887a624-f18e-45c2-a1f4-a93dfbbfa750"}',
        means: ['data-deleted'],
        userID: '7340118',
        signed: {
          key: 'f68f6131798555b9b17a97bb8763e93d0bec559e192ad77cdc51f313a6e04434',
          header: 'x-whoop-signature',
          value: 'beZQvt77IhRANxo/1Hpw4OJD0Xp4CGdrnuF2gX29Yqk=',
        },
      },
    ],
  },
  refusals,
};
