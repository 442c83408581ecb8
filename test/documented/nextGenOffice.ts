import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/nextGenOffice.ts';

/** NextGen Office. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/nextgen-healthcare: authentication/nextgen-healthcare-authentication.yml (2026-07-24)',
    strength: 'one-client',
    is: {
      parameters: ['aud'],
      values: {},
    },
  },
  answerToCode: {
    nothing: 'No answer of this product was seen.',
  },
  answerToRefresh: {
    nothing: 'No answer of this product was seen.',
  },
  revocation: {
    nothing: 'No answer of this product was seen.',
  },
  data: {
    nothing: 'No answer of this product was seen.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
