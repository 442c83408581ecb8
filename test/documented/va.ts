import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/va.ts';

/** Veterans Affairs (Lighthouse Patient Health API). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'department-of-veterans-affairs/developer-portal: src/components/oauthDocs/AuthCodeFlowContent.mdx (about 2022)',
    strength: 'vendor',
    is: {
      parameters: ['client_id', 'redirect_uri', 'response_type', 'state', 'scope'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    sandboxDiffers: {
      'id_token: played, not documented': 'Comes with openid, says the standard; the page does not print it.',
    },
    source:
      'department-of-veterans-affairs/developer-portal: src/components/oauthDocs/AuthCodeFlowContent.mdx (about 2022)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-va-1',
        expires_in: 3600,
        refresh_token: 'rt-va-1',
        scope: 'openid profile offline_access launch/patient patient/Observation.read',
        patient: '1000000001',
        state: 'af0if-invented',
        token_type: 'Bearer',
      },
      reads: {
        userID: '1000000001',
        scopes: ['openid', 'profile', 'offline_access', 'launch/patient', 'patient/Observation.read'],
        accessLivesS: 3600,
        refreshLivesS: 3628800,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source:
      'department-of-veterans-affairs/developer-portal: src/components/oauthDocs/AuthCodeFlowContent.mdx (about 2022)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-va-2',
        expires_in: 3600,
        refresh_token: 'rt-va-2',
        scope: 'openid profile offline_access launch/patient patient/Observation.read',
        token_type: 'Bearer',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source:
      'department-of-veterans-affairs/developer-portal: src/components/oauthDocs/AuthCodeFlowContent.mdx (about 2022)',
    strength: 'vendor',
    is: {
      method: 'POST',
      form: ['token', 'token_type_hint'],
      authorization: 'basic',
      token: 'either',
      status: 200,
    },
  },
  data: {
    source: 'open client with VA R4 bundles as test data',
    strength: 'one-client',
    is: [
      {
        resource: 'Observation',
        request: 'GET /services/fhir/v0/r4/Observation?patient=1000000001&_count=1',
        answer: {
          resourceType: 'Bundle',
          type: 'searchset',
          total: 2,
          link: [
            {
              relation: 'first',
              url: 'https://api.va.example/services/fhir/v0/r4/Observation?patient=1000000001&_count=1&page=1',
            },
            {
              relation: 'self',
              url: 'https://api.va.example/services/fhir/v0/r4/Observation?patient=1000000001&_count=1&page=1',
            },
            {
              relation: 'next',
              url: 'https://api.va.example/services/fhir/v0/r4/Observation?patient=1000000001&_count=1&page=2',
            },
            {
              relation: 'last',
              url: 'https://api.va.example/services/fhir/v0/r4/Observation?patient=1000000001&_count=1&page=2',
            },
          ],
          entry: [
            {
              fullUrl: 'https://api.va.example/services/fhir/v0/r4/Observation/I2-AAAA000000',
              resource: {
                resourceType: 'Observation',
                id: 'I2-AAAA000000',
                meta: {
                  lastUpdated: '2026-04-15T05:56:37Z',
                },
                status: 'final',
                category: [
                  {
                    coding: [
                      {
                        system: 'http://terminology.hl7.org/CodeSystem/observation-category',
                        code: 'laboratory',
                      },
                    ],
                  },
                ],
                code: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '2339-0',
                    },
                  ],
                  text: 'Glucose',
                },
                subject: {
                  reference: 'https://api.va.example/services/fhir/v0/r4/Patient/1000000001',
                  display: 'Mr. Example',
                },
                effectiveDateTime: '2026-03-16T05:56:37Z',
                valueQuantity: {
                  value: 88.2,
                  unit: 'mg/dL',
                  system: 'http://unitsofmeasure.org',
                  code: 'mg/dL',
                },
              },
              search: {
                mode: 'match',
              },
            },
          ],
        },
        items: 1,
      },
    ],
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
