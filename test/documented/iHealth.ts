import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/iHealth.ts';

/** iHealth Open API. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'developer.ihealthlabs.com',
    strength: 'vendor',
    is: {
      url: 'https://api.ihealthlabs.com:8443/OpenApiV2/OAuthv2/userauthorization/',
      parameters: ['client_id', 'response_type', 'redirect_uri', 'APIName'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    nothing: 'No source shows the members of the token answer.',
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    nothing: 'The vendor registers an address for removals; no call is shown.',
  },
  data: {
    nothing: 'No source shows a page of data.',
  },
  webhooks: {
    nothing: 'A callback for removals is named; neither its body nor a signature is shown.',
  },
  refusals,
};
