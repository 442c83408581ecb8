import { Type } from 'typebox';
import { TokenErrorBody } from '../../contract/problem.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute, type Answer, type Services } from '../../platform/http/defineRoute.ts';
import { defineEvent } from '../../platform/log/logger.ts';
import { issueAccessToken } from '../accessTokens.ts';
import { spendAssertion, verifyClientAssertion } from '../clientAssertion.ts';
import type { RefusalReason } from '../readAssertion.ts';

const path = '/identityserver/connect/token';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const grantedScope = 'api';

const assertionRefused = defineEvent('client-assertion-refused', 'info', 'reason', 'requestID');

const TokenRequest = Type.Object({
  grant_type: Type.Literal('client_credentials'),
  client_assertion_type: Type.Literal(jwtBearer),
  client_assertion: Type.String({
    description:
      'JWT signed with a key of the service account: iss and sub are its name, aud is the URL of this endpoint, exp is at most an hour ahead, jti is new for each request.',
  }),
  scope: Type.Optional(
    Type.String({ description: 'Absent, or a list that holds "api".', examples: [grantedScope] }),
  ),
});

const TokenBody = Type.Object(
  {
    access_token: Type.String(),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    token_type: Type.Literal('Bearer'),
    scope: Type.Literal(grantedScope),
  },
  { additionalProperties: false, $id: 'Token' },
);

/** The token endpoint (RFC 6749 section 4.4 with RFC 7523 section 2.2), as clients of the platform use it. */
export const route = defineRoute({
  operationID: 'issueToken',
  method: 'POST',
  path,
  summary: 'Get an access token for a service account',
  description:
    'The service account is found from the assertion; a client_id is neither needed nor looked at. Whatever is wrong with an assertion, the answer is the same invalid_client.',
  caller: 'none',
  form: { schema: TokenRequest, bytesMax: 32 * 1024 },
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
    const refusal = judgeForm(form);
    if (refusal !== undefined) return refusal;
    const issued = await authenticateAndIssue(form, services);
    if (issued.outcome === 'issued') return answerToken(issued.token, services.settings.tokenLifetimeS);
    services.log(assertionRefused, { reason: issued.reason, requestID: call.request.id });
    return refuse('invalid_client');
  },
});

type Form = Readonly<Partial<Record<string, string>>>;

/** Fields without a value count as left out (RFC 6749 section 3.2). */
function readForm(body: unknown): Form {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body as Record<string, string>).filter(([, value]) => value !== ''),
  );
}

/** What can be refused without looking at the assertion, so that a mistake there does not spend one. */
function judgeForm(form: Form): Answer | undefined {
  if (form.grant_type === undefined) return refuse('invalid_request', 'A form with grant_type is needed.');
  if (form.grant_type !== 'client_credentials') return refuse('unsupported_grant_type');
  if (form.client_assertion === undefined || form.client_assertion_type === undefined)
    return refuse('invalid_request', 'client_assertion_type and client_assertion are needed.');
  if (form.client_assertion_type !== jwtBearer) return refuse('invalid_client');
  if (form.scope !== undefined && !form.scope.split(' ').includes(grantedScope))
    return refuse('invalid_scope');
  return undefined;
}

type Issued =
  | { readonly outcome: 'issued'; readonly token: string }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason };

/** One transaction for spending the assertion, the token and its audit row: a crash leaves all or nothing. */
async function authenticateAndIssue(form: Form, services: Services): Promise<Issued> {
  const { database, clock, random, publicUrl, settings } = services;
  const audiences = [publicUrl + path, ...settings.tokenAudiences];
  const assertion = await verifyClientAssertion(services, audiences, form.client_assertion ?? '');
  if (assertion.outcome === 'refused') return assertion;
  return database.transaction(async (transaction) => {
    if (!(await spendAssertion(transaction, assertion))) return { outcome: 'refused', reason: 'replayed' };
    const token = await issueAccessToken(transaction, {
      client: assertion.client,
      lifetimeS: settings.tokenLifetimeS,
      now: clock.now(),
      random,
    });
    return { outcome: 'issued', token };
  });
}

function answerToken(token: string, lifetimeS: number): Answer {
  return {
    status: 200,
    headers: uncached,
    body: { access_token: token, expires_in: lifetimeS, token_type: 'Bearer', scope: grantedScope },
  };
}

function refuse(error: TokenErrorBody['error'], description?: string): Answer {
  const body: TokenErrorBody = {
    error,
    ...(description === undefined ? {} : { error_description: describe(description) }),
  };
  return { status: 400, headers: uncached, body };
}

/** The characters that RFC 6749 section 5.2 allows in a description. */
function describe(text: string): string {
  return text.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

/** RFC 6749 section 5.1. */
const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' };
