import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/oracleHealth.ts';

/** Oracle Health (Cerner Millennium), by the vendor’s developer pages of 2024-05. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'cerner/fhir.cerner.com: content/authorization.md (2024-05); api-evangelist/cerner: well-known/cerner-smart-configuration-patient.json (2026-08-14)',
    strength: 'vendor',
    is: {
      parameters: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'aud'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source: 'cerner/fhir.cerner.com: content/authorization.md (2024-05)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-c-01',
        scope: 'launch/patient offline_access openid patient/Observation.read',
        token_type: 'Bearer',
        expires_in: 570,
        patient: '70000123',
        refresh_token: '5b1d0000-0000-4000-8000-00000000c001',
        id_token: 'ID_TOKEN',
      },
      idTokenClaims: {
        sub: 'p',
        fhirUser: 'https://fhir-myrecord.oracle.example/r4/9d0f-invented/Patient/70000123',
      },
      reads: {
        userID: '70000123',
        scopes: ['launch/patient', 'offline_access', 'openid', 'patient/Observation.read'],
        accessLivesS: 570,
        refreshLivesS: 7776000,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'cerner/fhir.cerner.com: content/authorization.md (2024-05)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-c-02',
        scope: 'launch/patient offline_access openid patient/Observation.read',
        token_type: 'Bearer',
        expires_in: 570,
      },
      brings: ['access_token'],
    },
  },
  revocation: {
    nothing: 'The configuration names an endpoint (RFC 7009); no source prints an answer.',
  },
  data: {
    source:
      'cerner/fhir.cerner.com: content/millennium/r4.md and r4/** (2024-05); fastenhealth/fasten-sources: base test fixture cerner_document_reference (2023-05)',
    strength: 'vendor',
    is: [
      {
        resource: 'Observation',
        request: 'GET /Observation?patient=70000123&_count=50',
        answer: {
          resourceType: 'Bundle',
          id: '0aa00000-0000-4000-8000-00000000c0de',
          type: 'searchset',
          link: [
            {
              relation: 'self',
              url: 'https://fhir-myrecord.oracle.example/r4/9d0f-invented/Observation?patient=70000123&_count=50',
            },
            {
              relation: 'next',
              url: 'https://fhir-myrecord.oracle.example/r4/9d0f-invented/Observation?patient=70000123&pageContext=35d90000-0000-4000-8000-000000000001&direction=NEXT',
            },
          ],
          entry: [
            {
              fullUrl: 'https://fhir-myrecord.oracle.example/r4/9d0f-invented/Observation/L-500',
              resource: {
                resourceType: 'Observation',
                id: 'L-500',
                meta: {
                  versionId: '1',
                  lastUpdated: '2026-06-01T10:00:00.000Z',
                },
                status: 'final',
                code: {
                  coding: [
                    {
                      system: 'http://loinc.org',
                      code: '2345-7',
                    },
                  ],
                  text: 'Glucose',
                },
                subject: {
                  reference: 'Patient/70000123',
                },
                valueQuantity: {
                  value: 92,
                  unit: 'mg/dL',
                },
              },
            },
          ],
        },
        items: 1,
      },
      {
        resource: 'DocumentReference',
        request: 'GET /DocumentReference?patient=70000123',
        answer: {
          resourceType: 'Bundle',
          type: 'searchset',
          entry: [
            {
              resource: {
                resourceType: 'DocumentReference',
                id: '206000001',
                meta: {
                  versionId: '1',
                  lastUpdated: '2026-05-12T21:20:53.000Z',
                },
                text: {
                  status: 'generated',
                  div: '<div xmlns="http://www.w3.org/1999/xhtml">…</div>',
                },
                identifier: [
                  {
                    system: 'https://fhir.cerner.com/ceuuid',
                    value: 'CE-invented',
                  },
                ],
                status: 'current',
                docStatus: 'final',
                type: {
                  coding: [
                    {
                      system: 'https://fhir.cerner.com/9d0f-invented/codeSet/72',
                      code: '2800001',
                      display: 'Note',
                      userSelected: true,
                    },
                    {
                      system: 'http://loinc.org',
                      code: '83805-2',
                      userSelected: false,
                    },
                  ],
                },
                subject: {
                  reference: 'Patient/70000123',
                },
                content: [
                  {
                    attachment: {
                      contentType: 'application/pdf',
                      url: 'https://fhir-myrecord.oracle.example/r4/9d0f-invented/Binary/XR-206000001',
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
    sandboxDiffers: {
      'Observation id: documented, not played': 'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
