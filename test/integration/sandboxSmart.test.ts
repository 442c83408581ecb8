import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readSmartConfiguration } from '../../src/oauth/discovery/smartConfiguration.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { credentialsFor, named, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import {
  dig,
  parametersOf,
  redirectUri,
  signAssertion,
  type SandboxClient,
} from '../harness/sandboxClient.ts';

/** SMART servers: discovery, audience, identity, and applications that sign. */

const verifier = 'v'.repeat(43);
let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox();
});
afterAll(() => played.sandbox.close());
afterEach(() => played.sandbox.dials.reset());

const smart = named.filter(([, { auth }]) => auth.kind === 'smart');

describe.each(smart)('%s', (slug, { auth }) => {
  if (auth.kind !== 'smart') throw new Error('not a SMART server');

  it('publishes a configuration below every FHIR base that the service takes, all on its own host', async () => {
    const client = played.client(slug);
    for (const base of [client.base, 'https://fhir.elsewhere.example', 'https://a.example:8443/x/y/dstu2']) {
      for (const name of ['smart-configuration', 'openid-configuration']) {
        const reply = await client.send('GET', `${base}/.well-known/${name}`);
        const reading = readSmartConfiguration(reply.json, base);
        expect('mistakes' in reading ? reading.mistakes : []).toEqual([]);
        if ('mistakes' in reading) return;
        expect(reading.ignored).toEqual([]);
        expect(reading.configuration.issuer).toBe(base);
        for (const address of [
          reading.configuration.authorization_endpoint,
          reading.configuration.token_endpoint,
        ])
          expect(new URL(address).host).toBe(new URL(base).host);
        expect(reading.configuration.token_endpoint_auth_methods_supported).toEqual(
          auth.clientAuthentication.map(({ method }) => method),
        );
        expect(reading.missing).toEqual(auth.refresh.policy === 'none' ? ['permission-offline'] : []);
      }
      const statement = await client.send('GET', `${base}/metadata`);
      const uris = dig(statement.json, 'rest.0.security.extension.0.extension') as {
        url: string;
        valueUri: string;
      }[];
      expect(uris.map(({ url }) => url)).toEqual(['authorize', 'token', 'revoke', 'introspect']);
      expect(uris.every(({ valueUri }) => valueUri.startsWith(`${base}/`))).toBe(true);
      expect(dig(statement.json, 'fhirVersion')).toBe(base.includes('dstu2') ? '1.0.2' : '4.0.1');
    }
  });

  it('answers the same configuration with 304', async () => {
    const client = played.client(slug);
    const url = `${client.base}/.well-known/smart-configuration`;
    const etag = (await client.send('GET', url)).headers.get('etag') ?? '';
    expect((await client.send('GET', url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await client.send('GET', url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it(`wants aud to be ${auth.aud}`, async () => {
    const client = played.client(slug);
    const outcomes: Record<string, string | null> = {};
    for (const [name, aud] of [
      ['base', client.base],
      ['slash', `${client.base}/`],
      ['other', 'https://fhir.elsewhere.example/r4'],
      ['none', undefined],
    ] as const) {
      const reply = await client.send('GET', client.requestUrl({ verifier, change: { aud } }));
      outcomes[name] = reply.status === 200 ? 'page' : parametersOf(reply).get('error');
    }
    const no = 'invalid_request';
    const right = {
      base: { base: 'page', slash: 'page', other: no, none: no },
      'base-without-slash': { base: 'page', slash: no, other: no, none: no },
      omit: { base: no, slash: no, other: no, none: 'page' },
    };
    expect(outcomes).toEqual(right[auth.aud]);
  });

  it('says with its issuer whose answer it is, as its configuration announces, also in a refusal', async () => {
    const client = played.client(slug);
    const answer = await client.consent(played.person(slug).userID, { verifier });
    expect(answer.get('iss')).toBe(client.base);
    const refused = await client.decide(client.requestUrl({ verifier }), [['decision', 'deny']]);
    expect(parametersOf(refused).get('iss')).toBe(client.base);
  });

  it('names the patient, and in a signed identity token who logged in', async () => {
    const client = played.client(slug);
    const person = played.person(slug, 1);
    const scopes = [...new Set([...client.askedScopes, 'openid', 'fhirUser'])];
    const got = await client.connect(person.userID, { scopes, verifier });
    expect(got.reply.json).toMatchObject({ patient: person.userID });
    const keys = await client.send('GET', `${client.base}/oauth2/jwks`);
    const { payload } = await jwtVerify(
      dig(got.reply.json, 'id_token') as string,
      createLocalJWKSet(keys.json as Parameters<typeof createLocalJWKSet>[0]),
      { issuer: client.base, audience: client.credentials.clientID },
    );
    expect(payload).toMatchObject({ nonce: 'a-nonce', fhirUser: `${client.base}/Patient/${person.userID}` });
    for (const key of (keys.json as { keys: object[] }).keys) expect(Object.keys(key)).not.toContain('d');
  });

  it('lets a parent in, who opens a child’s record and is not the patient', async () => {
    const client = played.client(slug);
    const [first, second] = [played.person(slug, 0), played.person(slug, 1)];
    const scopes = [...new Set([...client.askedScopes, 'openid', 'fhirUser'])];
    for (const [picked, child] of [
      ['', first],
      [second.userID, second],
    ] as const) {
      const reply = await client.decide(client.requestUrl({ scopes, verifier }), [
        ['person', `${first.userID}-parent`],
        ['patient', picked],
        ...scopes.map((name): [string, string] => ['scope', name]),
        ['decision', 'allow'],
      ]);
      const tokens = await client.exchange(parametersOf(reply).get('code') ?? '', verifier);
      expect(tokens.json).toMatchObject({ patient: child.userID });
      const claims = JSON.parse(
        Buffer.from(String(dig(tokens.json, 'id_token')).split('.')[1] ?? '', 'base64url').toString(),
      ) as object;
      expect(claims).toMatchObject({ fhirUser: `${client.base}/RelatedPerson/${first.userID}-parent` });
    }
    const stranger = await client.decide(client.requestUrl({ scopes, verifier }), [
      ['person', `${first.userID}-parent`],
      ['patient', played.person(slug, 4).userID],
      ['decision', 'allow'],
    ]);
    expect(stranger.status).toBe(400);
  });

  it('tells of a token what it is, and no more than that it is over when it is', async () => {
    const client = played.client(slug);
    const person = played.person(slug, 2);
    const got = await client.connect(person.userID, { verifier });
    const introspect = async (token: string) => {
      const url = `${client.base}/oauth2/introspect`;
      const proof = await client.prove(auth.clientAuthentication[0], url);
      return (await client.send('POST', url, { headers: proof.headers, form: { token, ...proof.form } }))
        .json;
    };
    expect(await introspect(got.access)).toMatchObject({ active: true, patient: person.userID });
    expect(await introspect('x'.repeat(43))).toEqual({ active: false });
    if (got.refresh) {
      await client.refresh(got.refresh);
      if (auth.refresh.policy === 'rotating')
        expect(await introspect(got.refresh)).toEqual({ active: false });
    }
  });
});

it('signs identity tokens with RSA for some servers and with an elliptic curve for others', async () => {
  const algorithms = new Set<string | undefined>();
  for (const slug of ['epic', 'humana']) {
    const got = await played.client(slug).connect(played.person(slug).userID);
    algorithms.add(decodeProtectedHeader(dig(got.reply.json, 'id_token') as string).alg);
  }
  expect(algorithms).toEqual(new Set(['ES256', 'RS256']));
});

describe('an assertion', () => {
  const other = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  type Parts = Parameters<typeof signAssertion>[1];
  const show = async (client: SandboxClient, assertion: string, change: Record<string, string> = {}) => {
    const answer = await client.consent(played.person('epic').userID, { verifier });
    return client.send('POST', client.tokenUrl('token'), {
      form: {
        grant_type: 'authorization_code',
        code: answer.get('code') ?? '',
        redirect_uri: redirectUri,
        code_verifier: verifier,
        client_id: client.credentials.clientID,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        ...change,
      },
    });
  };
  const make = (
    client: SandboxClient,
    change: Partial<Parts> = {},
    pem = client.credentials.privateKey!.reveal(),
  ) =>
    signAssertion(pem, {
      id: client.credentials.clientID,
      audience: client.tokenUrl('token'),
      now: Date.now(),
      ...change,
    });
  const inS = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

  it('proves the application, without client_id as well', async () => {
    const client = played.client('epic');
    expect((await show(client, await make(client))).status).toBe(200);
  });

  it.each<[string, (client: SandboxClient) => Promise<string>]>([
    ['a list as aud', (client) => make(client, { audience: [client.tokenUrl('token')] })],
    ['another aud', (client) => make(client, { audience: 'https://honest.example/token' })],
    ['the issuer as aud', (client) => make(client, { audience: client.base })],
    ['another iss', (client) => make(client, { change: { iss: 'somebody' } })],
    ['another sub', (client) => make(client, { change: { sub: 'somebody' } })],
    ['no jti', (client) => make(client, { change: { jti: undefined } })],
    ['no exp', (client) => make(client, { change: { exp: undefined } })],
    ['an exp that is past', (client) => make(client, { change: { exp: inS(-1) } })],
    ['an exp more than five minutes ahead', (client) => make(client, { change: { exp: inS(400) } })],
    ['an iat a minute ahead', (client) => make(client, { change: { iat: inS(60) } })],
    ['another kid', (client) => make(client, { header: { kid: 'other' } })],
    ['no kid', (client) => make(client, { header: { kid: undefined } })],
    ['another type', (client) => make(client, { header: { typ: 'at+jwt' } })],
    ['an algorithm that the vendor does not take', (client) => make(client, { header: { alg: 'RS256' } })],
    ['a key that is not registered', (client) => make(client, {}, other.privateKey)],
    [
      'a secret that is the public key',
      (client) =>
        new SignJWT({ iss: client.credentials.clientID })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(other.publicKey)),
    ],
    ['nothing signed', () => Promise.resolve(`${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`)],
    ['no JWT', () => Promise.resolve('nonsense')],
  ])('is refused with %s', async (_, assertion) => {
    const client = played.client('epic');
    const reply = await show(client, await assertion(client));
    expect(reply.status).toBe(401);
    expect(reply.json).toMatchObject({ error: 'invalid_client' });
  });

  it('is refused the second time, and with a secret beside it', async () => {
    const client = played.client('epic');
    const assertion = await make(client);
    expect((await show(client, assertion)).status).toBe(200);
    expect((await show(client, assertion)).status).toBe(401);
    expect((await show(client, await make(client), { client_secret: 'x' })).status).toBe(401);
    expect((await show(client, await make(client), { client_assertion_type: 'other' })).status).toBe(401);
  });

  it('is judged by the provider’s own clock', async () => {
    const client = played.client('epic');
    played.sandbox.dials.set('epic', { clockSkewS: 600 });
    expect((await show(client, await make(client))).status).toBe(401);
    played.sandbox.dials.set('epic', { clockSkewS: -600 });
    expect((await show(client, await make(client))).status).toBe(401);
  });

  it('may be signed by the key that follows', async () => {
    const { privateKey, ...rest } = credentialsFor('epic', 'private_key_jwt');
    const next = { ...rest, privateKey: privateKey!, nextPrivateKey: new Secret(other.privateKey) };
    const both = await playSandbox({ credentials: new Map([['epic', next]]) });
    try {
      const client = both.client('epic');
      const answer = await client.consent(both.person('epic').userID, { verifier });
      const reply = await client.send('POST', client.tokenUrl('token'), {
        form: {
          grant_type: 'authorization_code',
          code: answer.get('code') ?? '',
          redirect_uri: redirectUri,
          code_verifier: verifier,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await make(client, {}, other.privateKey),
        },
      });
      expect(reply.status).toBe(200);
    } finally {
      await both.sandbox.close();
    }
  });

  it('for one address is none for another', async () => {
    const client = played.client('epic');
    const got = await client.connect(played.person('epic').userID);
    const url = `${client.base}/oauth2/revoke`;
    const revoke = async (audience: string) =>
      client.send('POST', url, {
        form: {
          token: got.refresh,
          client_id: client.credentials.clientID,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await make(client, { audience }),
        },
      });
    expect((await revoke(client.tokenUrl('token'))).status).toBe(401);
    expect((await revoke(url)).status).toBe(200);
  });
});
