import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { publishKeys } from '../../src/oauth/clientKeys.ts';
import type { ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { AuthorizationServerFacts } from '../../src/oauth/connection.ts';
import type { Credentials } from '../../src/definitions/credentials.ts';
import { completeAuthorization, prepareAuthorization, revokeGrant } from '../../src/oauth/oauth2.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { buildDefinition, changeDefinition } from '../builders/definition.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

/** A certified authorization server that nobody here has written, on loopback, as `https://as.example.org`. */
const issuer = 'https://as.example.org';
const redirectUri = 'https://accounts.example.org/connect/callback/1/2';
const oddSecret = 'p4ss:/+ %&="word';

const pem = (privateKey: { export(options: object): string | Buffer }) =>
  new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const curve = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);

interface Way {
  readonly method: string;
  readonly algorithms?: readonly string[];
  readonly given: Omit<Credentials, 'clientID' | 'settings'>;
}
const ways: Readonly<Record<string, Way>> = {
  'rs384/1.a': { method: 'private_key_jwt', algorithms: ['RS384'], given: { privateKey: rsa } },
  'es384-b': { method: 'private_key_jwt', algorithms: ['ES384'], given: { privateKey: curve } },
  'basic:c/d e': { method: 'client_secret_basic', given: { clientSecret: new Secret(oddSecret) } },
  'post-e': { method: 'client_secret_post', given: { clientSecret: new Secret(oddSecret) } },
  'public-f': { method: 'none', given: {} },
};

let database: Database;
let provider: Provider;
let origin = '';
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  // It says of everything that was left at its default that this is no production.
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockReturnValue();
  provider = await createHonestServer();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => new Promise((resolve) => server.close(() => resolve()));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await close();
});

async function createHonestServer(): Promise<Provider> {
  const clients = await Promise.all(Object.entries(ways).map(([id, way]) => registerClient(id, way)));
  const honest = new Provider(issuer, {
    clients,
    scopes: ['openid', 'offline_access', 'fhirUser', 'launch/patient', 'patient/*.rs'],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false,
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, fhirUser: `${issuer}/Patient/${id}` }),
    }),
  });
  honest.proxy = true;
  honest.use(async (context, next) => {
    await next();
    const body = context.body as { access_token?: string; patient?: string } | undefined;
    // What SMART adds to a token answer.
    if (context.path === '/token' && body?.access_token !== undefined) body.patient = 'mary';
  });
  return honest;
}

async function registerClient(id: string, { method, algorithms, given }: Way): Promise<ClientMetadata> {
  const keys = await keysOf(id, given);
  return {
    client_id: id,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: method as NonNullable<ClientMetadata['token_endpoint_auth_method']>,
    ...(given.clientSecret === undefined ? {} : { client_secret: given.clientSecret.reveal() }),
    ...(algorithms === undefined
      ? {}
      : {
          jwks: { keys },
          token_endpoint_auth_signing_alg: algorithms[0] as NonNullable<
            ClientMetadata['token_endpoint_auth_signing_alg']
          >,
        }),
  };
}

/** Registered is what we publish. */
function keysOf(clientID: string, given: Way['given']): Promise<readonly JWK[]> {
  const definition = { ...definitionFor(clientID), slug: 'honest' };
  return publishKeys({
    definitions: new Map([['honest', definition]]),
    credentials: new Map([['honest', { clientID, settings: {}, ...given }]]),
  });
}

function definitionFor(clientID: string): ConnectableDefinition {
  const { method, algorithms } = ways[clientID]!;
  const scope = (name: string) => ({ name, label: name, releases: ['identity'], ask: 'required' });
  return changeDefinition(buildDefinition(), {
    kind: 'vendor',
    recognises: { hosts: [] },
    'auth.kind': 'smart',
    'auth.discovery': ['smart-configuration', 'openid-configuration'],
    'auth.aud': 'base',
    'auth.scopeVersion': 'v1',
    'auth.clientAuthentication': [{ method, ...(algorithms === undefined ? {} : { algorithms }) }],
    'auth.scopes': ['openid', 'fhirUser', 'launch/patient', 'patient/*.rs'].map(scope),
    'auth.userID': [{ from: 'token-answer', field: 'patient' }],
    'auth.revoke': { by: 'discovery' },
  }) as ConnectableDefinition;
}

