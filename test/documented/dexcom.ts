import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/dexcom.ts';

/** Dexcom API v3. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'developer.dexcom.com, Authentication',
    strength: 'vendor',
    is: {
      url: 'https://api.dexcom.com/v2/oauth2/login',
      parameters: ['client_id', 'redirect_uri', 'response_type', 'scope', 'state'],
      values: {
        response_type: 'code',
        scope: 'offline_access',
      },
    },
  },
  answerToCode: {
    source: 'api-evangelist/dexcom json-schema; public Python project, DexcomClient tests',
    strength: 'clients',
    is: {
      body: {
        access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4IiwiZXhwIjoxNzk1ODY3MjAwfQ.c2ln',
        expires_in: 7200,
        token_type: 'Bearer',
        refresh_token: '36bee16067f40b68d58a63605fa7b0d1',
      },
      reads: {
        scopes: ['offline_access'],
        accessLivesS: 7200,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'public Python project, DexcomClient tests; public TypeScript project, Dexcom service tests',
    strength: 'clients',
    is: {
      body: {
        access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4IiwiZXhwIjoxNzk1ODc0NDAwfQ.c2ln',
        expires_in: 7200,
        token_type: 'Bearer',
        refresh_token: '9304ede095e2ed1629129d5669f208f3',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    nothing: 'The guides show no call: a participant ends the access in her Dexcom account.',
  },
  data: {
    source:
      'developer.dexcom.com, egvs; tidepool-org/platform, commit 0880a3ae: dexcom/ (2026-07-20); api-evangelist/dexcom json-schema',
    strength: 'vendor',
    is: [
      {
        resource: 'egvs',
        request: 'GET /v3/users/self/egvs?startDate=2026-11-26T00:00:00&endDate=2026-11-27T00:00:00',
        answer: {
          recordType: 'egv',
          recordVersion: '3.0',
          userId: 'ae702e3cd8d4a6cd8320413e8ebb9ae6a669b56a96749bfc251869d3e1625d6d',
          records: [
            {
              recordId: '9a936848-1865-4914-a4c8-f8f8b7bb4510',
              systemTime: '2026-11-26T23:57:11Z',
              displayTime: '2026-11-26T18:57:11-05:00',
              transmitterId: '5a96ee65f049a3a075765bf0d282aa3c80687c684816fd02e68846dc3cdd04d9',
              transmitterTicks: 604812,
              value: 118,
              status: 'ok',
              trend: 'flat',
              trendRate: 0.2,
              unit: 'mg/dL',
              rateUnit: 'mg/dL/min',
              displayDevice: 'iOS',
              transmitterGeneration: 'g7',
            },
            {
              recordId: 'c5ddc256-ff4f-450b-a878-1004c0ecca83',
              systemTime: '2026-11-26T23:52',
              displayTime: '2026-11-26T18:52',
              transmitterId: '',
              transmitterTicks: 604512,
              value: 117,
              status: 'ok',
              trend: 'none',
              trendRate: null,
              unit: 'mg/dL',
              rateUnit: 'mg/dL/min',
              displayDevice: 'receiver',
              transmitterGeneration: 'g6',
            },
          ],
        },
        items: 2,
      },
      {
        resource: 'dataRange',
        request: 'GET /v3/users/self/dataRange?lastSyncTime=2026-11-20T00:00:00Z',
        answer: {
          recordType: 'dataRange',
          recordVersion: '3.0',
          userId: 'ae702e3cd8d4a6cd8320413e8ebb9ae6a669b56a96749bfc251869d3e1625d6d',
          calibrations: {
            start: {
              systemTime: '2026-08-02T10:11:00Z',
              displayTime: '2026-08-02T06:11:00-04:00',
            },
            end: {
              systemTime: '2026-11-25T09:40:00Z',
              displayTime: '2026-11-25T04:40:00-05:00',
            },
          },
          egvs: {
            start: {
              systemTime: '2026-08-01T00:02:00Z',
              displayTime: '2026-07-31T20:02:00-04:00',
            },
            end: {
              systemTime: '2026-11-26T23:57:11Z',
              displayTime: '2026-11-26T18:57:11-05:00',
            },
          },
          events: {
            start: {
              systemTime: '2026-08-01T12:00:00Z',
              displayTime: '2026-08-01T08:00:00-04:00',
            },
            end: {
              systemTime: '2026-11-26T17:30:00Z',
              displayTime: '2026-11-26T12:30:00-05:00',
            },
          },
        },
        items: 1,
      },
    ],
  },
  webhooks: {
    nothing: 'The overviews of endpoints list none.',
  },
  refusals,
};
