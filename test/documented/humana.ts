import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/humana.ts';

/** Humana. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'developers.humana.com/oauth (two versions)',
    strength: 'vendor',
    is: {
      parameters: ['client_id', 'redirect_uri', 'response_type'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    nothing: 'No source shows the members of a token answer.',
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    source:
      'developers.humana.com/apis/coverage-api/doc (2021-09); fastenhealth/fasten-sources: clients/internal/testdata (recording for Humana) (2024-11-23)',
    strength: 'vendor',
    is: [
      {
        resource: 'Coverage',
        request: 'GET /sandbox/api/Coverage?_count=3',
        answer: {
          resourceType: 'Bundle',
          id: '63a90000invented',
          meta: {
            lastUpdated: '2026-09-13T12:49:56.8559278+00:00',
          },
          type: 'searchset',
          link: [
            {
              relation: 'next',
              url: 'https://fhir.humana.example/sandbox/api/Coverage?_count=3&patient=5a35invented&ct=W3sidG9rZW4iOiJpbnYifV0',
            },
            {
              relation: 'self',
              url: 'https://fhir.humana.example/sandbox/api/Coverage?_count=3&patient=5a35invented',
            },
          ],
          entry: [
            {
              fullUrl: 'https://fhir.humana.example/sandbox/api/Coverage/27b2',
              resource: {
                resourceType: 'Coverage',
                id: '27b2',
                meta: {
                  versionId: '719',
                  lastUpdated: '2026-09-13T08:30:12.916+00:00',
                  tag: [
                    {
                      system: 'https://www.hl7.org/fhir/patient.html',
                      code: 'Patient/5a35invented',
                    },
                  ],
                },
                status: 'cancelled',
                type: {
                  coding: [
                    {
                      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
                      code: 'DENTAL',
                    },
                  ],
                },
              },
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'Coverage id: documented, not played': 'About the answer, not about the person; nobody reads it.',
      'Coverage meta: documented, not played': 'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
