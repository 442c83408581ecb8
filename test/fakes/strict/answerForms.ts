import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { signJws } from '../../builders/clientAssertion.ts';
import { answerJson, readBody } from '../loopbackServer.ts';
import { judgeClient } from './judgeClient.ts';
import { judgeForm, type FormRequest } from './judgeForm.ts';
import { judgeTokenRequest, type GivenCode } from './judgeTokenRequest.ts';
import { fhirBase, issuer, revocationUrl, tokenUrl, type Call, type ServerState } from './serverState.ts';

/** The token endpoint. */
export async function answerToken({ request, response, state, accuse, isGuilty }: Call): Promise<void> {
  const form = await readForm(request);
  const now = state.options.clock.now();
  const parameters = judgeForm(form, ['grant_type', 'code', 'redirect_uri', 'code_verifier'], accuse);
  judgeClient(
    { endpoint: 'token', authorization: form.authorization, parameters },
    { ...state, audiences: [tokenUrl], now, seen: state.seen.assertions },
    accuse,
  );
  const code = judgeTokenRequest(parameters, { codes: state.codes, now }, accuse);
  if (code === undefined || isGuilty()) answerJson(response, 400, { error: 'invalid_request' });
  else answerJson(response, 200, issueTokens(code, state));
}

function issueTokens({ scope, nonce }: GivenCode, { clientID, options, signing, tokens }: ServerState) {
  const issue = () => {
    const token = randomBytes(24).toString('base64url');
    tokens.add(token);
    return token;
  };
  const scopes = scope.split(' ');
  const nowS = Math.floor(options.clock.now() / 1000);
  return {
    access_token: issue(),
    token_type: 'Bearer',
    expires_in: 3600,
    scope,
    patient: 'st-1',
    ...(scopes.includes('offline_access') ? { refresh_token: issue() } : {}),
    ...(scopes.includes('openid')
      ? {
          id_token: signJws(
            { alg: 'RS256', typ: 'JWT', kid: 'strict-1' },
            {
              iss: issuer,
              aud: clientID,
              sub: 'st-user',
              iat: nowS,
              exp: nowS + 3600,
              ...(nonce === undefined ? {} : { nonce }),
              ...(scopes.includes('fhirUser') ? { fhirUser: `${fhirBase}/Patient/st-1` } : {}),
            },
            signing.privateKey,
          ),
        }
      : {}),
  };
}

/** The revocation endpoint (RFC 7009). */
export async function answerRevocation({ request, response, state, accuse, isGuilty }: Call): Promise<void> {
  const form = await readForm(request);
  const parameters = judgeForm(form, ['token', 'token_type_hint'], accuse);
  judgeClient(
    { endpoint: 'revocation', authorization: form.authorization, parameters },
    {
      ...state,
      audiences: [revocationUrl, tokenUrl],
      now: state.options.clock.now(),
      seen: state.seen.assertions,
    },
    accuse,
  );
  if (!state.tokens.has(parameters.get('token') ?? '')) accuse('revocation-token');
  const hint = parameters.get('token_type_hint');
  if (hint !== undefined && hint !== 'access_token' && hint !== 'refresh_token') accuse('revocation-hint');
  if (isGuilty()) answerJson(response, 400, { error: 'invalid_request' });
  else response.writeHead(200).end();
}

async function readForm(request: IncomingMessage): Promise<FormRequest> {
  const { accept, authorization } = request.headers;
  return {
    method: request.method ?? '',
    query: /\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '',
    type: request.headers['content-type'],
    accept,
    authorization,
    body: (await readBody(request)).toString(),
  };
}
