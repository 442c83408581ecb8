import { Type } from 'typebox';
import { TokenErrorBody } from '../../contract/problem.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute, readRawForm } from '../../platform/http/defineRoute.ts';
import type { AccessParts } from '../accessParts.ts';
import { clientCredentials } from '../grantTypes/clientCredentials.ts';
import { tokenPath, type GrantType } from '../grantTypes/defineGrantType.ts';
import { delegatedParticipant } from '../grantTypes/delegatedParticipant.ts';
import { refuseGrant } from '../grantTypes/tokenAnswer.ts';

const grantTypes: readonly GrantType[] = [clientCredentials, delegatedParticipant];

const TokenBody = Type.Object(
  {
    access_token: Type.String(),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    token_type: Type.Literal('Bearer'),
    scope: Type.String({ description: 'List separated by spaces.', examples: ['api'] }),
  },
  { additionalProperties: false, $id: 'Token' },
);

/** The token endpoint (RFC 6749 section 3.2), as clients of the platform use it. */
export const route = defineRoute({
  operationID: 'issueToken',
  method: 'POST',
  path: tokenPath,
  summary: 'Get an access token for a service account, or for a participant',
  description:
    'With client_credentials the service account is found from the assertion; a client_id is neither needed nor looked at, and whatever is wrong with an assertion, the answer is the same invalid_client. With delegated_participant a service account gets a token for a participant of its project.',
  caller: 'none',
  form: { schema: Type.Union(grantTypes.map(({ fields }) => fields)), bytesMax: 32 * 1024 },
  answers: {
    200: { description: 'An access token.', content: { 'application/json': TokenBody } },
    400: { description: 'Refused (RFC 6749 section 5.2).', content: { 'application/json': TokenErrorBody } },
  },
  renderFailure: (status, error) => {
    // Neither "too many requests" nor a failure of ours has a form in RFC 6749.
    if (status >= 500 || status === 429) return undefined;
    return refuseGrant('invalid_request', error instanceof DomainError ? error.message : undefined);
  },
  answer: async ({ request }, parts: AccessParts) => {
    const form = readRawForm({ request });
    const { grant_type: asked = '' } = form;
    if (asked === '') return refuseGrant('invalid_request', 'A form with grant_type is needed.');
    const grantType = grantTypes.find(({ name }) => name === asked);
    return grantType === undefined
      ? refuseGrant('unsupported_grant_type')
      : grantType.answer(form, parts, request.id);
  },
});
