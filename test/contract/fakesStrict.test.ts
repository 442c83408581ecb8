import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import { findMistakes } from '../../src/definitions/mistakes/findMistakes.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { signJws } from '../builders/clientAssertion.ts';
import { rules, type Rule } from '../fakes/strict/rules.ts';
import { startStrictServer, type StrictServer } from '../fakes/strictServer.ts';
import { createFakeClock } from '../harness/fakeClock.ts';

const none: ClientAuthentication = { method: 'none' };
const basic: ClientAuthentication = { method: 'client_secret_basic' };
const post: ClientAuthentication = { method: 'client_secret_post' };
const rsa: ClientAuthentication = { method: 'private_key_jwt', algorithms: ['RS384'] };
const ec: ClientAuthentication = { method: 'private_key_jwt', algorithms: ['ES384'] };
const methods = [none, basic, post, rsa, ec];

type Changes = Readonly<Record<string, string | undefined>>;

/** What one request does otherwise than a faultless client. */
interface Step {
  readonly method?: string;
  readonly headers?: Changes;
  /** Put at the end of the address. */
  readonly suffix?: string;
  readonly parameters?: Changes;
  /** Put at the end of the query or form. */
  readonly more?: string;
}

/** A journey with one fault. */
interface Fault {
  readonly with?: ClientAuthentication;
  readonly options?: Partial<Parameters<typeof startStrictServer>[0]>;
  readonly discovery?: Step;
  readonly authorization?: Step;
  readonly token?: Step;
  readonly revocation?: Step;
  readonly assertion?: {
    readonly header?: Readonly<Record<string, unknown>>;
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly key?: KeyObject;
    readonly change?: (text: string) => string;
  };
  /** Whether the journey is made twice, with what is given here the same. */
  readonly twice?: true;
  /** Whether the token request is sent twice. */
  readonly sendsTwice?: true;
  /** Milliseconds between code and token request. */
  readonly delayMs?: number;
  /** Rules that cannot but be broken too. */
  readonly also?: readonly Rule[];
}

const redirectUri = 'https://accounts.example.org/connect/callback/p/c';
const v2 = 'launch/patient openid fhirUser offline_access patient/Observation.rs patient/*.cruds?_count=1';
const v1 = 'launch/patient openid fhirUser offline_access patient/Observation.read patient/*.read';
const random = (bytes = 32) => randomBytes(bytes).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const fixed = random();

let running: StrictServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** Sends exactly what is asked for, past every client library. */
async function send(server: StrictServer, url: string, step: Step, body?: string) {
  const headers = Object.entries(step.headers ?? {}).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const { method = body === undefined ? 'GET' : 'POST', suffix = '' } = step;
  return fetch(server.door.browserUrl(url) + suffix, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined || method === 'GET' ? {} : { body: Buffer.from(body) }),
  });
}

function write(parameters: Changes, changes: Step = {}): string {
  const given = Object.entries({ ...parameters, ...changes.parameters });
  const kept = given.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(kept).toString() + (changes.more ?? '');
}

const encodeForm = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

async function prove(server: StrictServer, fault: Fault, audience: string) {
  const { clientID, clientSecret, privateKey } = server.credentials;
  const method = fault.with ?? none;
  if (method.method === 'none') return { parameters: { client_id: clientID }, headers: {} };
  if (method.method === 'client_secret_post')
    return { parameters: { client_id: clientID, client_secret: clientSecret!.reveal() }, headers: {} };
  if (method.method === 'client_secret_basic') {
    const pair = `${encodeForm(clientID)}:${encodeForm(clientSecret!.reveal())}`;
    return { parameters: {}, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
  }
  const { header, claims, key, change = (text: string) => text } = fault.assertion ?? {};
  const own = createPrivateKey(privateKey!.reveal());
  const { d: _, ...jwk } = own.export({ format: 'jwk' }) as JWK;
  const alg = own.asymmetricKeyType === 'rsa' ? 'RS384' : 'ES384';
  const text = signJws(
    { alg, typ: 'JWT', kid: await calculateJwkThumbprint(jwk), ...header },
    {
      iss: clientID,
      sub: clientID,
      aud: audience,
      exp: Math.floor(Date.now() / 1000) + 250,
      jti: random(16),
      iat: Math.floor(Date.now() / 1000) - 5,
      ...claims,
    },
    key ?? own,
    alg,
  );
  const parameters = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: change(text),
  };
  return { parameters, headers: {} };
}

