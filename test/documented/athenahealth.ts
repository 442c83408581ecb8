import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/athenahealth.ts';

/** athenahealth (athenaOne). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'api-evangelist/athenahealth: well-known/athenahealth-smart-configuration.json (2026-08-14)',
    strength: 'vendor',
    is: {
      parameters: [
        'response_type',
        'client_id',
        'redirect_uri',
        'scope',
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
    nothing: 'No source shows a token answer.',
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing:
      'The captured configuration of 2026-08-14 names an endpoint, /oauth2/v1/revoke; no source prints an answer.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for Athena) (2024-11-23)',
    strength: 'observed',
    is: [
      {
        resource: 'Observation',
        request: 'GET /Observation?patient=a-99.E-7&_count=50',
        answer: {
          type: 'searchset',
          timestamp: '2026-11-01T10:00:00.000Z',
          link: [
            {
              relation: 'self',
              url: 'https://api.athena.example/fhir/r4/Observation?patient=a-99.E-7&_count=50',
            },
            {
              relation: 'next',
              url: 'https://api.athena.example/fhir/r4/Observation?patient=a-99.E-7&_count=50&cursor=a-99.resultamb-41',
            },
          ],
          entry: [
            {
              fullUrl: 'https://api.athena.example/fhir/r4/Observation/a-99.occupation-7',
              resource: {
                identifier: [
                  {
                    value: 'a-99.occupation-7',
                    system: 'https://fhir.athena.io/sid/ah-observation',
                  },
                ],
                category: [
                  {
                    coding: [
                      {
                        system: 'http://terminology.hl7.org/CodeSystem/observation-category',
                        code: 'social-history',
                      },
                    ],
                  },
                ],
                resourceType: 'Observation',
                status: 'final',
                id: 'a-99.occupation-7',
                valueCodeableConcept: {
                  text: 'Other',
                },
                extension: [
                  {
                    url: 'https://fhir.athena.io/StructureDefinition/ah-practice',
                    valueReference: {
                      reference: 'Organization/a-1.Practice-99',
                    },
                  },
                ],
                code: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '11295-3',
                    },
                  ],
                },
                subject: {
                  type: 'Patient',
                  reference: 'Patient/a-99.E-7',
                },
              },
              search: {
                mode: 'match',
              },
            },
          ],
          resourceType: 'Bundle',
        },
        items: 1,
      },
      {
        resource: 'DocumentReference',
        request: 'GET /DocumentReference?patient=a-99.E-7',
        answer: {
          type: 'searchset',
          timestamp: '2026-11-01T10:00:00.000Z',
          link: [
            {
              relation: 'self',
              url: 'https://api.athena.example/fhir/r4/DocumentReference?patient=a-99.E-7',
            },
          ],
          entry: [
            {
              fullUrl: 'https://api.athena.example/fhir/r4/DocumentReference/a-99.hpiNote-3',
              resource: {
                type: {
                  coding: [
                    {
                      system: 'https://hl7.org/fhir/valueset-doc-section-codes.html',
                      code: '10164-2',
                    },
                  ],
                },
                date: '2026-03-26T16:00:00.000Z',
                status: 'current',
                id: 'a-99.hpiNote-3',
                content: [
                  {
                    attachment: {
                      contentType: 'text/html',
                      data: 'SW52ZW50ZWQgbm90ZS4=',
                    },
                  },
                ],
                custodian: {
                  reference: 'Organization/a-1.Org-ATHENA',
                },
                resourceType: 'DocumentReference',
              },
              search: {
                mode: 'match',
              },
            },
          ],
          resourceType: 'Bundle',
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'Observation timestamp: documented, not played':
        'About the answer, not about the person; nobody reads it.',
      'DocumentReference timestamp: documented, not played':
        'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
