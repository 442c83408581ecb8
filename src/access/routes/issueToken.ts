import { Type } from 'typebox';
import { TokenErrorBody } from '../../contract/problem.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { clientCredentials } from '../grants/clientCredentials.ts';
import { delegatedParticipant } from '../grants/delegatedParticipant.ts';
import { tokenPath, type Grant, type TokenForm } from '../grants/grant.ts';
import { refuse } from '../grants/tokenAnswer.ts';

const grants: readonly Grant[] = [clientCredentials, delegatedParticipant];

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
  form: { schema: Type.Union(grants.map((grant) => grant.fields)), bytesMax: 32 * 1024 },
  answers: {
    200: { description: 'An access token.', content: { 'application/json': TokenBody } },
    400: { description: 'Refused (RFC 6749 section 5.2).', content: { 'application/json': TokenErrorBody } },
  },
  renderFailure: (status, error) => {
    // Neither "too many requests" nor a failure of ours has a form in RFC 6749.
    if (status >= 500 || status === 429) return undefined;
    return refuse('invalid_request', error instanceof DomainError ? error.message : undefined);
  },
  answer: async (call, services) => {
    const form = readForm(call.request.body);
    if (form.grant_type === undefined) return refuse('invalid_request', 'A form with grant_type is needed.');
    const grant = grants.find(({ type }) => type === form.grant_type);
    return grant === undefined
      ? refuse('unsupported_grant_type')
      : grant.answer(form, services, call.request.id);
  },
});

/** Fields without a value count as left out (RFC 6749 section 3.2). */
function readForm(body: unknown): TokenForm {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body as Record<string, string>).filter(([, value]) => value !== ''),
  );
}
