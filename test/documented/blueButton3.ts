import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/blueButton3.ts';

/** Medicare’s Blue Button, version 3: the same views of the server, switched on for each application. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'CMSgov/bluebutton-web-server: apps/dot_ext/views/authorization.py (2026)',
    strength: 'vendor',
    is: {
      url: 'https://api.bluebutton.cms.gov/v3/o/authorize/',
      parameters: [
        'client_id',
        'redirect_uri',
        'response_type',
        'state',
        'scope',
        'code_challenge',
        'code_challenge_method',
      ],
      values: {
        response_type: 'code',
        code_challenge_method: 'S256',
      },
    },
  },
  answerToCode: {
    source: 'CMSgov/bluebutton-web-server: apps/dot_ext/views/authorization.py (2026)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'BBtok1',
        expires_in: 3456.523842,
        token_type: 'Bearer',
        scope: 'profile patient/Patient.rs patient/ExplanationOfBenefit.rs patient/Coverage.rs',
        refresh_token: 'BBref1',
        access_grant_expiration: '2027-12-29T19:17:53Z',
      },
      calls: {
        'GET https://api.bluebutton.cms.gov/v3/connect/userinfo': {
          patient: '-20140000009999',
        },
      },
      reads: {
        userID: '-20140000009999',
        scopes: ['profile', 'patient/Patient.rs', 'patient/ExplanationOfBenefit.rs', 'patient/Coverage.rs'],
        accessLivesS: 3456.523,
        grantEndsAt: '2027-12-29T19:17:53Z',
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    nothing: 'The pages print the answer of version 2; the source has one view for both.',
  },
  revocation: {
    nothing: 'The pages print the call of version 2; the source has one view for both.',
  },
  data: {
    nothing: 'No source shows an answer of version 3.',
  },
  webhooks: {
    nothing: 'The documentation shows no notices: data are asked for.',
  },
  refusals,
};
