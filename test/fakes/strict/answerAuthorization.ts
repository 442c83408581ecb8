import { randomBytes } from 'node:crypto';
import { readBody } from '../loopbackServer.ts';
import { judgeAuthorization } from './judgeAuthorization.ts';
import { fhirBase, issuer, type Call, type IssuerVariant } from './serverState.ts';

const codeLifetimeMs = 60_000;

/** Judges an authorization request and redirects at once: with a code, or with an error. */
export async function answerAuthorization({
  request,
  response,
  state,
  accuse,
  isGuilty,
}: Call): Promise<void> {
  const { clock, iss, redirectUris, scopeVersion, authorizeParameters } = state.options;
  const [, query = ''] = /^[^?]*\?(.*)$/s.exec(request.url ?? '') ?? [];
  const given = judgeAuthorization(
    {
      method: request.method ?? '',
      parameters: request.method === 'POST' ? (await readBody(request)).toString() : query,
      addressLength: (request.url ?? '').length,
      referer: request.headers.referer,
    },
    {
      ...state.seen,
      clientID: state.clientID,
      fhirBase,
      redirectUris,
      scopeVersions: [scopeVersion],
      extraParameters: authorizeParameters,
    },
    accuse,
  );
  const redirect = URL.parse(given.get('redirect_uri') ?? '');
  if (redirect === null || redirectUris?.includes(given.get('redirect_uri')!) === false) {
    response.writeHead(400).end();
    return;
  }
  const code = randomBytes(24).toString('base64url');
  const answer = isGuilty() ? { error: 'invalid_request' } : { code };
  if (!isGuilty())
    state.codes.set(code, {
      redirectUri: given.get('redirect_uri')!,
      challenge: given.get('code_challenge')!,
      scope: given.get('scope')!,
      nonce: given.get('nonce'),
      expiresAt: clock.now() + codeLifetimeMs,
      hadRightIssuer: iss === 'right' || iss === 'not-advertised',
      isUsed: false,
    });
  for (const [name, value] of Object.entries({
    ...answer,
    state: given.get('state'),
    iss: shownIssuers[iss],
  }))
    if (value !== undefined) redirect.searchParams.append(name, value);
  response.writeHead(303, { location: redirect.href }).end();
}

const shownIssuers: Readonly<Record<IssuerVariant, string | undefined>> = {
  right: issuer,
  wrong: `${issuer}/`,
  'of-another-server': 'https://login.honest.example',
  missing: undefined,
  'not-advertised': undefined,
};
