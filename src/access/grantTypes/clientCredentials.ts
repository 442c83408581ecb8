import { Type } from 'typebox';
import { defineEvent } from '../../platform/log/logger.ts';
import { issueAccessToken } from '../tokens/accessTokens.ts';
import { spendAssertion, verifyClientAssertion } from '../assertions/clientAssertion.ts';
import type { RefusalReason } from '../assertions/readAssertion.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineGrantType, tokenPath } from './defineGrantType.ts';
import { answerToken, refuseGrant } from './tokenAnswer.ts';

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const grantedScope = 'api';

const assertionRefused = defineEvent('client-assertion-refused', 'info', 'reason', 'requestID');

/**
 * A token for a service account that signs an assertion (RFC 6749 section 4.4 with RFC 7523 section 2.2).
 *
 * The service account is found from the assertion. Whatever is wrong with it, the answer is the same
 * `invalid_client`; the log has the reason.
 */
export const clientCredentials = defineGrantType({
  name: 'client_credentials',
  fields: Type.Object({
    grant_type: Type.Literal('client_credentials'),
    client_assertion_type: Type.Literal(jwtBearer),
    client_assertion: Type.String({
      description:
        'JWT signed with a key of the service account: iss and sub are its name, aud is the URL of this endpoint, exp is at most an hour ahead, jti is new for each request.',
    }),
    scope: Type.Optional(
      Type.String({
        pattern: `(^| )${grantedScope}( |$)`,
        description: 'Absent, or a list that holds "api".',
        examples: [grantedScope],
      }),
    ),
  }),
  // Found out before the assertion is looked at, so that a mistake there does not spend one.
  refusals: { client_assertion_type: ['invalid_client'], scope: ['invalid_scope'] },
  answer: async ({ client_assertion: assertion }, parts, requestID) => {
    const issued = await authenticateAndIssue(assertion, parts);
    if (issued.outcome === 'issued')
      return answerToken(issued.token, parts.tokens.serviceLifetimeS, grantedScope);
    parts.log(assertionRefused, { reason: issued.reason, requestID });
    return refuseGrant('invalid_client');
  },
});

type Issued =
  | { readonly outcome: 'issued'; readonly token: string }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason };

/** One transaction for spending the assertion, the token and its audit row: a crash leaves all or nothing. */
async function authenticateAndIssue(text: string, parts: AccessParts): Promise<Issued> {
  const { database, clock, random, publicUrl, tokens } = parts;
  const audiences = [publicUrl + tokenPath, ...tokens.audiences];
  const assertion = await verifyClientAssertion(parts, audiences, text);
  if (assertion.outcome === 'refused') return assertion;
  return database.transaction(async (transaction) => {
    if (!(await spendAssertion(transaction, assertion))) return { outcome: 'refused', reason: 'replayed' };
    const token = await issueAccessToken(transaction, {
      client: assertion.client,
      lifetimeS: tokens.serviceLifetimeS,
      now: clock.now(),
      random,
    });
    return { outcome: 'issued', token };
  });
}