/** The whole journey, faultless but for the fault; the tokens, or undefined where it ended before. */
async function journey(server: StrictServer, fault: Fault, advance: (ms: number) => void = () => undefined) {
  const { discovery = {}, authorization = {}, token = {}, revocation } = fault;
  await send(server, `${server.fhirBase}/.well-known/smart-configuration`, {
    ...discovery,
    headers: { accept: 'application/json', ...discovery.headers },
  });
  const verifier = token.parameters?.code_verifier ?? random();
  const query = write(
    {
      response_type: 'code',
      client_id: server.credentials.clientID,
      redirect_uri: redirectUri,
      scope: fault.options?.scopeVersion === 'v1' ? v1 : v2,
      state: random(),
      aud: server.fhirBase,
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      nonce: random(),
    },
    authorization,
  );
  const asked = await send(server, `${server.issuer}/authorize?${query}`, authorization);
  const code = URL.parse(asked.headers.get('location') ?? '')?.searchParams.get('code');
  if (code === undefined || code === null) return undefined;
  advance(fault.delayMs ?? 0);
  const proof = await prove(server, fault, server.tokenUrl);
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...proof.parameters,
  };
  const type = 'application/x-www-form-urlencoded';
  const headers = { 'content-type': type, accept: 'application/json', ...proof.headers, ...token.headers };
  const exchange = () => send(server, server.tokenUrl, { ...token, headers }, write(form, token));
  const answer = await exchange();
  if (fault.sendsTwice) await exchange();
  if (answer.status !== 200) return undefined;
  const tokens = (await answer.json()) as Readonly<Record<string, unknown>>;
  if (revocation !== undefined) await giveBack(server, fault, tokens.access_token as string);
  return tokens;
}

async function giveBack(server: StrictServer, fault: Fault, token: string) {
  const proof = await prove(server, fault, `${server.issuer}/revoke`);
  const type = 'application/x-www-form-urlencoded';
  const headers = { 'content-type': type, ...proof.headers };
  const form = write({ token, token_type_hint: 'access_token', ...proof.parameters }, fault.revocation);
  return send(server, `${server.issuer}/revoke`, { ...fault.revocation, headers }, form);
}

async function commit(fault: Fault) {
  const clock = createFakeClock(Date.now());
  const advance = (ms: number) => clock.advance(ms);
  running = await startStrictServer({ clientAuthentication: fault.with ?? none, clock, ...fault.options });
  const tokens = await journey(running, fault, advance);
  if (fault.twice) await journey(running, fault, advance);
  return { server: running, tokens };
}

