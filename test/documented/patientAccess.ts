import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/patientAccess.ts';

/** Any health plan with the Patient Access interface; the answers are Centene’s, of 2026-09-07, which no definition of its own has. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'api-evangelist/centene: authentication/centene-authentication.yml (2026-09-07)',
    strength: 'vendor',
    is: {
      parameters: ['scope', 'code_challenge', 'code_challenge_method'],
      values: {
        code_challenge_method: 'S256',
      },
    },
  },
  answerToCode: {
    source: 'api-evangelist/centene: authentication/centene-authentication.yml (2026-09-07)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-ce-1',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'Patient/*.read launch/patient offline_access',
        patient: 'c0ffee-invented',
        refresh_token: 'rt-ce-1',
      },
      reads: {
        userID: 'c0ffee-invented',
        scopes: ['Patient/*.read', 'launch/patient', 'offline_access'],
        accessLivesS: 3600,
        refreshes: true,
      },
    },
    sandboxDiffers: {
      'need_patient_banner: played, not documented':
        'The answer is one plan’s; the sandbox plays the standard, by which it may come.',
      'id_token: played, not documented':
        'The answer is one plan’s; the sandbox plays the standard, by which it may come.',
    },
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    nothing: 'No source shows a page of a patient’s data.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
