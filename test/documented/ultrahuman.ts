import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/ultrahuman.ts';

/** Ultrahuman Partner API. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    nothing: 'Two clients name two addresses, and the vendor’s documentation is not public.',
  },
  answerToCode: {
    source: 'api-evangelist/ultrahuman openapi (2026-07-03)',
    strength: 'one-client',
    is: {
      body: {
        access_token: 'GoW2eBL4Na-km2Vh4imYxQC11HJ9ilXqgzj5GbSInAM',
        token_type: 'Bearer',
        expires_in: 86400,
        refresh_token: '7u5T6UombumdncqkDfovD6G1u3fePl8Bpl4vO8F1USU',
        scope: 'profile ring_data',
        created_at: 1795762873,
      },
      calls: {
        'GET https://partner.ultrahuman.com/api/partners/v1/user_data/user_info': {
          user_id: 'uh-7',
        },
      },
      reads: {
        userID: 'uh-7',
        scopes: ['profile', 'ring_data'],
        accessLivesS: 86400,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'api-evangelist/ultrahuman openapi (2026-07-03)',
    strength: 'one-client',
    is: {
      body: {
        access_token: 'frmk2kjy30zjW_xTRqnBiR9OmJ_VQCYek84lcHWlxxY',
        token_type: 'Bearer',
        expires_in: 86400,
        refresh_token: 'GjRqHHEgJMrBQBjrb8CnFGMpYXSvtRdhkIu8RX_h6uM',
        scope: 'profile ring_data',
        created_at: 1795849273,
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source: 'api-evangelist/ultrahuman openapi (2026-07-03)',
    strength: 'one-client',
    is: {
      method: 'POST',
      url: 'https://partner.ultrahuman.com/api/partners/oauth/revoke',
      form: ['token', 'client_id', 'client_secret'],
      token: 'access',
      status: 200,
    },
  },
  data: {
    source: 'the-momentum/open-wearables, commit 44a268be: ultrahuman/ (2026-08-07)',
    strength: 'one-client',
    is: [
      {
        resource: 'ring',
        request: 'GET /api/partners/v1/user_data/metrics?date=2026-11-26',
        answer: {
          data: {
            metric_data: [
              {
                type: 'Sleep',
                object: {
                  bedtime_start: 1795734300,
                  bedtime_end: 1795761060,
                  quick_metrics: [
                    {
                      type: 'sleep_efficiency',
                      value: 91,
                    },
                  ],
                  sleep_stages: [
                    {
                      type: 'deep_sleep',
                      stage_time: 5400,
                    },
                  ],
                },
              },
            ],
          },
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'ring data.metric_data.*.object.quick_metrics: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'ring data.metric_data.*.object.sleep_stages: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    nothing: 'No source shows one.',
  },
  refusals,
};
