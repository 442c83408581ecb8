import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/aetna.ts';

/** Aetna. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/aetna: authentication/aetna-authentication.yml (2026-08-30); api-evangelist/aetna: conventions/aetna-conventions.yml (2026-08-30)',
    strength: 'observed',
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
    nothing: 'No source shows a refresh token.',
  },
  revocation: {
    nothing: 'No source shows a revocation endpoint.',
  },
  data: {
    nothing: 'No source shows a bundle.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
