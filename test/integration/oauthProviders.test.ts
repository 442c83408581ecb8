import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { publishKeys } from '../../src/oauth/clientKeys.ts';
import { isConnectable, type ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../../src/oauth/connection.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import {
  completeAuthorization,
  prepareAuthorization,
  revokeGrant,
  type AuthorizationOutcome,
} from '../../src/oauth/oauth2.ts';
import { readCredentials } from '../../src/definitions/readCredentials.ts';
import { settingNames } from '../../src/definitions/settingNames.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import {
  basic,
  challenge,
  clientID,
  clientSecret,
  documentedGrants,
  expectations,
  fhirBase,
  journey,
  journeyStart,
  smartServer,
  type Expectation,
  type SeenRequest,
} from '../builders/oauthExpectations.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';

/** What vendors document, written down once more by hand, against what the definitions make of it. */
const definitions = await readDefinitions(providersFolder);
const connectable = [...definitions.values()].filter(isConnectable);
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const accountID = 4711;

/** The secret as an editor of Windows saves it: what the vendor gets has neither its mark nor its line end. */
const folder = mkdtempSync(join(tmpdir(), 'tributary-secret-'));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, `\ufeff${clientSecret}\r\n`);
afterAll(() => rmSync(folder, { recursive: true }));

let clock: FakeClock;
beforeEach(() => {
  clock = createFakeClock(journeyStart);
});

it.each(connectable.map(({ slug, auth }) => [slug, auth.grantsPer] as const))(
  'says of %s for whom it counts grants only where that is documented',
  (slug, grantsPer) => {
    expect(grantsPer).toBe(documentedGrants[slug]?.per ?? 'uncertain');
  },
);

/** An installation with everything that the provider takes. */
function credentialsOf(definition: ConnectableDefinition, region: string | undefined) {
  const given: Record<string, string | undefined> = {
    CLIENT_ID: clientID,
    PRIVATE_KEY: privateKey,
    REGION: region,
  };
  const environment = Object.fromEntries(
    settingNames(definition).map(({ name, part, needed, example }) => {
      const value = given[part] ?? (needed === 'always' ? example : undefined);
      return part === 'CLIENT_SECRET' ? [`${name}_FILE`, secretFile] : [name, value];
    }),
  );
  return readCredentials(new Map([[definition.slug, definition]]), environment).get(definition.slug)!;
}

/** The vendor with these answers; each takes half a second. */
function play(definition: ConnectableDefinition, expected: Expectation, answers: readonly ProviderAnswer[]) {
  const { door, seen } = createScriptedDoor(() => {
    clock.advance(500);
    return answers[seen.length - 1] ?? answerWith(500, 'nobody expected this');
  });
  const connection: ProviderConnection = {
    definition,
    credentials: credentialsOf(definition, expected.region),
    door,
    ...(definition.auth.kind === 'smart' ? { fhirBase } : {}),
  };
  return { connection, seen };
}

async function serverOf(connection: ProviderConnection): Promise<AuthorizationServerFacts> {
  if (connection.definition.auth.kind === 'smart') return smartServer;
  // An address that is known beforehand needs no database.
  const parts = { clock, log: () => undefined, database: undefined as unknown as Database };
  const found = await createServerFinder(parts)(connection);
  if (found.outcome !== 'found') throw new Error(found.cause);
  return found.server;
}

it('knows what every provider documents that can be connected, and no other', () => {
  expect(Object.keys(expectations).sort()).toEqual(connectable.map(({ slug }) => slug).sort());
});

for (const definition of connectable)
  describe(definition.slug, () => {
    const expected = expectations[definition.slug]!;

    it('is asked with exactly these parameters', async () => {
      const { connection } = play(definition, expected, []);
      const { url, askedScopes } = prepareAuthorization(connection, await serverOf(connection), journey);
      const { origin, pathname, searchParams } = new URL(url);
      expect(origin + pathname).toBe(expected.authorize);
      expect(Object.fromEntries(searchParams)).toEqual({
        response_type: 'code',
        client_id: clientID,
        redirect_uri: journey.redirectUri,
        state: journey.state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...expected.asks,
      });
      expect(new Set(searchParams.keys()).size).toBe([...searchParams.keys()].length);
      expect(url).not.toMatch(/[+ ]/);
      expect(askedScopes).toEqual(expected.askedScopes);
    });

    it('gets its code in exchange as it wants it, and gives this grant', async () => {
      const { calls = [] } = expected;
      const answers = [expected.answer, ...calls.map(({ answer }) => answer)];
      const { connection, seen } = play(definition, expected, answers);
      const server = await serverOf(connection);
      const { askedScopes } = prepareAuthorization(connection, server, journey);
      const answer = new URLSearchParams({ code: 'c0de', state: journey.state, ...expected.redirect });
      const result = await completeAuthorization({ clock }, connection, {
        ...journey,
        server,
        answer,
        askedScopes,
        accountID,
      });
      expect(reveal(result)).toEqual({ outcome: 'granted', grant: expected.grant });
      const [exchange, ...others] = seen;
      await expectExchange(connection, exchange!, expected);
      expect(others.map(describeRequest)).toEqual(calls.map(({ request }) => request));
    });

    it('gets its grant back as it wants it', async () => {
      const { revoke = [] } = expected;
      const answers = revoke.map(({ answer }) => answer);
      const { connection, seen } = play(definition, expected, answers);
      // The time of a request is the time at which it is made.
      const stopped = createFakeClock(journeyStart);
      const result = await revokeGrant({ clock: stopped }, connection, {
        server: await serverOf(connection),
        accessToken: new Secret('acc3ss'),
        refreshToken: new Secret('r3fresh'),
        userID: 'u/1',
        accountID,
      });
      expect(result.outcome).toBe(expected.revoke === undefined ? 'by-participant' : 'revoked');
      expect(seen.map(describeRequest)).toEqual(revoke.map(({ request }) => request));
      const [request] = seen;
      if (assertionOf(request) !== undefined)
        await expectAssertion(connection, request!, 'https://login.clinic.example.org/revoke');
    });
  });

