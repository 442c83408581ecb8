import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/elevance.ts';

/** Elevance Health (Anthem and its brands), by the configuration captured on 2026-09-07. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/elevance-health: well-known/elevance-health-totalview-smart-configuration.json (2026-09-07); fastenhealth/fasten-sources: definitions/platform/anthem.yaml (2026-03)',
    strength: 'vendor',
    is: {
      parameters: ['response_type', 'scope', 'code_challenge', 'code_challenge_method'],
      values: {
        response_type: 'code',
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
    nothing: 'The captured configuration of 2026-09-07 names no revocation endpoint.',
  },
  data: {
    nothing: 'No source shows a page of a patient’s data.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
