import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/veradigm.ts';

/** Veradigm (Allscripts). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'Mere Medical fhir-oauth library (vendors/veradigm, two versions)',
    strength: 'one-client',
    is: {
      parameters: ['aud'],
      values: {},
    },
  },
  answerToCode: {
    source: 'Mere Medical fhir-oauth library (vendors/veradigm, two versions)',
    strength: 'one-client',
    is: {
      body: {
        access_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJsb2NhbF9wYXRpZW50X2lkIjoicGF0LTciLCJnbG9iYWxfcGF0aWVudF9pZCI6ImctNyIsImZoaXJfYXBpX2lkIjoiYS03Iiwic2NvcGUiOlsicGF0aWVudC8qLnJlYWQiXX0.c2ln',
        token_type: 'Bearer',
        expires_in: 3600,
        id_token: 'ID_TOKEN',
      },
      idTokenClaims: {
        sub: 'v',
      },
      reads: {
        userID: 'pat-7',
        scopes: ['launch/patient', 'openid', 'fhirUser', 'offline_access', 'patient/*.read'],
        accessLivesS: 3600,
        refreshes: false,
      },
    },
    sandboxDiffers: {
      'refresh_token: played, not documented':
        'One reading of an older client; the sandbox plays the standard.',
      'scope: played, not documented': 'One reading of an older client; the sandbox plays the standard.',
      'patient: played, not documented': 'One reading of an older client; the sandbox plays the standard.',
      'need_patient_banner: played, not documented':
        'One reading of an older client; the sandbox plays the standard.',
    },
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    nothing: 'No source shows a page of data.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
