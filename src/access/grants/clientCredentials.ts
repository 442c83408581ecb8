import { Type } from 'typebox';
import type { Answer, Services } from '../../platform/http/defineRoute.ts';
import { defineEvent } from '../../platform/log/logger.ts';
import { issueAccessToken } from '../tokens/accessTokens.ts';
import { spendAssertion, verifyClientAssertion } from '../assertions/clientAssertion.ts';
import type { RefusalReason } from '../assertions/readAssertion.ts';
import { tokenPath, type Grant, type TokenForm } from './grant.ts';
import { answerToken, refuse } from './tokenAnswer.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const grantedScope = 'api';

const assertionRefused = defineEvent('client-assertion-refused', 'info', 'reason', 'requestID');

/**
 * A token for a service account that signs an assertion (RFC 6749 section 4.4 with RFC 7523 section 2.2).
 *
 * The service account is found from the assertion. Whatever is wrong with it, the answer is the same
 * `invalid_client`; the log has the reason.
 */
export const clientCredentials: Grant = {
  type: 'client_credentials',
  fields: Type.Object({
    grant_type: Type.Literal('client_credentials'),
    client_assertion_type: Type.Literal(jwtBearer),
    client_assertion: Type.String({
      description:
        'JWT signed with a key of the service account: iss and sub are its name, aud is the URL of this endpoint, exp is at most an hour ahead, jti is new for each request.',
    }),
    scope: Type.Optional(
      Type.String({ description: 'Absent, or a list that holds "api".', examples: [grantedScope] }),
    ),
  }),
  answer: async (form, services, requestID) => {
    const refusal = judgeForm(form);
    if (refusal !== undefined) return refusal;
    const issued = await authenticateAndIssue(form, services);
    if (issued.outcome === 'issued')
      return answerToken(issued.token, services.settings.tokenLifetimeS, grantedScope);
    services.log(assertionRefused, { reason: issued.reason, requestID });
    return refuse('invalid_client');
  },
};

/** What can be refused without looking at the assertion, so that a mistake there does not spend one. */
function judgeForm(form: TokenForm): Answer | undefined {
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
async function authenticateAndIssue(form: TokenForm, services: Services): Promise<Issued> {
  const { database, clock, random, publicUrl, settings } = services;
  const audiences = [publicUrl + tokenPath, ...settings.tokenAudiences];
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
