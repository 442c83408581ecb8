import { customFetch, revocationRequest } from 'oauth4webapi';
import type { Secret } from '../../platform/config/secret.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { callProvider, readAnswer, type CallSubject } from '../calls/callProvider.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import type { ApiCall, RevokeCall } from '../../definitions/shape/auth.ts';
import type { Verdict } from '../../definitions/shape/errors.ts';
import { isFailure, judgeError } from '../../definitions/judgeError.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { authenticateClient } from './authenticateClient.ts';
import { chooseMethod } from './chooseMethod.ts';
import { describeServer } from './readRedirect.ts';
import { keepHeaders, tokenLimits } from './sendTokenForm.ts';

/** What is given back. */
export interface GrantToRevoke {
  /** Where it was discovered; providers with `by: 'discovery'` offer nothing without it. */
  readonly server?: AuthorizationServerFacts;
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  /** The provider's name for the person. */
  readonly userID?: string;
  /** Our number of the account. */
  readonly accountID: number;
}

/** What became of a grant that was to be given back; only trouble is worth another try. */
export type Revocation =
  | { readonly outcome: 'revoked' | 'already-gone' }
  /** There is no call; where the participant can end it herself, in a sentence for her. */
  | { readonly outcome: 'by-participant'; readonly instructions: string }
  | { readonly outcome: 'not-offered' }
  | ProviderTrouble;

type Parts = { readonly clock: Clock };

/** By the call of the definition. */
export async function giveBackByCall(
  parts: Parts,
  connection: ProviderConnection,
  { revoke, grant }: { readonly revoke: Extract<RevokeCall, { by: 'call' }>; readonly grant: GrantToRevoke },
): Promise<Revocation> {
  const { tokenIn, succeeds } = revoke;
  const { accessToken, refreshToken = accessToken, userID, accountID } = grant;
  const token = revoke.token === 'refresh' ? refreshToken : accessToken;
  const subject: CallSubject = omitUndefined({
    phase: 'revoke',
    accessToken: token,
    values: { userID, accountID: String(accountID) },
    token: tokenIn === undefined ? undefined : { ...tokenIn, value: token },
  });
  const call = { ...revoke, accepts: succeeds } as ApiCall;
  const made = await callProvider(parts, connection, { call, subject });
  if (made.outcome === 'done') return { outcome: 'revoked' };
  return nameRefusal(made.verdict, made.isUnanswered !== true);
}

/** RFC 7009, at the endpoint that the server's configuration names, if it names one. */
export async function giveBackByDiscovery(
  { clock }: Parts,
  connection: ProviderConnection,
  {
    revoke,
    grant,
  }: { readonly revoke: Extract<RevokeCall, { by: 'discovery' }>; readonly grant: GrantToRevoke },
): Promise<Revocation> {
  const { server, accessToken, refreshToken } = grant;
  const endpoint = server?.revocation_endpoint;
  if (server === undefined || endpoint === undefined)
    return revoke.instructions === undefined
      ? { outcome: 'not-offered' }
      : { outcome: 'by-participant', instructions: revoke.instructions };
  const chosen = chooseMethod(connection, server);
  if (chosen === undefined) return createTrouble('client-authentication', 'operator-alarm');
  // A refresh token takes its access tokens along (section 2.1 there).
  const token = revoke.token === 'access' ? accessToken : (refreshToken ?? accessToken);
  const received: { answer?: ProviderAnswer } = {};
  await revocationRequest(
    describeServer(server),
    { client_id: connection.credentials.clientID },
    await authenticateClient(chosen, { audience: endpoint, clock }),
    token.reveal(),
    {
      additionalParameters: {
        token_type_hint: token === refreshToken ? 'refresh_token' : 'access_token',
      },
      [customFetch]: async (url, { headers, body }) => {
        received.answer = await connection.door.fetch({
          method: 'POST',
          url,
          headers: keepHeaders(headers),
          body: { form: Object.fromEntries(body) },
          ...tokenLimits,
        });
        return new Response();
      },
    },
  );
  return judgeRevocation(connection, received.answer);
}

function judgeRevocation(
  { definition }: ProviderConnection,
  received: ProviderAnswer | undefined,
): Revocation {
  if (received?.outcome !== 'answered')
    return createTrouble(
      'revocation-unreachable',
      received?.outcome === 'refused-address' ? 'failed' : 'retry-later',
    );
  const answer = readAnswer(received);
  if (!isFailure(definition, 'revoke', answer)) return { outcome: 'revoked' };
  return nameRefusal(judgeError(definition, 'revoke', answer), true);
}

/** A grant that is not there any more is what was wanted, as is one of an interface that has ended. */
function nameRefusal(verdict: Verdict, answered: boolean): Revocation {
  if (answered && (verdict === 'no-data' || verdict === 'retired')) return { outcome: 'already-gone' };
  return createTrouble(answered ? 'revocation-refused' : 'revocation-unreachable', verdict);
}
