import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/epic.ts';

/** Epic (MyChart). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'docs.intraconnects.com: Epic standalone launch',
    strength: 'one-client',
    is: {
      parameters: ['response_type', 'client_id', 'redirect_uri', 'aud'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    nothing: 'No source shows the members of the answer to a code; that to a refresh was recorded.',
  },
  answerToRefresh: {
    source:
      'fastenhealth/fasten-sources: clients/client_auth_method/testdata (Epic refresh, Epic introspect) (2025-12-23)',
    strength: 'observed',
    is: {
      body: {
        access_token: 'at-e-7f31',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'patient/Observation.read patient/Patient.read launch/patient offline_access',
        refresh_token: 'rt-e-7f32',
        '__epic.dstu2.patient': 'TQ9invented2',
        patient: 'eInv3ntedPat1ent3',
      },
      brings: ['access_token', 'refresh_token'],
    },
    sandboxDiffers: {
      '__epic·dstu2·patient: documented, not played':
        'Her number in the older version of FHIR, which nobody reads.',
    },
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for Epic) (2025-12)',
    strength: 'observed',
    is: [
      {
        resource: 'Observation',
        request: 'GET /Observation?patient=eInv3ntedPat1ent3&category=vital-signs&_count=50',
        answer: {
          resourceType: 'Bundle',
          type: 'searchset',
          total: 1,
          link: [
            {
              relation: 'next',
              url: 'https://ehr.epic.example/api/FHIR/R4/Observation?sessionID=12-0A1B2C3D4E',
            },
            {
              relation: 'self',
              url: 'https://ehr.epic.example/api/FHIR/R4/Observation?category=vital-signs&patient=eInv3ntedPat1ent3&_count=50',
            },
          ],
          entry: [
            {
              fullUrl: 'https://ehr.epic.example/api/FHIR/R4/Observation/eObs1',
              resource: {
                resourceType: 'Observation',
                id: 'eObs1',
                status: 'final',
                category: [
                  {
                    coding: [
                      {
                        system: 'http://terminology.hl7.org/CodeSystem/observation-category',
                        code: 'vital-signs',
                      },
                    ],
                  },
                ],
                code: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '8867-4',
                    },
                  ],
                  text: 'Pulse',
                },
                subject: {
                  reference: 'Patient/eInv3ntedPat1ent3',
                  display: 'Doe, Ada',
                },
                effectiveDateTime: '2026-10-02T14:05:00Z',
                valueQuantity: {
                  value: 71,
                  unit: '/min',
                  system: 'http://unitsofmeasure.org',
                  code: '/min',
                },
              },
              search: {
                mode: 'match',
              },
            },
            {
              fullUrl: 'urn:uuid:1f0c0000-0000-4000-8000-00000000e001',
              resource: {
                resourceType: 'OperationOutcome',
                issue: [
                  {
                    severity: 'warning',
                    code: 'suppressed',
                    details: {
                      coding: [
                        {
                          system: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369',
                          code: '59204',
                        },
                      ],
                      text: 'sub-type not granted',
                    },
                    diagnostics: 'Client not authorized for Observation - (sub-type).',
                  },
                  {
                    severity: 'warning',
                    code: 'processing',
                    details: {
                      coding: [
                        {
                          system: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369',
                          code: '4119',
                        },
                      ],
                      text: 'may not be the whole record',
                    },
                  },
                ],
              },
              search: {
                mode: 'outcome',
              },
            },
          ],
        },
        items: 1,
      },
      {
        resource: 'DocumentReference',
        request: 'GET /DocumentReference?patient=eInv3ntedPat1ent3',
        answer: {
          resourceType: 'Bundle',
          type: 'searchset',
          total: 1,
          link: [
            {
              relation: 'self',
              url: 'https://ehr.epic.example/api/FHIR/R4/DocumentReference?patient=eInv3ntedPat1ent3',
            },
          ],
          entry: [
            {
              fullUrl: 'https://ehr.epic.example/api/FHIR/R4/DocumentReference/eDoc1',
              resource: {
                resourceType: 'DocumentReference',
                id: 'eDoc1',
                status: 'current',
                type: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '34133-9',
                    },
                  ],
                },
                subject: {
                  reference: 'Patient/eInv3ntedPat1ent3',
                },
                date: '2026-01-12T09:00:00Z',
                content: [
                  {
                    attachment: {
                      contentType: 'application/xml',
                      url: 'Binary/eBin1',
                    },
                    format: {
                      system: 'http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem',
                      code: 'urn:hl7-org:sdwg:ccda-structuredBody:2.1',
                    },
                  },
                ],
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
