import { customFetch, refreshTokenGrantRequest } from 'oauth4webapi';
import { fillIn } from '../../definitions/callVariables.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import type { Verdict } from '../../definitions/shape/errors.ts';
import { readPath } from '../../definitions/readPath.ts';
import { parseScopes } from '../../definitions/scopes.ts';
import { Secret } from '../../platform/config/secret.ts';
import { isObject } from '../../platform/members/isObject.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import { readRetryAfter } from '../../platform/outbound/readRetryAfter.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { connectionValues } from '../calls/connectionValues.ts';
import { isStorable } from '../calls/readName.ts';
import type { AuthorizationServerFacts, FreshGrant, ProviderConnection } from '../connection.ts';
import { authenticateClient } from './authenticateClient.ts';
import { chooseMethod } from './chooseMethod.ts';
import { readLifetimes } from './lifetimes.ts';
import { findPerson } from './readPerson.ts';
import { describeServer } from './readRedirect.ts';
import { findTokens, readTokenBody } from './readTokenAnswer.ts';
import { fillAll, sendTokenForm, tokenLimits } from './sendTokenForm.ts';
import { readStandardTokens } from './standardTokens.ts';
import { readTokenField, type TokenObject } from './tokenObject.ts';

/** What is shown to the token endpoint for new tokens (RFC 6749 section 6). */
export interface GrantToRenew {
  readonly server: AuthorizationServerFacts;
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  /** Where the provider once sent the participant back to; some want to hear it again. Dexcom. */
  readonly redirectUri?: string;
  /** The provider's name for the person. iHealth wants it. */
  readonly userID?: string;
  /** Milliseconds from the call to the last byte of the answer. Default: 20,000. */
  readonly deadlineMs?: number;
  /** How often in a row the provider has refused it, if it does so now. Default: 1. */
  readonly timesInARow?: number;
}

/** Tokens that replace those that were shown; what was not renewed stays what it was and is in it again. */
export interface RenewedGrant extends Pick<
  FreshGrant,
  'accessToken' | 'refreshToken' | 'accessExpiresAt' | 'refreshExpiresAt' | 'grantEndsAt' | 'userID'
> {
  /** Scopes that the answer lists, in the provider's names and order; left out where it says nothing of the consent. */
  readonly scopes?: readonly string[];
}

/** What became of a refresh token that was shown, or that could not be. */
export type Renewal =
  | { readonly outcome: 'renewed'; readonly grant: RenewedGrant }
  /** The authorization server wrote itself that it does not want the token. */
  | { readonly outcome: 'refused'; readonly status: number }
  /** Something that is no word on the participant's consent: ours, the vendor's trouble, or an unknown code. */
  | { readonly outcome: 'failed'; readonly verdict: Verdict; readonly status: number }
  /** There are too many calls. For how long, where the server says so. */
  | { readonly outcome: 'throttled'; readonly pauseMs?: number }
  /** Not the authorization server but something before it has answered: a page, or nothing, with a status from 400 on. */
  | { readonly outcome: 'gateway'; readonly status: number }
  /** It cannot have arrived. */
  | { readonly outcome: 'not-sent' }
  /** Our credentials fit no way in which the server lets clients authenticate, or its address is none we would call. */
  | { readonly outcome: 'ours' }
  /** It was sent, and whether the server acted on it nobody knows. */
  | { readonly outcome: 'unanswered' }
  /** A success that cannot be read: it may hold the only copy of the next token. */
  | { readonly outcome: 'unreadable'; readonly answer: Secret };

/**
 * Shows a refresh token to the token endpoint, once: nothing is repeated, whatever happens, because servers that rotate
 * end the whole grant when they see one twice. What the answer means is judged by its structure and the vendor's rules;
 * not a word of the provider's leaves here.
 */
export async function renewTokens(
  { clock }: { readonly clock: Clock },
  connection: ProviderConnection,
  grant: GrantToRenew,
): Promise<Renewal> {
  const server = refreshServer(connection, grant.server);
  const chosen = chooseMethod(connection, server);
  if (chosen === undefined) return { outcome: 'ours' };
  const proof = await authenticateClient(chosen, { audience: server.token_endpoint, clock });
  const sentAt = clock.now();
  const received: { answer?: ProviderAnswer } = {};
  await refreshTokenGrantRequest(
    describeServer(server),
    { client_id: connection.credentials.clientID },
    proof,
    grant.refreshToken.reveal(),
    {
      additionalParameters: refreshParameters(connection, grant),
      [customFetch]: async (url, { headers, body }) => {
        const limits = { ...tokenLimits, ...omitUndefined({ deadlineMs: grant.deadlineMs }) };
        received.answer = await sendTokenForm(connection, { url, headers, body }, limits);
        return new Response();
      },
    },
  );
  const { answer } = received;
  if (answer === undefined) throw new Error('The library has sent no request');
  if (answer.outcome !== 'answered') return nameFailure(answer);
  return readRenewal(connection, { answer, grant, sentAt, now: clock.now() });
}

