import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/kaiser.ts';

/** Kaiser Permanente as a health plan. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'fastenhealth/fasten-sources: definitions/platform/kaiser.yaml (2026-03); open sample "BenefitPrism" (sandbox)',
    strength: 'clients',
    is: {
      parameters: ['scope', 'code_challenge', 'code_challenge_method'],
      values: {
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
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for Kaiser)',
    strength: 'observed',
    is: [
      {
        resource: 'ExplanationOfBenefit',
        request: 'GET /FHIR/api/ExplanationOfBenefit',
        answer: {
          resourceType: 'Bundle',
          id: 'k1',
          meta: {
            lastUpdated: '2026-10-03T15:31:37.301-07:00',
          },
          type: 'searchset',
          total: 1,
          link: [
            {
              relation: 'self',
              url: 'https://kp.example/service/healthplan/FHIR/api/ExplanationOfBenefit?patient=Patient%2F4a08invented',
            },
          ],
          entry: [
            {
              fullUrl: 'https://kp.example/service/healthplan/FHIR/api/ExplanationOfBenefit/6de1',
              resource: {
                resourceType: 'ExplanationOfBenefit',
                id: '6de1',
                meta: {
                  versionId: '1',
                  lastUpdated: '2026-10-03T15:31:37.301-07:00',
                  source: '#inv',
                },
                status: 'active',
                use: 'claim',
                patient: {
                  reference: 'Patient/4a08invented00/_history/1',
                },
                insurer: {
                  reference: 'Organization/3e64/_history/1',
                },
                outcome: 'complete',
                disposition: 'PAID',
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
    sandboxDiffers: {
      'ExplanationOfBenefit id: documented, not played':
        'About the answer, not about the person; nobody reads it.',
      'ExplanationOfBenefit meta: documented, not played':
        'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
