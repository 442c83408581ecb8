import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMistakes } from '../../src/definitions/mistakes/findMistakes.ts';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import type { ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { honestCatalogue } from '../builders/honestCatalogue.ts';
import { encodePart, signJws } from '../builders/clientAssertion.ts';
import { decideAtHonest, startHonestServer, type HonestServer } from '../fakes/honestServer.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';

const methods: readonly ClientAuthentication[] = [
  { method: 'none' },
  { method: 'client_secret_basic' },
  { method: 'client_secret_post' },
  { method: 'private_key_jwt', algorithms: ['RS384'] },
  { method: 'private_key_jwt', algorithms: ['ES384'] },
];
const basic = methods[1]!;
const redirectUri = 'https://accounts.example.org/connect/callback/p/c';
const recordScope = 'launch/patient openid fhirUser offline_access patient/*.rs patient/Observation.read';

let honest: HonestServer;
beforeAll(async () => {
  honest = await startHonestServer();
});
afterAll(() => honest.close());

/** oauth4webapi's requests through a door, so that the client under this test is one that others wrote. */
function fetchThrough(door: ProviderDoor): (url: string, options: RequestInit) => Promise<Response> {
  return async (url, { method, headers, body }) => {
    const answer = await door.fetch({
      url,
      method: method as 'GET',
      headers: Object.fromEntries(new Headers(headers)),
      ...(body === undefined || body === null
        ? {}
        : { body: { text: String(body as URLSearchParams), type: 'application/x-www-form-urlencoded' } }),
    });
    if (answer.outcome !== 'answered') throw new Error(answer.outcome);
    return new Response(answer.status === 204 ? null : Buffer.from(answer.body), answer);
  };
}

async function discover(): Promise<oauth.AuthorizationServer> {
  const answer = await honest.door.fetch({
    method: 'GET',
    url: `${honest.fhirBase}/.well-known/smart-configuration`,
  });
  if (answer.outcome !== 'answered') throw new Error(answer.outcome);
  return JSON.parse(Buffer.from(answer.body).toString()) as oauth.AuthorizationServer;
}

async function authenticate(authentication: ClientAuthentication): Promise<oauth.ClientAuth> {
  const { clientSecret, privateKey } = honest.credentialsFor(authentication);
  switch (authentication.method) {
    case 'client_secret_basic':
      return oauth.ClientSecretBasic(clientSecret!.reveal());
    case 'client_secret_post':
      return oauth.ClientSecretPost(clientSecret!.reveal());
    case 'private_key_jwt': {
      const der = createPrivateKey(privateKey!.reveal()).export({ type: 'pkcs8', format: 'der' });
      const algorithm =
        authentication.algorithms[0] === 'RS384'
          ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }
          : { name: 'ECDSA', namedCurve: 'P-384' };
      const key = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
      return oauth.PrivateKeyJwt(key);
    }
    default:
      return oauth.None();
  }
}

/** What an authorization request says, with PKCE. */
function buildRequest(clientID: string, changes: Readonly<Record<string, string | undefined>> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const parameters: Readonly<Record<string, string | undefined>> = {
    response_type: 'code',
    client_id: clientID,
    redirect_uri: redirectUri,
    scope: recordScope,
    state: randomBytes(32).toString('base64url'),
    aud: honest.fhirBase,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    nonce: randomBytes(16).toString('base64url'),
    ...changes,
  };
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const url = honest.door.browserUrl(`${honest.issuer}/auth?${new URLSearchParams(given).toString()}`);
  return { url, verifier, state: parameters.state!, nonce: parameters.nonce! };
}