/** Logs mary in and lets her agree to everything. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.startsWith('/interaction/') !== true) {
    await provider.callback()(request, response);
    return;
  }
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'mary', clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, {
    login: { accountId: 'mary' },
    consent: { grantId },
  });
}

const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'as.example.org' };

const door = {
  browserUrl: (url: string) => url,
  fetch: Object.assign(
    async ({ method, url, headers, body }: ProviderRequest): Promise<ProviderAnswer> => {
      const response = await fetch(url.replace(issuer, origin), {
        method,
        headers: { ...headers, ...forwarded },
        redirect: 'manual',
        ...(body !== undefined && 'form' in body ? { body: new URLSearchParams(body.form) } : {}),
      });
      return {
        outcome: 'answered',
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: new Uint8Array(await response.arrayBuffer()),
        url,
      };
    },
    { close: () => Promise.resolve() },
  ),
};

/** A browser: follows every redirect until it leads back to us. */
async function browse(url: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let at = url;
  for (let steps = 0; steps < 10; steps++) {
    if (at.startsWith(redirectUri)) return new URL(at).searchParams;
    const response = await fetch(at.replace(issuer, origin), {
      redirect: 'manual',
      headers: { ...forwarded, cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${response.status} ${await response.text()}`);
    at = new URL(location, at.replace(origin, issuer)).href;
  }
  throw new Error('too many redirects');
}

async function begin(clientID: string) {
  const connection = {
    definition: definitionFor(clientID),
    credentials: { clientID, settings: {}, ...ways[clientID]!.given },
    door,
    fhirBase: issuer,
  };
  const findServer = createServerFinder({ database, clock: systemClock, log: () => undefined });
  const found = await findServer(connection);
  if (found.outcome !== 'found') throw new Error(found.cause);
  const secrets = { redirectUri, state: 's'.repeat(43), codeVerifier: 'v'.repeat(43), nonce: 'n'.repeat(43) };
  const { url, askedScopes } = prepareAuthorization(connection, found.server, secrets);
  const journey = { ...secrets, server: found.server, answer: await browse(url), askedScopes, accountID: 1 };
  return { connection, journey };
}

describe('an honest authorization server', () => {
  it('is discovered with its issuer, and promises it in every redirect', async () => {
    const { journey } = await begin('public-f');
    expect(journey.server).toMatchObject<Partial<AuthorizationServerFacts>>({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/token/revocation`,
      authorization_response_iss_parameter_supported: true,
    });
    expect(journey.answer.get('iss')).toBe(issuer);
  });

  it.each(Object.keys(ways))('knows %s, and takes back what it gave', async (clientID) => {
    const { connection, journey } = await begin(clientID);
    const parts = { clock: systemClock };
    const result = await completeAuthorization(parts, connection, journey);
    expect(result).toMatchObject({
      outcome: 'granted',
      grant: {
        scopes: ['openid', 'fhirUser', 'launch/patient', 'patient/*.rs'],
        userID: 'mary',
        isProxy: false,
      },
    });
    if (result.outcome !== 'granted') return;
    const { accessToken, refreshToken } = result.grant;
    expect(await provider.RefreshToken.find(refreshToken!.reveal())).toBeDefined();
    const given = { server: journey.server, accessToken, refreshToken: refreshToken!, accountID: 1 };
    expect(await revokeGrant(parts, connection, given)).toEqual({ outcome: 'revoked' });
    expect(await provider.RefreshToken.find(refreshToken!.reveal())).toBeUndefined();
    // RFC 7009 section 2.2: a token that is not there is no mistake.
    expect(await revokeGrant(parts, connection, given)).toEqual({ outcome: 'revoked' });
  });

  it('refuses a code that was used, another verifier, another address and another secret', async () => {
    const complete = async (
      clientID: string,
      changes: Partial<Awaited<ReturnType<typeof begin>>['journey']>,
      credentials: Partial<Credentials> = {},
    ) => {
      const { connection, journey } = await begin(clientID);
      const { settings, ...given } = connection.credentials;
      const other = { ...connection, credentials: { settings, ...given, ...credentials } };
      const result = await completeAuthorization({ clock: systemClock }, other, { ...journey, ...changes });
      return result.outcome === 'trouble' ? `${result.cause}: ${result.verdict}` : result.outcome;
    };
    const { connection, journey } = await begin('public-f');
    const twice = () => completeAuthorization({ clock: systemClock }, connection, journey);
    expect((await twice()).outcome).toBe('granted');
    expect(await twice()).toMatchObject({ cause: 'token-refused', verdict: 'unauthorized' });
    expect(await complete('post-e', { codeVerifier: 'w'.repeat(43) })).toBe('token-refused: unauthorized');
    expect(await complete('post-e', { redirectUri: `${redirectUri}/` })).toBe('token-refused: unauthorized');
    expect(await complete('post-e', {}, { clientSecret: new Secret('wrong') })).toBe(
      'token-refused: operator-alarm',
    );
    expect(
      await complete(
        'rs384/1.a',
        {},
        { privateKey: pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey) },
      ),
    ).toBe('token-refused: operator-alarm');
  });
});
