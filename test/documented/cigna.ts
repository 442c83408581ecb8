import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/cigna.ts';

/** Cigna. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/cigna: authentication/cigna-authentication.yml (2026-07-11); open sample with the sandbox addresses; fastenhealth/fasten-sources: definitions/platform/cigna.yaml (2026-03)',
    strength: 'clients',
    is: {
      parameters: ['scope'],
      values: {},
    },
  },
  answerToCode: {
    nothing:
      'No source shows a token answer; clients of the sandbox learn the member by the operation $userinfo.',
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for Cigna)',
    strength: 'observed',
    is: [
      {
        resource: 'ExplanationOfBenefit',
        request: 'GET /Patient/A0000/$everything',
        answer: {
          resourceType: 'Bundle',
          meta: {
            lastUpdated: '2026-11-01T00:00:00.000000+00:00',
          },
          type: 'searchset',
          total: 2,
          link: [
            {
              relation: 'self',
              url: 'https://fhir.cigna.example/PatientAccess/v1/Patient/A0000/$everything',
            },
          ],
          entry: [
            {
              fullUrl: 'https://fhir.cigna.example/PatientAccess/v1/ExplanationOfBenefit/ifp-577B',
              resource: {
                resourceType: 'ExplanationOfBenefit',
                id: 'ifp-577B',
                meta: {
                  versionId: '1',
                  lastUpdated: '2026-03-20T16:52:29.201000+00:00',
                  source: 'IFP#inv',
                  profile: [
                    'http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit-Inpatient-Institutional',
                  ],
                },
                _status: {
                  extension: [
                    {
                      url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
                      valueCode: 'unknown',
                    },
                  ],
                },
                use: 'claim',
                patient: {
                  reference: 'Patient/ifp-A0000',
                },
                billablePeriod: {
                  start: '2026-01-08',
                  end: '2026-01-22',
                },
                insurer: {
                  display: 'Cigna',
                },
                provider: {
                  reference: 'Organization/ifp-05',
                },
                outcome: 'complete',
              },
              search: {
                mode: 'match',
              },
            },
            {
              fullUrl: 'https://fhir.cigna.example/PatientAccess/v1/Coverage/c16-ZCQ',
              resource: {
                resourceType: 'Coverage',
                id: 'c16-ZCQ',
                meta: {
                  versionId: '1',
                  lastUpdated: '2026-03-20T16:37:29.211000+00:00',
                  profile: ['http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-Coverage|1.0.0'],
                },
                language: 'en',
                status: 'active',
                subscriberId: 'U1',
                beneficiary: {
                  reference: 'Patient/c16-44a0',
                },
                payor: [
                  {
                    extension: [
                      {
                        url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
                        valueCode: 'unknown',
                      },
                    ],
                  },
                ],
              },
              search: {
                mode: 'match',
              },
            },
          ],
        },
        items: 2,
      },
    ],
    sandboxDiffers: {
      'ExplanationOfBenefit meta: documented, not played':
        'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
