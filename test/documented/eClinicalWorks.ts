import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/eClinicalWorks.ts';

/** eClinicalWorks (healow). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'Mere Medical fhir-oauth library (vendors/healow)',
    strength: 'one-client',
    is: {
      parameters: ['aud'],
      values: {},
    },
  },
  answerToCode: {
    nothing:
      'No source shows a token answer. One client reads the patient from fhirUser of the identity token, and from nowhere else.',
  },
  answerToRefresh: {
    nothing:
      'No source shows an answer to a refresh; one client says that it may lack id_token, scope or refresh_token.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    source: 'fastenhealth/fasten-sources: clients/internal/testdata (recording for EclinicalWorks)',
    strength: 'observed',
    is: [
      {
        resource: 'MedicationRequest',
        request: 'GET https://fhir.healow.example/fhir/r4/PRACT1/MedicationRequest?patient=pA.b-1&_count=50',
        answer: {
          resourceType: 'Bundle',
          id: '7f000000-0000-4000-8000-00000000ec01',
          meta: {
            lastUpdated: '2026-11-01T09:00:00.000-05:00',
          },
          type: 'searchset',
          total: 1,
          link: [
            {
              relation: 'self',
              url: 'http://fhir.ecw.example/fhir/r4/PRACT1/MedicationRequest?patient=pA.b-1&_count=50',
            },
          ],
          entry: [
            {
              fullUrl: 'https://fhir.healow.example/fhir/r4/PRACT1/MedicationRequest/pA.m1',
              resource: {
                resourceType: 'MedicationRequest',
                id: 'pA.m1',
                meta: {
                  lastUpdated: '2026-04-08T09:30:00.000-05:00',
                  profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-medicationrequest'],
                },
                status: 'active',
                intent: 'order',
                reportedBoolean: true,
                medicationReference: {
                  reference: 'Medication/pA.x1',
                  type: 'Medication',
                },
                subject: {
                  reference: 'Patient/pA.b-1',
                  type: 'Patient',
                },
                authoredOn: '2026-04-08T09:30:00-05:00',
                dosageInstruction: [
                  {
                    text: 'one tablet daily',
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
      {
        resource: 'Goal',
        request: 'GET /Goal?patient=pA.b-1&_count=50',
        answer: {
          resourceType: 'Bundle',
          id: '7f000000-0000-4000-8000-00000000ec02',
          meta: {
            lastUpdated: '2026-11-01T09:00:00.000-05:00',
          },
          type: 'searchset',
          total: 50,
          link: [
            {
              relation: 'self',
              url: 'http://fhir.ecw.example/fhir/r4/PRACT1/Goal?patient=pA.b-1&_count=50',
            },
          ],
        },
        items: 0,
      },
    ],
    sandboxDiffers: {
      'MedicationRequest id: documented, not played':
        'About the answer, not about the person; nobody reads it.',
      'MedicationRequest meta: documented, not played':
        'About the answer, not about the person; nobody reads it.',
      'Goal id: documented, not played': 'About the answer, not about the person; nobody reads it.',
      'Goal meta: documented, not played': 'About the answer, not about the person; nobody reads it.',
    },
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
