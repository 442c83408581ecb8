import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/nextGenEnterprise.ts';

/** NextGen Enterprise (Patient Access API). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/nextgen-healthcare: fhir/nextgen-enterprise-r4-smart-configuration.json (2026-07)',
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
    nothing: 'No source shows a token answer, nor whether the patient stands in it or in fhirUser.',
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'The captured configuration names …/token/revoke; no source prints an answer.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for NextGen)',
    strength: 'observed',
    is: [
      {
        resource: 'DocumentReference',
        request: 'GET /fhir/r4/DocumentReference?patient=1a2b',
        answer: {
          resourceType: 'Bundle',
          type: 'searchset',
          total: 1,
          link: [
            {
              relation: 'self',
              url: 'https://fhir.nextgen.example/nge/prod/fhir-api-r4/fhir/R4/DocumentReference?_count=50&patient=1a2b&page=1',
            },
          ],
          entry: [
            {
              fullUrl: 'https://fhir.nextgen.example/nge/prod/fhir-api-r4/fhir/R4/DocumentReference/d9e0',
              resource: {
                resourceType: 'DocumentReference',
                id: 'd9e0',
                status: 'current',
                type: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '34133-9',
                    },
                  ],
                },
                category: [
                  {
                    text: 'summary',
                  },
                ],
                subject: {
                  reference: 'Patient/1a2b',
                },
                date: '2026-02-17T16:36:59.66+00:00',
                author: [
                  {
                    reference: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
                    display: 'UNK',
                  },
                ],
                custodian: {
                  reference: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
                  display: 'UNK',
                },
                content: [
                  {
                    attachment: {
                      contentType: 'application/xml',
                      url: 'https://fhir.nextgen.example/nge/prod/fhir-api-r4/fhir/R4/document/xml-d9e0',
                    },
                  },
                ],
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
