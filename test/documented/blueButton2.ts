import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/blueButton2.ts';

/** Medicare’s Blue Button 2.0, version 2. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'CMSgov/bluebutton-site-static: src/content/api-documentation/authorization.mdx (2026-08-05)',
    strength: 'vendor',
    is: {
      url: 'https://api.bluebutton.cms.gov/v2/o/authorize/',
      parameters: [
        'client_id',
        'redirect_uri',
        'response_type',
        'state',
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
    source:
      'CMSgov/bluebutton-site-static: src/content/api-documentation/authorization.mdx (2026-08-05); CMSgov/bluebutton-site-static: consuming-the-data, calling-the-api, optimizing-your-app (2026-08-05)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'BBtok1',
        expires_in: 3456.523842,
        token_type: 'Bearer',
        scope: 'profile patient/Patient.rs patient/ExplanationOfBenefit.rs patient/Coverage.rs',
        refresh_token: 'BBref1',
        access_grant_expiration: '2027-12-29 19:17:53Z',
      },
      calls: {
        'GET https://api.bluebutton.cms.gov/v2/connect/userinfo': {
          sub: '-20140000009999',
          name: 'Ada Example',
          given_name: 'Ada',
          family_name: 'Example',
          email: '',
          iat: '2026-05-01T00:00:00Z',
          patient: '-20140000009999',
        },
        'GET https://api.bluebutton.cms.gov/v2/fhir/Patient': {
          resourceType: 'Bundle',
          type: 'searchset',
          total: 1,
          entry: [
            {
              resource: {
                resourceType: 'Patient',
                id: '-20140000009999',
              },
            },
          ],
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
    source: 'CMSgov/bluebutton-site-static: src/content/api-documentation/authorization.mdx (2026-08-05)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'BBtok2',
        expires_in: 3600,
        token_type: 'Bearer',
        scope: 'profile patient/Patient.rs patient/Coverage.rs patient/ExplanationOfBenefit.rs',
        refresh_token: 'BBref2',
        patient: '-20140000009999',
        access_grant_expiration: '2027-12-29 19:17:53Z',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source:
      'CMSgov/bluebutton-site-static: src/content/api-documentation/authorization.mdx (2026-08-05); CMSgov/bluebutton-web-server: apps/dot_ext/views/authorization.py (2026)',
    strength: 'vendor',
    is: {
      method: 'POST',
      url: 'https://api.bluebutton.cms.gov/v2/o/revoke/',
      form: ['token'],
      authorization: 'basic',
      token: 'access',
      status: 200,
    },
  },
  data: {
    source:
      'CMSgov/bluebutton-site-static: consuming-the-data, calling-the-api, optimizing-your-app (2026-08-05); fastenhealth/fasten-sources: base test fixture medicare-eob (2023-06)',
    strength: 'vendor',
    is: [
      {
        resource: 'ExplanationOfBenefit',
        request: 'GET /v2/fhir/ExplanationOfBenefit?patient=-20140000009999&_count=10',
        answer: {
          resourceType: 'Bundle',
          id: '5e580000-0000-4000-8000-00000000bb01',
          type: 'searchset',
          total: 89,
          link: [
            {
              relation: 'first',
              url: 'https://bb.example/v2/fhir/ExplanationOfBenefit?startIndex=0&_count=10&patient=-20140000009999',
            },
            {
              relation: 'next',
              url: 'https://bb.example/v2/fhir/ExplanationOfBenefit?startIndex=10&_count=10&patient=-20140000009999',
            },
            {
              relation: 'last',
              url: 'https://bb.example/v2/fhir/ExplanationOfBenefit?startIndex=80&_count=10&patient=-20140000009999',
            },
            {
              relation: 'self',
              url: 'https://bb.example/v2/fhir/ExplanationOfBenefit?startIndex=0&_count=10&patient=-20140000009999',
            },
          ],
          entry: [
            {
              resource: {
                resourceType: 'ExplanationOfBenefit',
                id: 'carrier--10000009999',
                meta: {
                  lastUpdated: '2026-06-14T12:31:42.354-04:00',
                  profile: [
                    'http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit-Professional-NonClinician',
                  ],
                },
                contained: [
                  {
                    resourceType: 'Observation',
                    id: 'line-observation-1',
                    status: 'unknown',
                    code: {
                      coding: [
                        {
                          system: 'https://bluebutton.cms.gov/resources/variables/line_hct_hgb_type_cd',
                          code: 'R1',
                        },
                      ],
                    },
                    valueQuantity: {
                      value: 0,
                    },
                  },
                ],
                patient: {
                  reference: 'Patient/-20140000009999',
                },
                provider: {
                  reference: '#provider-org',
                },
              },
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'ExplanationOfBenefit id: documented, not played':
        'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'The documentation shows no notices: data are asked for.',
  },
  refusals,
};