/** What a vendor sees of a request. */
function describeRequest({ method, url, headers = {}, body }: ProviderRequest): SeenRequest {
  const { authorization, accept: _accept, ...others } = headers;
  const form = body !== undefined && 'form' in body ? { ...body.form } : undefined;
  if (form?.['client_assertion'] !== undefined) form['client_assertion'] = 'ASSERTION';
  return {
    call: `${method} ${url}`,
    ...(authorization === undefined ? {} : { authorization }),
    ...(Object.keys(others).length === 0 ? {} : { headers: others }),
    ...(form === undefined ? {} : { form }),
    ...(body !== undefined && 'json' in body ? { json: body.json } : {}),
  };
}

async function expectExchange(
  connection: ProviderConnection,
  request: ProviderRequest,
  { token }: Expectation,
): Promise<void> {
  const secret = { client_id: clientID, client_secret: clientSecret };
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'ASSERTION',
  };
  const fields = {
    grant_type: 'authorization_code',
    code: 'c0de',
    redirect_uri: journey.redirectUri,
    code_verifier: journey.codeVerifier,
    ...token.extra,
    ...{ basic: {}, post: secret, query: secret, none: { client_id: clientID }, jwt: assertion }[token.by],
  };
  const { call, ...others } = describeRequest(request);
  if (token.by === 'query') {
    const url = new URL(request.url);
    expect(Object.fromEntries(url.searchParams)).toEqual(fields);
    expect(`${request.method} ${url.origin}${url.pathname}`).toBe(`GET ${token.url}`);
    expect(others).toEqual({});
  } else
    expect({ call, ...others }).toEqual({
      call: `POST ${token.url}`,
      form: fields,
      ...(token.by === 'basic' ? { authorization: basic } : {}),
    });
  expect(request.headers?.['accept']).toBe(token.accept ?? 'application/json');
  expect(request).toMatchObject({ deadlineMs: 20_000, bytesMax: 65_536 });
  expect(request.redirectsMax).toBeUndefined();
  if (token.by === 'jwt') await expectAssertion(connection, request, token.url);
}

function assertionOf(request: ProviderRequest | undefined): string | undefined {
  const body = request?.body;
  return body !== undefined && 'form' in body ? body.form['client_assertion'] : undefined;
}

/** An assertion that is for one address alone, short-lived, and signed with the key that we publish (CONNECT-AUDIENCE). */
async function expectAssertion(
  { definition, credentials }: ProviderConnection,
  request: ProviderRequest,
  audience: string,
): Promise<void> {
  const keys = await publishKeys({
    definitions: new Map([[definition.slug, definition]]),
    credentials: new Map([[definition.slug, credentials]]),
  });
  const { payload, protectedHeader } = await jwtVerify(
    assertionOf(request) ?? '',
    createLocalJWKSet({ keys } as unknown as JSONWebKeySet),
    { currentDate: new Date(journeyStart) },
  );
  expect(protectedHeader).toEqual({ alg: 'RS384', typ: 'JWT', kid: keys[0]!.kid });
  const now = Math.floor(journeyStart / 1_000);
  const { jti, ...claims } = payload;
  expect(claims).toEqual({ iss: clientID, sub: clientID, aud: audience, iat: now - 5, exp: now + 240 });
  expect(jti).toMatch(/^[\w-]{40,}$/);
}

/** Secrets print as a constant: here they have to be seen. */
function reveal(result: AuthorizationOutcome): unknown {
  if (!('grant' in result)) return result;
  const { accessToken, refreshToken, ...grant } = result.grant;
  return {
    ...result,
    grant: {
      accessToken: accessToken.reveal(),
      ...(refreshToken === undefined ? {} : { refreshToken: refreshToken.reveal() }),
      ...grant,
    },
  };
}