const ask = (parameters: Changes, also: readonly Rule[] = []): Fault => ({
  authorization: { parameters },
  also,
});
const exchange = (parameters: Changes, also: readonly Rule[] = []): Fault => ({
  token: { parameters },
  also,
});
const claim = (claims: Readonly<Record<string, unknown>>): Fault => ({ with: rsa, assertion: { claims } });
const head = (header: Readonly<Record<string, unknown>>): Fault => ({ with: ec, assertion: { header } });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
const nowS = () => Math.floor(Date.now() / 1000);
const plain = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** For each rule the ways to break it. The type makes sure that none is left out. */
const faults: Readonly<Record<Rule, readonly [Fault, ...Fault[]]>> = {
  'discovery-method': [{ discovery: { method: 'POST' } }],
  'discovery-accept': [{ discovery: { headers: { accept: 'text/html' } } }],
  'discovery-anonymous': [{ discovery: { headers: { authorization: 'Bearer x' } } }],
  'discovery-address': [{ discovery: { suffix: '?client_id=x' } }],

  encoding: [
    { authorization: { more: '&state=%zz' } },
    { authorization: { more: '&nonce' } },
    { token: { more: '&code=%ff' } },
  ],
  repeated: [
    { authorization: { more: '&state=again' } },
    { token: { more: '&grant_type=authorization_code' } },
  ],
  empty: [
    { authorization: { more: '&nonce=', parameters: { nonce: undefined } } },
    exchange({ client_secret: '' }),
  ],

  'authorization-method': [{ authorization: { method: 'PUT' } }],
  'authorization-unknown': [ask({ launch: 'x' }), ask({ prompt: 'login' }), ask({ AUD: 'x' })],
  'authorization-extra': [{ options: { authorizeParameters: { brand: 'x' } } }],
  'authorization-secret': [ask({ client_secret: 'x' }), ask({ code_verifier: random() })],
  'authorization-length': [
    ask({ scope: `${v2} ${'patient/Observation.rs?code=a'.repeat(300)}` }, ['scope-syntax']),
  ],
  'authorization-referer': [
    { authorization: { headers: { referer: 'https://accounts.example.org/connect/x' } } },
  ],
  'response-type': [ask({ response_type: 'token' }), ask({ response_type: undefined })],
  'client-id': [ask({ client_id: 'other' }), ask({ client_id: undefined })],
  'redirect-uri-absolute': [
    ask({ redirect_uri: '/connect' }),
    ask({ redirect_uri: `${redirectUri}#x` }),
    ask({ redirect_uri: undefined }),
  ],
  'redirect-uri-encrypted': [ask({ redirect_uri: 'http://accounts.example.org/x' })],
  'redirect-uri-registered': [
    { ...ask({ redirect_uri: `${redirectUri}/` }), options: { redirectUris: [redirectUri] } },
  ],
  'scope-missing': [ask({ scope: undefined, nonce: undefined })],
  'scope-characters': [
    ask({ scope: `${v2}  patient/Goal.rs` }),
    ask({ scope: `${v2} patient/Göal.rs` }),
    ask({ scope: `${v2} a"b` }),
  ],
  'scope-twice': [ask({ scope: `${v2} openid` })],
  'scope-syntax': [
    ask({ scope: `${v2} patient/Goal.read` }),
    ask({ scope: `${v2} patient/Goal.sr` }),
    ask({ scope: `${v2} patient/goal.rs` }),
    ask({ scope: `${v2} patient/Goal.` }),
    ask({ scope: `${v2} email` }),
    { ...ask({ scope: `${v1} patient/Goal.rs` }), options: { scopeVersion: 'v1' } },
  ],
  'scope-patient-context': [ask({ scope: 'openid patient/*.rs' })],
  'scope-launch': [ask({ scope: `${v2} launch` })],
  'scope-permission': [ask({ scope: `${v2} user/Goal.rs` }), ask({ scope: `${v2} system/*.rs` })],
  'scope-fhir-user': [ask({ scope: 'launch/patient fhirUser patient/*.rs', nonce: undefined })],
  'state-missing': [ask({ state: undefined })],
  'state-characters': [ask({ state: `${random()}ä` }), ask({ state: `${random()}\u0007` })],
  'state-entropy': [
    ask({ state: random(14) }),
    ask({ state: 'ab'.repeat(40) }),
    ask({ state: randomBytes(14).toString('hex') }),
  ],
  'state-reused': [{ ...ask({ state: fixed }), twice: true }],
  'challenge-missing': [ask({ code_challenge: undefined })],
  'challenge-form': [
    ask({ code_challenge: random(33) }),
    ask({ code_challenge: `${sha256('x').slice(0, 42)}B` }),
    ask({ code_challenge: `${sha256('x').slice(0, 42)}=` }),
  ],
  'challenge-method': [ask({ code_challenge_method: 'plain' }), ask({ code_challenge_method: undefined })],
  'challenge-reused': [{ ...exchange({ code_verifier: fixed }), twice: true }],
  'aud-exact': [
    ask({ aud: undefined }),
    ask({ aud: 'https://fhir.strict.example/r4/' }),
    ask({ aud: 'https://fhir.strict.example/R4' }),
  ],
  'nonce-openid': [ask({ scope: 'launch/patient patient/*.rs' })],
  'nonce-entropy': [ask({ nonce: '12345678' })],
  'nonce-reused': [{ ...ask({ nonce: fixed }), twice: true }],
  'values-apart': [ask({ state: fixed, nonce: fixed })],

  'form-method': [{ token: { method: 'PUT' } }],
  'form-query': [{ token: { suffix: '?client_secret=x' } }],
  'form-type': [
    { token: { headers: { 'content-type': 'application/json' } } },
    { token: { headers: { 'content-type': undefined } } },
  ],
  'form-accept': [{ token: { headers: { accept: 'text/html' } } }],
  'form-unknown': [exchange({ scope: v2 }), exchange({ state: 'x' }), exchange({ aud: 'x' })],

  'grant-type': [exchange({ grant_type: 'refresh_token' }), exchange({ grant_type: undefined })],
  'code-missing': [exchange({ code: undefined })],
  'code-unknown': [exchange({ code: random() })],
  'code-reused': [{ sendsTwice: true }],
  'code-late': [{ delayMs: 61_000 }],
  'code-after-wrong-issuer': [
    { options: { iss: 'wrong' } },
    { options: { iss: 'missing' } },
    { options: { iss: 'of-another-server' } },
  ],
  'redirect-uri-same': [exchange({ redirect_uri: `${redirectUri}/` }), exchange({ redirect_uri: undefined })],
  'verifier-missing': [{ ...exchange({ code_verifier: undefined }) }],
  'verifier-form': [
    exchange({ code_verifier: 'a'.repeat(42) }),
    exchange({ code_verifier: 'a'.repeat(129) }),
    exchange({ code_verifier: `${random()}+` }),
  ],
  'verifier-wrong': [{ authorization: { parameters: { code_challenge: sha256('another') } } }],
  'client-id-public': [exchange({ client_id: undefined })],
  'client-id-confidential': [
    { with: basic, token: { parameters: { client_id: 'strict:client/1+%41' } } },
    { with: rsa, token: { parameters: { client_id: 'strict:client/1+%41' } } },
  ],
  'client-id-other': [exchange({ client_id: 'other' })],

  'authentication-several': [{ with: basic, token: { parameters: { client_secret: 'x' } } }],
  'authentication-missing': [
    { with: basic, token: { headers: { authorization: undefined } } },
    { with: rsa, token: { parameters: { client_assertion: undefined, client_assertion_type: undefined } } },
  ],
  'authentication-public': [exchange({ client_secret: 'x' })],
  'authentication-method': [
    { with: basic, token: { headers: { authorization: undefined }, parameters: { client_secret: 'x' } } },
    {
      with: post,
      token: { headers: { authorization: plain('a:b') }, parameters: { client_secret: undefined } },
    },
  ],
  'basic-form': [
    { with: basic, token: { headers: { authorization: plain('strict:client/1+%41:secret') } } },
    { with: basic, token: { headers: { authorization: plain('no colon') } } },
    { with: basic, token: { headers: { authorization: 'Basic ***' } } },
    { with: basic, token: { headers: { authorization: 'Bearer abc' } } },
  ],
  'basic-wrong': [{ with: basic, token: { headers: { authorization: plain('client:secret') } } }],
  'post-wrong': [
    { with: post, token: { parameters: { client_secret: 'guessed' } } },
    { with: post, token: { parameters: { client_id: undefined } } },
  ],

  'assertion-type': [{ with: rsa, token: { parameters: { client_assertion_type: 'jwt' } } }],
  'assertion-form': [
    { with: rsa, assertion: { change: (text) => `${text}.x` } },
    { with: rsa, assertion: { change: (text) => `${text}=` } },
    { with: rsa, assertion: { change: () => 'a.b.c' } },
  ],
  'assertion-alg': [head({ alg: 'ES256' }), head({ alg: 'none' })],
  'assertion-typ': [head({ typ: undefined }), head({ typ: 'jwt' })],
  'assertion-kid': [head({ kid: undefined }), head({ kid: 'other' })],
  'assertion-header': [
    head({ jku: 'https://keys.example.org/' }),
    head({ jwk: {} }),
    head({ crit: ['exp'] }),
  ],
  'assertion-signature': [{ with: ec, assertion: { key: stranger } }],
  'assertion-client': [claim({ iss: 'other' }), claim({ sub: 'other' }), claim({ sub: undefined })],
  'assertion-aud': [
    claim({ aud: 'https://login.strict.example' }),
    claim({ aud: ['https://login.strict.example/token'] }),
    claim({ aud: 'https://login.strict.example/token/' }),
    claim({ aud: undefined }),
  ],
  'assertion-exp': [
    claim({ exp: nowS() + 400 }),
    claim({ exp: nowS() - 10 }),
    claim({ exp: String(nowS() + 100) }),
    claim({ exp: nowS() + 100.5 }),
    claim({ exp: undefined }),
  ],
  'assertion-begin': [claim({ iat: nowS() + 100 }), claim({ nbf: nowS() + 100 }), claim({ iat: 'now' })],
  'assertion-jti': [claim({ jti: undefined }), claim({ jti: '1' }), claim({ jti: 7 })],
  'assertion-jti-reused': [{ ...claim({ jti: fixed }), twice: true }],
  'assertion-claims': [claim({ scope: 'x' })],

  'revocation-token': [
    { revocation: { parameters: { token: random() } } },
    { revocation: { parameters: { token: undefined } } },
  ],
  'revocation-hint': [{ revocation: { parameters: { token_type_hint: 'id_token' } } }],
};

