import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/unitedHealthcare.ts';

/** UnitedHealthcare (Optum). */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'uhc.com/legal/interoperability-apis (three stored versions)',
    strength: 'vendor',
    is: {
      parameters: ['scope'],
      values: {},
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
    nothing: 'No source shows a page of data.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
