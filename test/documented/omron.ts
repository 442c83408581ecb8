import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/omron.ts';

/** Omron’s partner interface; its documentation comes with the contract. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'JARVIS (public project); a public Node project (name not recorded)',
    strength: 'clients',
    is: {
      parameters: ['client_id', 'response_type', 'redirect_uri', 'scope', 'state'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source: 'JARVIS (public project); a public Node project (name not recorded)',
    strength: 'clients',
    is: {
      body: {
        access_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIyZmMwNzg4OC1iNTU5LTQ4NjAtYTYxNC1mOGM2ZjIxMmNjOWIiLCJleHAiOjE3OTU3NjY0NzN9.c2ln',
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: '5639061d4782a364bac9156bbee848a2b90e4591975f78ddb31c74c71000b4a6',
      },
      reads: {
        userID: '2fc07888-b559-4860-a614-f8c6f212cc9b',
        scopes: ['bloodpressure', 'activity', 'weight', 'temperature', 'openid', 'offline_access'],
        accessLivesS: 3600,
        refreshes: true,
      },
    },
    sandboxDiffers: {
      'scope: played, not documented':
        'A client reads none here; the definition reads the scopes of the answer, and marks it as uncertain.',
    },
  },
  answerToRefresh: {
    source: 'JARVIS (public project)',
    strength: 'one-client',
    is: {
      body: {
        access_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIyZmMwNzg4OC1iNTU5LTQ4NjAtYTYxNC1mOGM2ZjIxMmNjOWIiLCJleHAiOjE3OTU3NzAwNzN9.c2ln',
        token_type: 'Bearer',
        expires_in: 3600,
      },
      brings: ['access_token'],
    },
    sandboxDiffers: {
      'refresh_token: played, not documented': 'One client says that it may be missing here.',
      'scope: played, not documented':
        'A client reads none here; the definition reads the scopes of the answer, and marks it as uncertain.',
    },
  },
  revocation: {
    nothing:
      'Two clients call /connect/revocation; no answer is shown, and the address comes with the contract.',
  },
  data: {
    source: 'JARVIS (public project); a public Node project (name not recorded)',
    strength: 'clients',
    is: [
      {
        resource: 'bloodpressure',
        request: 'POST /prd/api/measurement type=bloodpressure&since=2026-11-01&limit=100',
        answer: {
          result: {
            bloodPressure: [
              {
                systolic: 121,
                diastolic: 78,
                pulse: 64,
                dateTime: '2026-11-26T06:31:00Z',
                dateTimeLocal: '2026-11-26T07:31:00',
                possibleAfib: 0,
              },
            ],
            paginationKey: {
              bloodpressurePaginationKey: null,
            },
          },
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'bloodpressure result.bloodPressure.*.dateTime: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'bloodpressure result.bloodPressure.*.dateTimeLocal: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'bloodpressure result.bloodPressure.*.possibleAfib: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'bloodpressure result.paginationKey: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    nothing: 'An address for notices is named; neither their body nor a signature is shown.',
  },
  refusals,
};
