import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/withings.ts';

/** Withings Public Health Data API. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'api-evangelist/withings openapi/withings-oauth2-api-openapi.yml',
    strength: 'vendor',
    is: {
      url: 'https://account.withings.com/oauth2_user/authorize2',
      parameters: ['response_type', 'client_id', 'state', 'scope', 'redirect_uri'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source: 'api-evangelist/withings openapi/withings-oauth2-api-openapi.yml',
    strength: 'vendor',
    is: {
      body: {
        status: 0,
        body: {
          userid: 41870263,
          access_token: 'b279b8504f1127cee801a2563a0311d408e7bb5f',
          refresh_token: 'b6b87d947f2268cfc770c5efb5be4a5f18fe99d9',
          expires_in: 10800,
          scope: 'user.info,user.metrics,user.activity',
          csrf_token: '2AvHjJgxWpE5xh8M48Cya6ocT_07e1SN',
          token_type: 'Bearer',
        },
      },
      reads: {
        userID: '41870263',
        scopes: ['user.info', 'user.metrics', 'user.activity'],
        accessLivesS: 10800,
        refreshLivesS: 31536000,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'api-evangelist/withings openapi/withings-oauth2-api-openapi.yml',
    strength: 'vendor',
    is: {
      body: {
        status: 0,
        body: {
          userid: 41870263,
          access_token: '0842d37decbc690d6954254ed11c06c9f4b7e135',
          refresh_token: '69450e8a3879bde9f255bf235b1a603918bfef8c',
          expires_in: 10800,
          scope: 'user.info,user.metrics,user.activity',
          csrf_token: 'JWPPcREjB-9or3oUwdheB_vse9DhjrtB',
          token_type: 'Bearer',
        },
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    nothing:
      'No text shows a call that ends a consent: only notices can be ended. Two clients call action=revoke, which stays uncertain.',
  },
  data: {
    source:
      'api-evangelist/withings openapi/withings-measure-api-openapi.yml; jlobbes/ba-thesis, app/withings/README.md (2023-08-02)',
    strength: 'vendor',
    is: [
      {
        resource: 'blood pressure',
        request: 'POST /measure action=getmeas&lastupdate=1795000000',
        answer: {
          status: 0,
          body: {
            updatetime: 1795860100,
            timezone: 'Europe/Madrid',
            measuregrps: [
              {
                grpid: 6120049381,
                attrib: 0,
                date: 1795856400,
                created: 1795856461,
                modified: 1795856461,
                category: 1,
                deviceid: 'bd4447a64cd65c62815619e605a5c6e367638fa4',
                hash_deviceid: 'bd4447a64cd65c62815619e605a5c6e367638fa4',
                measures: [
                  {
                    value: 81,
                    type: 9,
                    unit: 0,
                    algo: 0,
                    fm: 3,
                  },
                  {
                    value: 124,
                    type: 10,
                    unit: 0,
                    algo: 0,
                    fm: 3,
                  },
                  {
                    value: 64,
                    type: 11,
                    unit: 0,
                    algo: 0,
                    fm: 3,
                  },
                ],
                modelid: 44,
                model: 'BPM Core',
                comment: null,
              },
            ],
            more: 1,
            offset: 1,
          },
        },
        items: 1,
      },
      {
        resource: 'activity',
        request:
          'POST /v2/measure action=getactivity&startdateymd=2026-11-20&enddateymd=2026-11-27&data_fields=steps,distance',
        answer: {
          status: 0,
          body: {
            activities: [
              {
                date: '2026-11-27',
                steps: 6412,
                distance: 4820.3,
              },
            ],
            more: false,
            offset: 0,
          },
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'blood pressure body.measuregrps.*.hash_deviceid: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.measuregrps.*.measures.*.algo: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.measuregrps.*.measures.*.fm: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.measuregrps.*.modelid: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.measuregrps.*.model: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.measuregrps.*.comment: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'blood pressure body.more: documented as number, played as boolean':
        'The vendor’s text has a number at one call and a boolean at others.',
    },
  },
  webhooks: {
    source:
      'developer.withings.com, Notifications overview; developer.withings.com, Fetch data after a notification',
    strength: 'vendor',
    is: [
      {
        event: 'data available',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
        },
        rawBody: 'userid=41870263&startdate=1795856400&enddate=1795856401&appli=1',
        means: ['data'],
        userID: '41870263',
      },
    ],
  },
  refusals,
};
