import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/googleHealth.ts';

/** Google Health API v4. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'google-auth-library, CredentialRequest (2024-03-16); the-momentum/open-wearables, commit 44a268be: google/health_api/ (2026-08-07)',
    strength: 'clients',
    is: {
      url: 'https://accounts.google.com/o/oauth2/v2/auth',
      parameters: ['response_type', 'client_id', 'redirect_uri', 'state', 'scope', 'access_type', 'prompt'],
      values: {
        response_type: 'code',
        access_type: 'offline',
        prompt: 'consent',
      },
    },
  },
  answerToCode: {
    source: 'google-auth-library, CredentialRequest (2024-03-16)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'ya29.SJdCXbdBCLgz58uPSF1IMqxBRzez96kELXyjz1Y6Dp4',
        expires_in: 3599,
        refresh_token: '1//02kIJS4OiGIgWCKMmxLABafiMQlEjccP-4z2Dfoy4BVI0',
        scope: 'https://www.googleapis.com/auth/googlehealth.sleep.readonly openid',
        token_type: 'Bearer',
        id_token: 'ID_TOKEN',
      },
      idTokenClaims: {
        sub: '1',
      },
      calls: {
        'GET https://health.googleapis.com/v4/users/me/identity': {
          healthUserId: 'AbZ81kQ0vT',
        },
      },
      reads: {
        userID: 'AbZ81kQ0vT',
        scopes: ['https://www.googleapis.com/auth/googlehealth.sleep.readonly'],
        accessLivesS: 3599,
        refreshLivesS: 15552000,
        refreshes: true,
      },
    },
    sandboxDiffers: {
      'id_token: documented, not played': 'An identity token comes with openid, for which nobody asks.',
    },
  },
  answerToRefresh: {
    source: 'the-momentum/open-wearables, commit 44a268be: google/health_api/ (2026-08-07)',
    strength: 'one-client',
    is: {
      body: {
        access_token: 'ya29.r6g3U0N4co3lKIt3LAwtpwZQ5O2qVAZXsz-Q98M9n34',
        expires_in: 3599,
        scope: 'https://www.googleapis.com/auth/googlehealth.sleep.readonly openid',
        token_type: 'Bearer',
      },
      brings: ['access_token'],
    },
  },
  revocation: {
    nothing: 'No page of this interface shows a call; the one that is made is that of Google accounts.',
  },
  data: {
    source:
      'the-momentum/open-wearables, commit 44a268be: google/health_api/ (2026-08-07); public TypeScript project, Fitbit to Google Health plan',
    strength: 'clients',
    is: [
      {
        resource: 'steps',
        request:
          'GET /v4/users/me/dataTypes/steps/dataPoints?pageSize=2&filter=steps.interval.start_time >= "2026-11-27T06:00:00Z"',
        answer: {
          dataPoints: [
            {
              name: 'users/AbZ81kQ0vT/dataTypes/steps/dataPoints/p1',
              dataSource: {},
              steps: {
                interval: {
                  startTime: '2026-11-27T06:00:00Z',
                  startUtcOffset: '3600s',
                  endTime: '2026-11-27T06:01:00Z',
                },
                count: '64',
              },
            },
          ],
          nextPageToken: 'C91ME0rHeUXOh_D11eK-9-fb',
        },
        items: 1,
      },
      {
        resource: 'sleep',
        request: 'GET /v4/users/me/dataTypes/sleep/dataPoints',
        answer: {
          dataPoints: [
            {
              name: 'users/AbZ81kQ0vT/dataTypes/sleep/dataPoints/s1',
              sleep: {
                interval: {
                  startTime: '2026-11-26T22:40:00Z',
                  startUtcOffset: '3600s',
                  endTime: '2026-11-27T05:58:00Z',
                },
                metadata: {
                  nap: false,
                  externalId: 'e-1',
                },
                summary: {
                  stagesSummary: [
                    {
                      type: 'DEEP',
                      minutes: '71',
                    },
                    {
                      type: 'REM',
                      minutes: '94',
                    },
                    {
                      type: 'LIGHT',
                      minutes: '243',
                    },
                    {
                      type: 'AWAKE',
                      minutes: '30',
                    },
                  ],
                },
                stages: [
                  {
                    startTime: '2026-11-26T22:40:00Z',
                    endTime: '2026-11-26T22:52:00Z',
                    type: 'AWAKE',
                  },
                ],
              },
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'steps dataPoints.*.name: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'steps nextPageToken: documented, not played': 'The days that are asked for fit on one page.',
      'sleep dataPoints.*.sleep.metadata: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep dataPoints.*.sleep.summary.stagesSummary: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'public .NET project, WebhookNotificationParser tests (2026-08); public TypeScript project, Fitbit to Google Health plan; public Python project, google_health webhook tests',
    strength: 'clients',
    is: [
      {
        event: 'data changed (array)',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer ftPfrha8TbYLrSbQAYO5xUtXZPfgw8Mc',
          'google-health-api-signature':
            'AUfQ0O8wRAIgCu90PSw6nQTEsvdyLdvGk+Piy8Oz5T0wMIOJLcFFeJ8CIC89EOP6xIs4MvJMK0AKnPbZX5YYX9SrRdh8HP0JKHcO',
        },
        rawBody:
          '[{"data":{"version":"1","clientProvidedSubscriptionName":"tributary-main","healthUserId":"AbZ81kQ0vT","operation":"UPSERT","dataType":"sleep","intervals":[{"physicalTimeInterval":{"startTime":"2026-11-27T06:00:00Z","endTime":"2026-11-27T07:00:00Z"}}]}},{"data":{"version":"1","clientProvidedSubscriptionName":"tributary-main","healthUserId":"AbZ81kQ0vT","operation":"UPSERT","dataType":"steps","intervals":[{"physicalTimeInterval":{"startTime":"2026-11-27T06:00:00Z","endTime":"2026-11-27T07:00:00Z"}}]}}]',
        means: ['data', 'data'],
        userID: 'AbZ81kQ0vT',
        signed: {
          key: '{"primaryKeyId": 1204867311, "key": [{"keyData": {"typeUrl": "type.googleapis.com/google.crypto.tink.EcdsaPublicKey", "value": "EgYIAxACGAIaIQAz+3E7boaZSuNJ1GyBrCMboqLFcokb/aHIw8eQUprdfSIhAAKJTnIOeyePunNCb+MwfbWSjsxY2p7+hJm7TW9SWWxe", "keyMaterialType": "ASYMMETRIC_PUBLIC"}, "status": "ENABLED", "keyId": 1204867311, "outputPrefixType": "TINK"}]}',
          header: 'google-health-api-signature',
          value:
            'AUfQ0O8wRAIgCu90PSw6nQTEsvdyLdvGk+Piy8Oz5T0wMIOJLcFFeJ8CIC89EOP6xIs4MvJMK0AKnPbZX5YYX9SrRdh8HP0JKHcO',
        },
      },
      {
        event: 'data deleted (single object)',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer ftPfrha8TbYLrSbQAYO5xUtXZPfgw8Mc',
          'google-health-api-signature':
            'AUfQ0O8wRAIgFDzSEwhljCLHsjxwfew9jZDuiz/s/88oke8762GVbnECIFTD1S8DOqNew5TrIEwiy7YrjU/nGXdjZUwpfOkl6cjS',
        },
        rawBody:
          '{"data":{"version":"1","clientProvidedSubscriptionName":"tributary-main","healthUserId":"AbZ81kQ0vT","operation":"DELETE","dataType":"exercise","intervals":[{"physicalTimeInterval":{"startTime":"2026-11-27T06:00:00Z","endTime":"2026-11-27T07:00:00Z"}}]}}',
        means: ['data-deleted'],
        userID: 'AbZ81kQ0vT',
        signed: {
          key: '{"primaryKeyId": 1204867311, "key": [{"keyData": {"typeUrl": "type.googleapis.com/google.crypto.tink.EcdsaPublicKey", "value": "EgYIAxACGAIaIQAz+3E7boaZSuNJ1GyBrCMboqLFcokb/aHIw8eQUprdfSIhAAKJTnIOeyePunNCb+MwfbWSjsxY2p7+hJm7TW9SWWxe", "keyMaterialType": "ASYMMETRIC_PUBLIC"}, "status": "ENABLED", "keyId": 1204867311, "outputPrefixType": "TINK"}]}',
          header: 'google-health-api-signature',
          value:
            'AUfQ0O8wRAIgFDzSEwhljCLHsjxwfew9jZDuiz/s/88oke8762GVbnECIFTD1S8DOqNew5TrIEwiy7YrjU/nGXdjZUwpfOkl6cjS',
        },
      },
    ],
  },
  refusals,
};