/** A whole journey by a client that is not ours. */
async function connect(
  authentication: ClientAuthentication,
  choice: Parameters<typeof decideAtHonest>[2] & { readonly scope?: string } = {},
) {
  const server = await discover();
  const client = { client_id: honest.credentialsFor(authentication).clientID };
  const clientAuth = await authenticate(authentication);
  const request = buildRequest(client.client_id, { scope: choice.scope ?? recordScope });
  const visit = await decideAtHonest(createPlainBrowser(), request.url, choice);
  const parameters = oauth.validateAuthResponse(server, client, new URL(visit.location!), request.state);
  const options = { [oauth.customFetch]: fetchThrough(honest.door) };
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    clientAuth,
    parameters,
    redirectUri,
    request.verifier,
    options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: request.nonce,
  });
  const refresh = async (refreshToken: string) =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, clientAuth, refreshToken, options),
    );
  return { server, client, clientAuth, options, tokens, parameters, request, refresh };
}

async function readPatient(id: string, accessToken: string) {
  const answer = await honest.door.fetch({
    method: 'GET',
    url: `${honest.fhirBase}/Patient/${id}`,
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return answer.outcome === 'answered' ? answer.status : answer.outcome;
}

describe('the honest server', () => {
  it.each(methods)('connects an application that authenticates by $method $algorithms', async (method) => {
    const { tokens } = await connect(method);
    expect(tokens).toMatchObject({
      patient: 'pa-1',
      scope: recordScope,
      token_type: 'bearer',
      expires_in: 3600,
    });
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({
      sub: 'ada',
      fhirUser: `${honest.fhirBase}/Patient/pa-1`,
    });
    expect(await readPatient('pa-1', tokens.access_token)).toBe(200);
    expect(await readPatient('pa-2', tokens.access_token)).toBe(403);
  });

  it.each(methods)(
    'takes nobody else for an application that authenticates by $method $algorithms',
    async (method) => {
      const server = await discover();
      const { clientID } = honest.credentialsFor(method);
      const request = buildRequest(clientID);
      const visit = await decideAtHonest(createPlainBrowser(), request.url);
      const ask = async (clientAuth: oauth.ClientAuth, verifier: string) => {
        const client = { client_id: clientID };
        const parameters = oauth.validateAuthResponse(
          server,
          client,
          new URL(visit.location!),
          request.state,
        );
        const answer = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          clientAuth,
          parameters,
          redirectUri,
          verifier,
          { [oauth.customFetch]: fetchThrough(honest.door) },
        );
        return [answer.status, ((await answer.json()) as { error?: string }).error];
      };
      const wrongVerifier = randomBytes(32).toString('base64url');
      expect(await ask(await authenticate(method), wrongVerifier)).toEqual([400, 'invalid_grant']);
      expect(await ask(oauth.ClientSecretBasic('guessed'), request.verifier)).toEqual([
        401,
        'invalid_client',
      ]);
      if (method.method !== 'none')
        expect(await ask(oauth.None(), request.verifier)).toEqual([401, 'invalid_client']);
      expect(honest.ledger.tokenRequests.at(-1)).toMatchObject({ clientID, outcome: 'invalid_client' });
    },
  );

  it('names itself in every answer, also when the person says no', async () => {
    const { clientID } = honest.credentialsFor(basic);
    const { url, state } = buildRequest(clientID);
    const visit = await decideAtHonest(createPlainBrowser(), url, { decision: 'deny' });
    const answer = new URL(visit.location!);
    expect(answer.href.startsWith(`${redirectUri}?`)).toBe(true);
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({
      error: 'access_denied',
      iss: honest.issuer,
      state,
    });
  });

  it('grants what stays ticked and nothing else', async () => {
    const kept = ['launch/patient', 'openid', 'patient/Observation.read'];
    const { tokens } = await connect(basic, { scopes: kept, person: 'ben' });
    expect(tokens.scope?.split(' ').toSorted()).toEqual(kept.toSorted());
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens).toMatchObject({ patient: 'pa-2' });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.fhirUser).toBeUndefined();
    expect(await readPatient('pa-2', tokens.access_token)).toBe(403);
  });

  it('tells a proxy from the patient', async () => {
    const { tokens } = await connect(basic, { person: 'cleo' });
    expect(tokens).toMatchObject({ patient: 'pa-3' });
    expect(oauth.getValidatedIdTokenClaims(tokens)?.fhirUser).toBe(`${honest.fhirBase}/RelatedPerson/re-3`);
  });

  it('lets one browser connect two people, one after the other', async () => {
    const { clientID } = honest.credentialsFor(basic);
    const browser = createPlainBrowser();
    for (const person of ['ada', 'ben', 'ada']) {
      const visit = await decideAtHonest(browser, buildRequest(clientID).url, { person });
      expect(new URL(visit.location!).searchParams.get('code')).not.toBeNull();
      expect(honest.ledger.tokens.at(-1)).toMatchObject({ kind: 'AuthorizationCode', personID: person });
    }
  });

  it.each([
    [
      'without a challenge',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['with the plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for another FHIR server', { aud: 'https://fhir.other.example/r4' }, 'invalid_request'],
    ['for a record without naming its server', { aud: undefined }, 'invalid_request'],
    ['for a token instead of a code', { response_type: 'token' }, 'unsupported_response_type'],
  ])('refuses a request %s', async (_, changes, error) => {
    const { clientID } = honest.credentialsFor(basic);
    const visit = await decideAtHonest(createPlainBrowser(), buildRequest(clientID, changes).url);
    const { searchParams, hash } = new URL(visit.location!);
    expect(searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error')).toBe(error);
  });

  it('redirects to no address that is not registered to the letter', async () => {
    const strict = await startHonestServer({ redirectUris: [redirectUri] });
    const { clientID } = strict.credentialsFor(basic);
    const ask = async (uri: string) => {
      const url = new URL(buildRequest(clientID, { redirect_uri: uri, aud: strict.fhirBase }).url);
      return decideAtHonest(
        createPlainBrowser(),
        strict.door.browserUrl(`${strict.issuer}/auth${url.search}`),
      );
    };
    for (const uri of [`${redirectUri}/`, `${redirectUri}?a=1`, 'https://evil.example.org/'])
      expect(await ask(uri), uri).toMatchObject({ status: 400, location: undefined });
    expect((await ask(redirectUri)).location).toMatch(/[?&]code=/);
    strict.registerRedirect('https://accounts.example.org/other');
    expect((await ask('https://accounts.example.org/other')).location).toMatch(/[?&]code=/);
    await strict.close();
  });

  it('takes a code once, and takes back what a repeated one had given', async () => {
    const { server, client, clientAuth, options, parameters, request, tokens } = await connect(basic);
    const again = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      clientAuth,
      parameters,
      redirectUri,
      request.verifier,
      options,
    );
    expect(again.status).toBe(400);
    expect(await readPatient('pa-1', tokens.access_token)).toBe(401);
  });

  it('rotates refresh tokens, and ends the grant when a used one comes back', async () => {
    const { tokens, refresh } = await connect(basic);
    const second = await refresh(tokens.refresh_token!);
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect(second).toMatchObject({ patient: 'pa-1' });
    const third = await refresh(second.refresh_token!);
    await expect(refresh(tokens.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(third.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await readPatient('pa-1', third.access_token)).toBe(401);
    const states = [tokens, second, third].map(
      ({ refresh_token }) => honest.ledger.tokens.find(({ value }) => value === refresh_token)?.state,
    );
    expect(states).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('ends a grant that is given back, and says what is alive', async () => {
    const { server, client, clientAuth, options, tokens } = await connect(basic);
    const isAlive = async () => {
      const answer = await oauth.introspectionRequest(
        server,
        client,
        clientAuth,
        tokens.access_token,
        options,
      );
      return (await oauth.processIntrospectionResponse(server, client, answer)).active;
    };
    expect(await isAlive()).toBe(true);
    const before = honest.ledger.revocations.length;
    const answer = await oauth.revocationRequest(server, client, clientAuth, tokens.refresh_token!, options);
    await oauth.processRevocationResponse(answer);
    expect(honest.ledger.revocations.slice(before)).toEqual([{ clientID: client.client_id }]);
    expect(await isAlive()).toBe(false);
    expect(honest.ledger.tokens.find(({ value }) => value === tokens.access_token)?.state).toBe('revoked');
  });

  it('refuses an assertion that was used before or is meant for somebody else', async () => {
    const rsa = methods[3]!;
    const { clientID, privateKey } = honest.credentialsFor(rsa);
    const { verifier, url } = buildRequest(clientID);
    const ask = async (assertion: string, code: string) => {
      const answer = await honest.door.fetch({
        method: 'POST',
        url: `${honest.issuer}/token`,
        body: {
          form: {
            grant_type: 'authorization_code',
            code,
            redirect_uri: redirectUri,
            code_verifier: verifier,
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: assertion,
          },
        },
      });
      return answer.outcome === 'answered' ? answer.status : answer.outcome;
    };
    const sign = (aud: string) =>
      signJws(
        { alg: 'RS384', typ: 'JWT' },
        {
          iss: clientID,
          sub: clientID,
          aud,
          exp: Math.floor(Date.now() / 1000) + 60,
          jti: encodePart(randomBytes(9).toString('hex')),
        },
        createPrivateKey(privateKey!.reveal()),
      );
    const visit = await decideAtHonest(createPlainBrowser(), url);
    const code = new URL(visit.location!).searchParams.get('code')!;
    expect(await ask(sign('https://login.other.example/token'), code)).toBe(401);
    const good = sign(`${honest.issuer}/token`);
    expect(await ask(good, code)).toBe(200);
    expect(await ask(good, code)).toBe(401);
  });

  it('describes itself the old way too, in the capability statement', async () => {
    const answer = await honest.door.fetch({ method: 'GET', url: `${honest.fhirBase}/metadata` });
    const text = answer.outcome === 'answered' ? Buffer.from(answer.body).toString() : '';
    const server = await discover();
    for (const address of [server.authorization_endpoint, server.token_endpoint, server.revocation_endpoint])
      expect(text).toContain(`"${address!}"`);
  });

  it('is reached at its own hosts and nowhere else', async () => {
    const ask = (url: string) => honest.door.fetch({ method: 'GET', url });
    expect(await ask('https://login.other.example/')).toMatchObject({ reason: 'name-not-found' });
    expect(await ask('http://login.honest.example/')).toMatchObject({ reason: 'not-https' });
    expect(honest.door.browserUrl('https://login.other.example/')).toBe('https://login.other.example/');
  });
});

describe('the definitions that lead to the honest server', () => {
  it.each(methods)(
    'hold no mistake with $method $algorithms, and sign in as the registered application',
    (method) => {
      const { catalogue, findDoor } = honestCatalogue(honest, { clientAuthentication: method });
      for (const [slug, definition] of catalogue.definitions) {
        expect(findMistakes(definition, systemClock)).toEqual([]);
        expect(catalogue.credentials.get(slug)).toBe(honest.credentialsFor(method));
        expect(findDoor(slug)).toBe(honest.door);
      }
    },
  );

  it('reach nothing by another name', async () => {
    const { findDoor } = honestCatalogue(honest, { clientAuthentication: basic });
    const answer = await findDoor('garmin').fetch({ method: 'GET', url: 'https://login.honest.example/' });
    expect(answer).toMatchObject({ outcome: 'unreachable', reason: 'name-not-found' });
  });

  it('give a maker of bands its person by the userinfo call', async () => {
    const { tokens } = await connect(basic, { scope: 'openid profile offline_access activity sleep' });
    expect(tokens.scope).toBe('openid profile offline_access activity sleep');
    const answer = await honest.door.fetch({
      method: 'GET',
      url: `${honest.issuer}/me`,
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    if (answer.outcome !== 'answered') throw new Error(answer.outcome);
    expect(JSON.parse(Buffer.from(answer.body).toString())).toMatchObject({
      sub: 'ada',
      name: 'Ada Juniper',
    });
  });
});
