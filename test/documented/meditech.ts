import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/meditech.ts';

/** MEDITECH Expanse, by its test server of 2026-08. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'api-evangelist/meditech: authentication/meditech-greenfield-oauth.yml (2026-08-06); api-evangelist/meditech: well-known/meditech-greenfield-smart-configuration.json (excerpt) (2026-08-14)',
    strength: 'observed',
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
    nothing: 'The captured configuration of 2026-08-14 names /oauth/revoke; no source prints an answer.',
  },
  data: {
    nothing: 'No source shows a page of data.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