describe('the strict server', () => {
  it.each(methods.flatMap((method) => (['v1', 'v2'] as const).map((version) => [version, method] as const)))(
    'finds no fault in a faultless journey with scopes of %s and %o, twice',
    async (scopeVersion, method) => {
      const { server, tokens } = await commit({
        with: method,
        options: { scopeVersion },
        revocation: {},
        twice: true,
      });
      expect(server.violations).toEqual([]);
      expect(server.requests).toEqual({ discovery: 2, authorization: 2, token: 2, revocation: 2, other: 0 });
      expect(tokens).toMatchObject({
        patient: 'st-1',
        scope: scopeVersion === 'v1' ? v1 : v2,
        token_type: 'Bearer',
      });
    },
  );

  it.each(
    Object.entries(faults).flatMap(([rule, ways]) =>
      ways.map((fault, at) => [rule as Rule, at, fault] as const),
    ),
  )('convicts of %s, way %i, and of nothing else', async (rule, _, fault) => {
    const { server } = await commit(fault);
    const found = new Set(server.violations);
    expect(found).toEqual(new Set([rule, ...(fault.also ?? [])].map((broken) => rules[broken])));
  });

  it('lets a form be posted to its authorization endpoint', async () => {
    const server = await startStrictServer({ clientAuthentication: none });
    running = server;
    const answer = await fetch(server.door.browserUrl(`${server.issuer}/authorize`), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        response_type: 'code',
        client_id: server.credentials.clientID,
        redirect_uri: redirectUri,
        scope: v2,
        state: random(),
        aud: server.fhirBase,
        code_challenge: random(),
        code_challenge_method: 'S256',
      }),
    });
    expect(server.violations).toEqual([]);
    expect(answer.headers.get('location')).toMatch(/[?&]code=/);
  });

  it('gives no code and no token to whom it convicts', async () => {
    expect((await commit(ask({ state: 'x' }))).tokens).toBeUndefined();
    expect((await commit(exchange({ scope: 'x' }))).tokens).toBeUndefined();
  });

  it('is not asked for tokens by who says nothing about its issuer, where none was promised', async () => {
    const { server, tokens } = await commit({ options: { iss: 'not-advertised' } });
    expect(server.violations).toEqual([]);
    expect(tokens).toBeDefined();
  });

  it.each(methods)('is described by a definition without a mistake, with %o', async (method) => {
    running = await startStrictServer({ clientAuthentication: method });
    expect(findMistakes(running.definition, systemClock)).toEqual([]);
  });
});