/** COROS refreshes elsewhere. */
function refreshServer(
  connection: ProviderConnection,
  server: AuthorizationServerFacts,
): AuthorizationServerFacts {
  const { auth } = connection.definition;
  if (auth.kind !== 'oauth2' || auth.refreshUrl === undefined) return server;
  return { ...server, token_endpoint: fillIn(auth.refreshUrl, connectionValues(connection)) };
}

function refreshParameters(
  connection: ProviderConnection,
  { accessToken, redirectUri, userID }: GrantToRenew,
): Record<string, string> {
  const {
    tokenParameters = {},
    refreshParameters: own = {},
    refreshRepeats = [],
  } = connection.definition.auth;
  const values = { ...connectionValues(connection), userID, accessToken: accessToken.reveal() };
  const repeated = refreshRepeats.includes('redirect_uri')
    ? omitUndefined({ redirect_uri: redirectUri })
    : {};
  return { ...fillAll({ ...tokenParameters, ...own }, values), ...repeated };
}

function nameFailure(failure: Exclude<ProviderAnswer, { outcome: 'answered' }>): Renewal {
  if (failure.outcome === 'refused-address') return { outcome: 'ours' };
  return { outcome: failure.mayHaveArrived ? 'unanswered' : 'not-sent' };
}

interface ReceivedAnswer {
  readonly answer: Extract<ProviderAnswer, { outcome: 'answered' }>;
  readonly grant: GrantToRenew;
  readonly sentAt: number;
  readonly now: number;
}

async function readRenewal(connection: ProviderConnection, received: ReceivedAnswer): Promise<Renewal> {
  const { definition } = connection;
  const { answer, grant: shown, now } = received;
  const read = readTokenBody(answer);
  const found = findTokens(definition, 'refresh', {
    ...read,
    ...omitUndefined({ timesInARow: shown.timesInARow }),
  });
  if (found.outcome === 'found') {
    const grant = await readGrant(definition.auth, found.tokens, received);
    return grant === undefined ? keep(answer) : { outcome: 'renewed', grant };
  }
  const { status } = answer;
  // What was given may be in it.
  if (status >= 200 && status <= 299 && found.cause === 'token-malformed') return keep(answer);
  if (found.verdict === 'rate-limited')
    return omitUndefined({
      outcome: 'throttled',
      pauseMs: readRetryAfter(answer.headers['retry-after'], now),
    });
  // A server in trouble may have rotated the token before it failed.
  if (status >= 500 || status === 408) return { outcome: 'unanswered' };
  if (!isObject(read.body)) return { outcome: 'gateway', status };
  return found.verdict === 'unauthorized'
    ? { outcome: 'refused', status }
    : { outcome: 'failed', verdict: found.verdict, status };
}

function keep(answer: ReceivedAnswer['answer']): Renewal {
  return { outcome: 'unreadable', answer: new Secret(Buffer.from(answer.body).toString('base64')) };
}

/** Undefined for an answer without a usable token, unless the old one goes on. */
async function readGrant(
  auth: AnyAuth,
  tokens: TokenObject,
  { grant, sentAt }: ReceivedAnswer,
): Promise<RenewedGrant | undefined> {
  const { refresh, tokenAnswer } = auth;
  const isThere = readTokenField(tokens, 'access_token', tokenAnswer) !== undefined;
  const goesOn = refresh.policy === 'extends-in-place' && tokenAnswer.mayOmitTokens === true && !isThere;
  const usable = goesOn ? grant : await readStandardTokens(tokens, tokenAnswer);
  if (usable === undefined) return undefined;
  const { accessToken, refreshToken = grant.refreshToken } = usable;
  const { grantEndsAt, ...lifetimes } = readLifetimes(auth, tokens, {
    sentAt,
    refreshToken: refreshToken.reveal(),
  });
  // What counts from the consent was known when it was given.
  const tellsEnd = refresh.policy !== 'none' && refresh.grantEnds?.from !== 'consent';
  return omitUndefined({
    accessToken,
    refreshToken,
    ...lifetimes,
    grantEndsAt: tellsEnd ? grantEndsAt : undefined,
    scopes: readScopes(auth, tokens),
    ...findPerson(auth, { tokens, accessToken }),
  });
}

/**
 * What the consent is, where a refresh tells it. An answer to a request that named scopes tells what this token may do
 * and no more (WHOOP: `offline`); one that lists nothing, or nothing readable, says nothing.
 */
function readScopes(auth: AnyAuth, tokens: TokenObject): readonly string[] | undefined {
  const { grantedScopes, refreshParameters: own = {} } = auth;
  if (grantedScopes.from !== 'token-answer' || 'scope' in own) return undefined;
  const given = readPath(tokens, grantedScopes.field ?? 'scope');
  const isList =
    typeof given === 'string' || (Array.isArray(given) && given.every((one) => typeof one === 'string'));
  if (!isList) return undefined;
  const scopes = parseScopes(given, auth);
  return scopes.length > 0 && scopes.every(isStorable) ? scopes : undefined;
}
