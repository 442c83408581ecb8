import fc from 'fast-check';
import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  completeJourney,
  connectMeadow,
  meadowServer,
  meadowTokens,
} from '../../test/builders/authorization.ts';
import { answerWith } from '../../test/builders/scriptedDoor.ts';
import { createFakeClock } from '../../test/harness/fakeClock.ts';
import { Secret } from '../platform/config/secret.ts';
import type { ProviderAnswer } from '../platform/outbound/providerFetch.ts';
import { prepareAuthorization, revokeGrant, type AuthorizationOutcome } from './oauth2.ts';

/** Words of a provider, which must not be found in what comes of them. */
const canary = 'canary-of-the-provider';
const clock = createFakeClock();

const failed = (outcome: 'timed-out' | 'too-large' | 'malformed'): ProviderAnswer => ({
  outcome,
  mayHaveArrived: true,
});
const lost: ProviderAnswer = { outcome: 'unreachable', reason: 'connection-lost', mayHaveArrived: true };
const refused: ProviderAnswer = { outcome: 'refused-address', reason: 'not-public', mayHaveArrived: false };
const describeOutcome = (result: AuthorizationOutcome) =>
  result.outcome === 'trouble' ? `${result.cause}: ${result.verdict}` : result.outcome;

describe('an authorization request', () => {
  const journey = {
    redirectUri: 'https://us.example.org/back',
    state: 'STATE',
    codeVerifier: 'v'.repeat(43),
    nonce: 'N0NCE',
  };
  const ask = (changes: Readonly<Record<string, unknown>>, server = {}) => {
    const { connection } = connectMeadow(changes, () => answerWith(500, ''));
    const { url } = prepareAuthorization(connection, { ...meadowServer, ...server }, journey);
    return new URL(url).searchParams;
  };

  it('has a challenge (S256) whether or not the server announces it (CONNECT-PKCE), unless the vendor breaks on one', () => {
    for (const server of [
      {},
      { code_challenge_methods_supported: [] },
      { code_challenge_methods_supported: ['plain'] },
    ])
      for (const pkce of ['required', 'supported', 'ignored'])
        expect(ask({ 'auth.pkce': pkce }, server).get('code_challenge_method')).toBe('S256');
    expect([...ask({ 'auth.pkce': 'breaks' }).keys()]).not.toContain('code_challenge');
  });

  it('lets neither the vendor’s parameters nor the address replace what the standard says', () => {
    const standard = ask({});
    const replaced = Object.fromEntries([...standard.keys()].map((name) => [name, 'evil']));
    expect(standard.size).toBe(7);
    expect([...ask({ 'auth.authorizeParameters': replaced })].sort()).toEqual([...standard].sort());
    const address = `https://meadow.example.org/authorize?${new URLSearchParams(replaced).toString()}&tenant=7`;
    const asked = ask({}, { authorization_endpoint: address });
    expect(asked.get('tenant')).toBe('7');
    for (const [name, value] of standard) expect(asked.getAll(name)).toEqual([value]);
  });

  it('asks for what is required or usual, and for nothing that a study has to ask for itself', () => {
    const scope = (ask: string, name: string) => ({ name, label: name, releases: ['sleep'], ask });
    const scopes = [
      scope('required', 'a'),
      scope('default', 'b'),
      scope('optional', 'c'),
      scope('never', 'd'),
    ];
    expect(ask({ 'auth.scopes': scopes, 'auth.scopeSeparator': ',' }).get('scope')).toBe('a,b');
    expect(ask({ 'auth.scopes': scopes, 'auth.asksScopes': false }).has('scope')).toBe(false);
    expect(ask({ 'auth.scopes': scopes, 'auth.scopeParameter': 'API' }).get('API')).toBe('a b');
    expect(ask({ 'auth.scopes': [scope('default', 'openid')] }).get('nonce')).toBe('N0NCE');
    expect(ask({ 'auth.scopes': scopes }).has('nonce')).toBe(false);
  });
});

describe('a redirect', () => {
  const issuer = 'https://meadow.example.org';
  const announced = { authorization_response_iss_parameter_supported: true };
  const cases: readonly [string, object, string, string][] = [
    ['of another state', {}, 'code=c&state=OTHER', 'wrong-state: failed'],
    ['without a state', {}, 'code=c', 'wrong-state: failed'],
    ['with an empty state', {}, 'code=c&state=', 'wrong-state: failed'],
    ['that only refuses, of another state', {}, 'error=access_denied&state=OTHER', 'wrong-state: failed'],
    ['with two states', {}, 'code=c&state=STATE&state=OTHER', 'redirect-malformed: failed'],
    ['with two codes', {}, 'code=c&code=d&state=STATE', 'redirect-malformed: failed'],
    ['with two issuers', { issuer }, `code=c&state=STATE&iss=${issuer}&iss=x`, 'redirect-malformed: failed'],
    [
      'of another issuer',
      { issuer },
      'code=c&state=STATE&iss=https://evil.example.net',
      'wrong-issuer: failed',
    ],
    ['of nearly the issuer', { issuer }, `code=c&state=STATE&iss=${issuer}/`, 'wrong-issuer: failed'],
    [
      'of an unknown issuer elsewhere',
      {},
      'code=c&state=STATE&iss=https://evil.example.net',
      'wrong-issuer: failed',
    ],
    [
      'of an unknown issuer that is no address',
      {},
      'code=c&state=STATE&iss=anything',
      'wrong-issuer: failed',
    ],
    ['of an empty issuer', { issuer }, 'code=c&state=STATE&iss=', 'wrong-issuer: failed'],
    ['without the announced issuer', { issuer, ...announced }, 'code=c&state=STATE', 'wrong-issuer: failed'],
    [
      'of an announced issuer that nobody knows',
      announced,
      `code=c&state=STATE&iss=${issuer}`,
      'wrong-issuer: failed',
    ],
    [
      'that refuses in another’s name',
      { issuer },
      'error=access_denied&state=STATE&iss=x',
      'wrong-issuer: failed',
    ],
    ['without a code', {}, 'state=STATE', 'redirect-malformed: failed'],
    ['with an empty code', {}, 'state=STATE&code=', 'redirect-malformed: failed'],
    ['in a signed envelope', {}, 'state=STATE&code=c&response=x', 'redirect-malformed: failed'],
    ['with tokens', {}, 'state=STATE&code=c&id_token=x', 'redirect-malformed: failed'],
    ['that refuses', {}, 'error=access_denied&state=STATE', 'declined'],
    ['that refuses with a code', {}, 'error=access_denied&state=STATE&code=c', 'declined'],
    [
      'with trouble',
      {},
      `error=server_error&error_description=${canary}&state=STATE`,
      'authorization-refused: retry-later',
    ],
    [
      'with trouble for now',
      {},
      'error=temporarily_unavailable&state=STATE',
      'authorization-refused: retry-later',
    ],
    [
      'that blames our client',
      {},
      'error=unauthorized_client&state=STATE',
      'authorization-refused: operator-alarm',
    ],
    [
      'that blames our request',
      {},
      'error=invalid_request&state=STATE',
      'authorization-refused: operator-alarm',
    ],
    [
      'that blames our scopes',
      {},
      'error=invalid_scope&state=STATE',
      'authorization-refused: operator-alarm',
    ],
    ['that says anything else', {}, `error=${canary}&state=STATE`, 'authorization-refused: failed'],
  ];
  it.each(cases)('%s sends no code anywhere', async (_what, server, redirect, outcome) => {
    const { result, seen } = await completeJourney({ server, redirect });
    expect(describeOutcome(result)).toBe(outcome);
    expect(seen).toEqual([]);
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  it.each([
    [{ issuer }, `code=c&state=STATE&iss=${issuer}`],
    [{ issuer, ...announced }, `code=c&state=STATE&iss=${issuer}`],
    [{ issuer }, 'code=c&state=STATE'],
    [{}, 'code=c&state=STATE'],
    // Nobody knows what it should be, but it is the site of the token endpoint.
    [{}, 'code=c&state=STATE&iss=https://login.meadow.example.org/tenant'],
  ])('of %j is taken with %s', async (server, redirect) => {
    expect((await completeJourney({ server, redirect })).result.outcome).toBe('granted');
  });
});

describe('the exchange of a code', () => {
  const ok = (changes: object) => answerWith(200, { ...meadowTokens, ...changes });
  const cases: readonly [string, ProviderAnswer, string][] = [
    [
      'an OAuth error with status 200',
      answerWith(200, { error: 'bad_verification_code' }),
      'token-refused: failed',
    ],
    [
      'our client’s fault with status 200',
      answerWith(200, { error: 'invalid_client' }),
      'token-refused: operator-alarm',
    ],
    ['HTML', answerWith(200, `<html>${canary}`), 'token-malformed: failed'],
    ['nothing', answerWith(200, ''), 'token-malformed: failed'],
    ['an empty object', answerWith(200, {}), 'token-malformed: failed'],
    ['null', answerWith(200, 'null'), 'token-malformed: failed'],
    ['a list', answerWith(200, [meadowTokens]), 'token-malformed: failed'],
    ['a text', answerWith(200, '"acc3ss"'), 'token-malformed: failed'],
    ['no UTF-8', answerWith(200, Buffer.from([0x7b, 0xff, 0x7d])), 'token-malformed: failed'],
    ['half of it', answerWith(200, JSON.stringify(meadowTokens).slice(0, 50)), 'token-malformed: failed'],
    ['a hundred thousand levels', answerWith(200, '['.repeat(100_000)), 'token-malformed: failed'],
    ['more than is read', failed('too-large'), 'token-malformed: failed'],
    ['what cannot be decompressed', failed('malformed'), 'token-malformed: failed'],
    ['silence', failed('timed-out'), 'token-unreachable: retry-later'],
    ['a lost connection', lost, 'token-unreachable: retry-later'],
    ['a private address', refused, 'token-unreachable: failed'],
    ['a gateway in trouble', answerWith(502, `<html>${canary}`), 'token-refused: retry-later'],
    [
      'a gateway that says invalid_grant',
      answerWith(503, { error: 'invalid_grant' }),
      'token-refused: retry-later',
    ],
    ['a redirect', answerWith(302, '', { location: 'https://evil.example.net' }), 'token-refused: failed'],
    ['too many requests', answerWith(429, ''), 'token-refused: rate-limited'],
    [
      'a code that was used',
      answerWith(400, { error: 'invalid_grant', error_description: canary }),
      'token-refused: unauthorized',
    ],
    ['a wrong secret', answerWith(401, { error: 'invalid_client' }), 'token-refused: operator-alarm'],
    [
      'a wrong secret in the challenge',
      answerWith(401, '', { 'www-authenticate': 'Bearer error="invalid_client"' }),
      'token-refused: operator-alarm',
    ],
    ['201', answerWith(201, meadowTokens), 'granted'],
    ['no access token', ok({ access_token: undefined }), 'token-malformed: failed'],
    ['an access token that is a number', ok({ access_token: 7 }), 'token-malformed: failed'],
    ['an access token for another header', ok({ access_token: 'a\r\nX-Evil: 1' }), 'token-malformed: failed'],
    ['an access token beyond ASCII', ok({ access_token: 'a\u00e9' }), 'token-malformed: failed'],
    ['a refresh token that is a number', ok({ refresh_token: 7 }), 'token-malformed: failed'],
    ['a refresh token with a line break', ok({ refresh_token: 'a\nb' }), 'token-malformed: failed'],
    ['a token of another kind', ok({ token_type: 'mac' }), 'token-malformed: failed'],
    ['a token that is bound to a key', ok({ token_type: 'DPoP' }), 'token-malformed: failed'],
    ['a byte order mark', answerWith(200, `\uFEFF${JSON.stringify(meadowTokens)}`), 'granted'],
    ['no type', ok({ token_type: undefined }), 'granted'],
    ['a gateway’s type', ok({ token_type: 'BearerToken' }), 'granted'],
    ['an empty error', ok({ error: '' }), 'granted'],
    ['an error that is null', ok({ error: null }), 'granted'],
    ['empty members', ok({ refresh_token: null, expires_in: null, id_token: null }), 'granted'],
    ['a useless ID token', ok({ id_token: 'x.y.z' }), 'granted'],
    ['members with names of ours', ok({ outcome: 'trouble', cause: canary }), 'granted'],
    [
      'a member named __proto__',
      answerWith(200, `{"__proto__":{"access_token":"x","token_type":"bearer"}}`),
      'token-malformed: failed',
    ],
  ];
  it.each(cases)('judges %s, and asks once', async (_what, token, outcome) => {
    const { result, seen } = await completeJourney({ token });
    expect(describeOutcome(result)).toBe(outcome);
    expect(seen.filter(({ url }) => url === meadowServer.token_endpoint)).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain(canary);
  });

  it('says nothing of tokens that were never received, and never prints those that were', async () => {
    expect((await completeJourney({ token: answerWith(200, {}) })).result).not.toHaveProperty('grant');
    const { result } = await completeJourney();
    expect(JSON.stringify(result)).not.toMatch(/acc3ss|r3fresh/);
  });

  it('looks for the tokens where the vendor puts them, and for its own sign of success', async () => {
    const definition = {
      'auth.tokenAnswer': { at: 'body', succeedsWhen: { path: 'status', equals: 0 } },
      errors: [{ status: 200, body: { path: 'status', in: [601] }, verdict: 'rate-limited' }],
    };
    const outcomeOf = async (body: unknown) =>
      describeOutcome((await completeJourney({ definition, token: answerWith(200, body) })).result);
    expect(await outcomeOf({ status: 0, body: meadowTokens })).toBe('granted');
    expect(await outcomeOf({ status: '0', body: meadowTokens })).toBe('token-refused: failed');
    expect(await outcomeOf({ body: meadowTokens })).toBe('token-refused: failed');
    expect(await outcomeOf({ status: 401, body: {} })).toBe('token-refused: failed');
    expect(await outcomeOf({ status: 601, body: {} })).toBe('token-refused: rate-limited');
    expect(await outcomeOf({ status: 0, body: [meadowTokens] })).toBe('token-malformed: failed');
    expect(await outcomeOf({ status: 0 })).toBe('token-malformed: failed');
  });

  it('leaves the verifier out where the vendor breaks on it', async () => {
    const verifierOf = async (pkce: string) => {
      const { seen } = await completeJourney({ definition: { 'auth.pkce': pkce } });
      return (seen[0]!.body as { form: Record<string, string> }).form['code_verifier'];
    };
    expect(await verifierOf('ignored')).toBe('v'.repeat(43));
    expect(await verifierOf('breaks')).toBeUndefined();
  });

  it('asks nobody when the server takes none of our ways to authenticate', async () => {
    const server = { token_endpoint_auth_methods_supported: ['private_key_jwt'] };
    const { result, seen } = await completeJourney({ server });
    expect(describeOutcome(result)).toBe('client-authentication: operator-alarm');
    expect(seen).toEqual([]);
  });
});

describe('granted scopes', () => {
  const granted = async (scope: unknown, definition = {}) => {
    const { result } = await completeJourney({
      definition,
      token: answerWith(200, { ...meadowTokens, scope }),
    });
    return {
      ...result,
      outcome: describeOutcome(result),
      scopes: 'grant' in result ? result.grant.scopes : undefined,
    };
  };

  it('are those of the answer, in its order', async () => {
    expect(await granted('person sleep person extra')).toMatchObject({
      scopes: ['person', 'sleep', 'extra'],
    });
    expect(await granted(['person', 'sleep one'])).toMatchObject({ scopes: ['person', 'sleep one'] });
  });

  it('are those that were asked for when the answer has none (RFC 6749 section 5.1)', async () => {
    for (const absent of [undefined, null])
      expect(await granted(absent)).toMatchObject({ outcome: 'granted', scopes: ['sleep', 'person'] });
  });

  it('make no connection when there are none, or a required one is missing; the grant comes along', async () => {
    expect(await granted('')).toMatchObject({ outcome: 'nothing-granted', scopes: [] });
    expect(await granted('sleep')).toMatchObject({ outcome: 'scope-missing', scopes: ['sleep'] });
    const { result, seen } = await completeJourney({
      token: answerWith(200, { ...meadowTokens, scope: 'sleep' }),
    });
    expect(result).toMatchObject({ scopes: ['person'], grant: { scopes: ['sleep'] } });
    expect('grant' in result && result.grant.accessToken.reveal()).toBe('acc3ss');
    // Nobody is asked anything more.
    expect(seen).toHaveLength(1);
  });

  it('are not missing under another name, within another one, or where the vendor tells nothing', async () => {
    const person = { name: 'person', label: 'p', releases: ['identity'], ask: 'required' };
    const all = { name: 'all', label: 'a', releases: ['identity'], ask: 'optional', includes: ['person'] };
    const known = { 'auth.scopes': [{ ...person, alsoNamed: ['personV2'] }, all] };
    for (const scope of ['personV2', 'all'])
      expect(await granted(scope, known)).toMatchObject({ outcome: 'granted' });
    expect(await granted('other', known)).toMatchObject({ outcome: 'scope-missing' });
    expect(await granted('other', { 'auth.grantedScopes': { from: 'request' } })).toMatchObject({
      outcome: 'granted',
      scopes: ['sleep', 'person'],
    });
  });

  it('that cannot be read or kept are trouble, with the grant', async () => {
    for (const scope of [7, {}, ['sleep', 7], 'person a\0b', 'person \ud800']) {
      const reading = await granted(scope);
      expect(reading).toMatchObject({ outcome: 'scopes-unreadable: failed', scopes: [] });
    }
  });

  it('of a redirect are read there, and are never guessed', async () => {
    const definition = { 'auth.grantedScopes': { from: 'redirect', parameter: 'granted' } };
    const scopesOf = async (redirect: string) => {
      const { result } = await completeJourney({ definition, redirect: `code=c&state=STATE${redirect}` });
      return [describeOutcome(result), 'grant' in result ? result.grant.scopes : undefined];
    };
    expect(await scopesOf('&granted=person+sleep')).toEqual(['granted', ['person', 'sleep']]);
    expect(await scopesOf('&granted=')).toEqual(['nothing-granted', []]);
    expect(await scopesOf('&scope=person')).toEqual(['scopes-unreadable: failed', []]);
  });

  it('of a call are what it answers; its failure is trouble', async () => {
    const call = { method: 'GET', url: 'https://meadow.example.org/permissions', authentication: 'bearer' };
    const definition = { 'auth.grantedScopes': { from: 'call', call, path: 'permissions' } };
    const outcomeOf = async (answer: ProviderAnswer) => {
      const { result } = await completeJourney({
        definition,
        call: ({ url }) => (url.endsWith('/permissions') ? answer : answerWith(200, { id: 'mary' })),
      });
      return describeOutcome(result);
    };
    expect(await outcomeOf(answerWith(200, { permissions: ['person'] }))).toBe('granted');
    expect(await outcomeOf(answerWith(200, { permissions: [] }))).toBe('nothing-granted');
    expect(await outcomeOf(answerWith(200, { permissions: {} }))).toBe('scopes-unreadable: failed');
    expect(await outcomeOf(answerWith(200, '<html>'))).toBe('scopes-unreadable: failed');
    expect(await outcomeOf(answerWith(503, ''))).toBe('scopes-unreadable: retry-later');
    expect(await outcomeOf(failed('timed-out'))).toBe('scopes-unreadable: retry-later');
  });

  it('come out as they went in, whatever they hold (CONNECT-GRANTED-SCOPES)', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 400 })
      .map((text) => text.replaceAll(/[ \0]/g, '') || 'x')
      .filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 100 }), async (names) => {
        const all = ['person', ...names.filter((one) => one !== 'person')];
        expect(await granted(all.join(' '))).toMatchObject({ scopes: all });
      }),
      { numRuns: 60 },
    );
    const long = ['person', ...Array.from({ length: 4_000 }, (_, index) => `scope,${index}`)];
    expect(long.join(' ').length).toBeGreaterThan(40_000);
    expect(await granted(long.join(' '))).toMatchObject({ scopes: long });
  });
});

describe('the name of the person', () => {
  const fromAnswer = { 'auth.userID': [{ from: 'token-answer', field: 'user.id' }] };
  const outcomeOf = async (id: unknown) => {
    const { result } = await completeJourney({
      definition: fromAnswer,
      token: answerWith(200, { ...meadowTokens, user: { id } }),
    });
    return result.outcome === 'granted' ? result.grant.userID : describeOutcome(result);
  };

  it('is kept as it came, when nothing of it was lost', async () => {
    expect(await outcomeOf('mary')).toBe('mary');
    expect(await outcomeOf('-20140000000001')).toBe('-20140000000001');
    expect(await outcomeOf(0)).toBe('0');
    expect(await outcomeOf(Number.MAX_SAFE_INTEGER)).toBe('9007199254740991');
    expect(await outcomeOf('m'.repeat(400))).toBe('m'.repeat(400));
    for (const useless of [
      undefined,
      null,
      '',
      {},
      ['mary'],
      true,
      1.5,
      2 ** 60,
      'm'.repeat(401),
      'a\0',
      '\ud800',
    ])
      expect(await outcomeOf(useless)).toBe('user-id-unreadable: failed');
  });

  it('is asked for with a scope that was granted, and its failures are trouble with the grant', async () => {
    const answers: readonly [ProviderAnswer, string][] = [
      [answerWith(200, { id: 7 }), 'granted'],
      [answerWith(200, {}), 'user-id-unreadable: failed'],
      [answerWith(200, '<html>'), 'user-id-unreadable: failed'],
      [answerWith(401, ''), 'user-id-unreadable: token-refused'],
      [answerWith(403, ''), 'user-id-unreadable: scope-missing'],
      [answerWith(500, ''), 'user-id-unreadable: retry-later'],
      [lost, 'user-id-unreadable: retry-later'],
    ];
    for (const [call, outcome] of answers) {
      const { result, seen } = await completeJourney({ call });
      expect(describeOutcome(result)).toBe(outcome);
      expect(result).toMatchObject({ grant: { scopes: ['sleep', 'person'] } });
      expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer acc3ss' });
    }
    const notGranted = await completeJourney({
      definition: { 'auth.userID.0.needsScope': 'sleep', 'auth.scopes.0.ask': 'default' },
      token: answerWith(200, { ...meadowTokens, scope: 'person' }),
    });
    expect(describeOutcome(notGranted.result)).toBe('user-id-unreadable: scope-missing');
    expect(notGranted.seen).toHaveLength(1);
  });

  const ask = (name: string, more = {}) => ({
    from: 'call',
    call: { method: 'GET', url: `https://meadow.example.org/${name}`, authentication: 'bearer' },
    path: 'id',
    ...more,
  });
  const chained = async (
    sources: readonly object[],
    answers: Readonly<Record<string, ProviderAnswer>>,
    more: { readonly token?: object; readonly definition?: object; readonly server?: object } = {},
  ) => {
    const { result, seen } = await completeJourney({
      definition: { 'auth.userID': sources, ...more.definition },
      server: more.server ?? {},
      token: answerWith(200, { ...meadowTokens, ...more.token }),
      call: ({ url }) => answers[url.split('/').at(-1)!] ?? answerWith(404, ''),
    });
    const name = result.outcome === 'granted' ? result.grant.userID : describeOutcome(result);
    return [name, ...seen.slice(1).map(({ url }) => url.split('/').at(-1))];
  };

  it('is looked for in the definition’s order, and nobody is asked once it is known', async () => {
    const sources = [{ from: 'token-answer', field: 'user' }, ask('me'), ask('her')];
    const answers = { me: answerWith(200, { id: 'mary' }), her: answerWith(200, { id: 'ada' }) };
    expect(await chained(sources, answers, { token: { user: 'kit' } })).toEqual(['kit']);
    expect(await chained(sources, answers)).toEqual(['mary', 'me']);
    for (const nothing of [401, 403, 404, 500].map((status) => answerWith(status, '')))
      expect(await chained(sources, { ...answers, me: nothing })).toEqual(['ada', 'me', 'her']);
    expect(await chained(sources, { ...answers, me: answerWith(200, {}) })).toEqual(['ada', 'me', 'her']);
    const unscoped = [ask('me', { needsScope: 'other' }), ask('her')];
    expect(await chained(unscoped, answers)).toEqual(['ada', 'her']);
  });

  it('that nobody tells is trouble: what another try or an operator may mend, else what came last', async () => {
    const sources = [ask('me'), ask('her')];
    const after = async (me: ProviderAnswer, her: ProviderAnswer) => (await chained(sources, { me, her }))[0];
    const [empty, denied, broken, busy] = [
      answerWith(200, {}),
      answerWith(403, ''),
      answerWith(500, ''),
      answerWith(429, ''),
    ];
    expect(await after(empty, denied)).toBe('user-id-unreadable: scope-missing');
    expect(await after(denied, empty)).toBe('user-id-unreadable: failed');
    expect(await after(broken, denied)).toBe('user-id-unreadable: retry-later');
    expect(await after(denied, busy)).toBe('user-id-unreadable: rate-limited');
    expect(await after(answerWith(401, { error: 'invalid_client' }), denied)).toBe(
      'user-id-unreadable: operator-alarm',
    );
  });

  it('is waited for with the data only where nobody who was asked may still tell it', async () => {
    const sources = [ask('me'), { from: 'first-data', path: 'x' }];
    expect(await chained(sources, { me: answerWith(403, '') })).toEqual([undefined, 'me']);
    expect(await chained(sources, { me: answerWith(503, '') })).toEqual([
      'user-id-unreadable: retry-later',
      'me',
    ]);
  });

  it('in a list is what all of its items say; two persons are nobody', async () => {
    const source = ask('records', { listAt: 'entry', path: 'resource.patient.reference', isPatient: true });
    const of = async (...references: readonly unknown[]) => {
      const entry = references.map((reference) => ({ resource: { patient: { reference } } }));
      return (await chained([source], { records: answerWith(200, { entry }) }))[0];
    };
    expect(await of('Patient/mary', 'https://f.example.org/r4/Patient/mary', 'Patient/mary/_history/2')).toBe(
      'mary',
    );
    expect(await of(undefined, 'Organization/o', 'Patient/mary')).toBe('mary');
    for (const nobody of [[], ['Patient/mary', 'Patient/ada'], ['Organization/o']])
      expect(await of(...nobody)).toBe('user-id-unreadable: failed');
    for (const answer of ['<html>', {}, { entry: {} }, { entry: 'x' }, { entry: [null, 7] }])
      expect((await chained([source], { records: answerWith(200, answer) }))[0]).toBe(
        'user-id-unreadable: failed',
      );
  });

  it('of a patient is the same in every spelling of the record', async () => {
    const sources = [{ from: 'token-answer', field: 'patient', isPatient: true }];
    for (const patient of [
      'abc',
      'Patient/abc',
      'https://f.example.org/r4/Patient/abc',
      'Patient/abc/_history/1',
    ])
      expect(await chained(sources, {}, { token: { patient } })).toEqual(['abc']);
    for (const patient of ['RelatedPerson/abc', 'Patient/', '/', 'https://f.example.org/'])
      expect(await chained(sources, {}, { token: { patient } })).toEqual(['user-id-unreadable: failed']);
  });

  it('is the patient of an identity token, where that can be believed and names one', async () => {
    const sources = [
      { from: 'token-answer', field: 'patient' },
      { from: 'id-token', claim: 'fhirUser' },
    ];
    const issuer = 'https://meadow.example.org';
    const good = {
      iss: issuer,
      aud: 'client',
      nonce: 'N0NCE',
      exp: clock.now() / 1_000 + 300,
      fhirUser: `${issuer}/r4/Patient/mary`,
    };
    const of = async (claims: object, server: object = { issuer }, token = {}) => {
      const idToken = new UnsecuredJWT({ ...good, ...claims }).encode();
      return (await chained(sources, {}, { server, token: { id_token: idToken, ...token } }))[0];
    };
    expect(await of({})).toBe('mary');
    expect(await of({ fhirUser: 'Patient/mary' })).toBe('mary');
    expect(await of({}, { issuer }, { patient: 'ada' })).toBe('ada');
    for (const claims of [
      { fhirUser: 'RelatedPerson/mary' },
      { fhirUser: 'Practitioner/mary' },
      // Of what kind it is nobody says.
      { fhirUser: 'mary' },
      { fhirUser: undefined },
      { iss: 'https://evil.example.net' },
      { aud: 'other' },
      { nonce: 'other' },
      { exp: clock.now() / 1_000 - 300 },
    ])
      expect(await of(claims)).toBe('user-id-unreadable: failed');
    expect(await of({}, {})).toBe('user-id-unreadable: failed');
    expect(await of({}, { issuer }, { id_token: 'x.y.z' })).toBe('user-id-unreadable: failed');
  });

  it('may come later, with the data', async () => {
    const { result } = await completeJourney({
      definition: { 'auth.userID': [{ from: 'first-data', path: 'x' }] },
    });
    expect(result.outcome).toBe('granted');
    expect('grant' in result && result.grant).not.toHaveProperty('userID');
  });
});

describe('calls that complete a connection', () => {
  const call = (name: string, more = {}) => ({
    method: 'POST',
    url: `https://meadow.example.org/${name}/{userID}`,
    authentication: 'bearer',
    ...more,
  });
  const complete = (calls: readonly object[], failing?: string) =>
    completeJourney({
      definition: { 'auth.afterConnect': calls },
      call: ({ url }) =>
        failing !== undefined && url.includes(failing)
          ? answerWith(403, canary)
          : answerWith(200, { id: 'm/ary' }),
    });

  it('are made in their order, those without their scope or for webhooks left out', async () => {
    const { result, seen } = await complete([
      call('first'),
      call('second', { needsScope: 'other' }),
      call('third', { form: { callback: '{webhookUrl}' } }),
      call('fourth', {
        needsScope: 'sleep',
        json: { me: '{accountID}', deep: [{ she: '{userID}' }, 7, true] },
      }),
    ]);
    expect(result.outcome).toBe('granted');
    expect(seen.slice(2).map(({ url }) => url)).toEqual([
      // What a provider says never changes the path.
      'https://meadow.example.org/first/m%2Fary',
      'https://meadow.example.org/fourth/m%2Fary',
    ]);
    expect(seen.at(-1)?.body).toEqual({ json: { me: '7', deep: [{ she: 'm/ary' }, 7, true] } });
  });

  it('end it where the first one fails, with the grant', async () => {
    const { result, seen } = await complete([call('first'), call('second')], 'first');
    expect(describeOutcome(result)).toBe('registration-refused: scope-missing');
    expect(result).toMatchObject({ grant: { userID: 'm/ary', scopes: ['sleep', 'person'] } });
    expect(seen).toHaveLength(3);
    expect(JSON.stringify(result)).not.toContain(canary);
  });
});

describe('revokeGrant', () => {
  const tokens = { accessToken: new Secret('acc3ss'), refreshToken: new Secret('r3fresh'), accountID: 7 };
  const revoke = async (
    answer: ProviderAnswer,
    { definition = {}, grant = {} }: { definition?: Readonly<Record<string, unknown>>; grant?: object } = {},
  ) => {
    const { connection, seen } = connectMeadow(definition, () => answer);
    const result = await revokeGrant({ clock }, connection, { ...tokens, ...grant });
    return {
      seen,
      outcome: result.outcome === 'trouble' ? `${result.cause}: ${result.verdict}` : result.outcome,
    };
  };

  it.each([
    [answerWith(200, ''), 'revoked'],
    [answerWith(401, ''), 'already-gone'],
    [answerWith(400, { error: 'invalid_token' }), 'already-gone'],
    [answerWith(400, { error: 'invalid_grant' }), 'already-gone'],
    [answerWith(400, { error: 'unsupported_token_type' }), 'revocation-refused: failed'],
    [answerWith(401, { error: 'invalid_client' }), 'revocation-refused: operator-alarm'],
    [answerWith(404, ''), 'revocation-refused: failed'],
    [answerWith(204, ''), 'revocation-refused: failed'],
    [answerWith(410, ''), 'already-gone'],
    [answerWith(429, ''), 'revocation-refused: rate-limited'],
    [answerWith(503, { error: 'invalid_token' }), 'revocation-refused: retry-later'],
    [failed('timed-out'), 'revocation-unreachable: retry-later'],
    [lost, 'revocation-unreachable: retry-later'],
    [refused, 'revocation-unreachable: failed'],
  ])('by call judges %j as %s', async (answer, outcome) => {
    const { seen, ...judged } = await revoke(answer);
    expect(judged.outcome).toBe(outcome);
    expect(seen).toHaveLength(1);
  });

  it('by call gives back the access token where there is no refresh token', async () => {
    const formOf = async (grant: object) =>
      (await revoke(answerWith(200, ''), { grant })).seen[0]?.body as { form: Record<string, string> };
    expect((await formOf({})).form).toMatchObject({ token: 'r3fresh' });
    expect((await formOf({ refreshToken: undefined })).form).toMatchObject({ token: 'acc3ss' });
  });

  it('by call looks into answers that call themselves a success', async () => {
    const definition = {
      'auth.revoke.succeedsWhen': { path: 'status', equals: 0 },
      errors: [
        { phases: ['revoke'], status: 200, body: { path: 'status', in: [247] }, verdict: 'no-data' },
        { status: 200, body: { path: 'status', in: [601] }, verdict: 'rate-limited' },
        { status: 200, bodyNot: { path: 'result', in: ['0000'] }, verdict: 'failed' },
      ],
    };
    for (const [body, expected] of [
      [{ status: 0 }, 'revoked'],
      [{ status: 0, result: '0000' }, 'revoked'],
      [{ status: 247 }, 'already-gone'],
      [{ status: 601 }, 'revocation-refused: rate-limited'],
      [{ status: 0, result: '5001' }, 'revocation-refused: failed'],
      [{ status: 7 }, 'revocation-refused: failed'],
      ['<html>', 'revocation-refused: failed'],
    ] as const)
      expect((await revoke(answerWith(200, body), { definition })).outcome).toBe(expected);
  });

  it('makes no call that would name nobody', async () => {
    const definition = { 'auth.revoke.url': 'https://meadow.example.org/people/{userID}' };
    const { seen, outcome } = await revoke(answerWith(200, ''), { definition });
    expect([seen.length, outcome]).toEqual([0, 'revocation-refused: failed']);
    expect((await revoke(answerWith(200, ''), { definition, grant: { userID: 'mary' } })).outcome).toBe(
      'revoked',
    );
  });

  it('takes nothing of the first of two calls for the second that is not there', async () => {
    const firstAsk = {
      call: { method: 'GET', url: 'https://meadow.example.org/nonce', authentication: 'none' },
      variable: 'nonce',
      path: 'nonce',
    };
    const definition = { 'auth.revoke.firstAsk': firstAsk, 'auth.revoke.form': { nonce: '{nonce}' } };
    for (const [answer, calls, expected] of [
      [answerWith(200, { nonce: 'n' }), 2, 'revoked'],
      [answerWith(200, { nonce: {} }), 1, 'revocation-refused: failed'],
      [answerWith(500, ''), 1, 'revocation-refused: retry-later'],
      [lost, 1, 'revocation-unreachable: retry-later'],
    ] as const) {
      const { seen, outcome } = await revoke(answer, { definition });
      expect([seen.length, outcome]).toEqual([calls, expected]);
    }
  });

  it('by discovery gives back the access token where the vendor looks for no other', async () => {
    const server = { ...meadowServer, revocation_endpoint: 'https://meadow.example.org/revoke-it' };
    const definition = { 'auth.revoke': { by: 'discovery', token: 'access' } };
    const { seen } = await revoke(answerWith(200, ''), { definition, grant: { server } });
    expect(seen).toMatchObject([{ body: { form: { token: 'acc3ss', token_type_hint: 'access_token' } } }]);
  });

  it('by discovery asks the endpoint that was discovered, and nobody where there is none', async () => {
    const discovery = { by: 'discovery', instructions: 'Open your portal.' };
    const server = { ...meadowServer, revocation_endpoint: 'https://meadow.example.org/revoke-it' };
    const definition = { 'auth.revoke': discovery };
    expect((await revoke(answerWith(200, ''), { definition })).outcome).toBe('by-participant');
    expect((await revoke(answerWith(200, ''), { definition, grant: { server: meadowServer } })).outcome).toBe(
      'by-participant',
    );
    expect(
      (await revoke(answerWith(200, ''), { definition: { 'auth.revoke': { by: 'discovery' } } })).outcome,
    ).toBe('not-offered');
    for (const [answer, expected] of [
      [answerWith(200, ''), 'revoked'],
      [answerWith(200, '<html>'), 'revoked'],
      [answerWith(400, { error: 'invalid_token' }), 'already-gone'],
      [answerWith(400, { error: 'invalid_request' }), 'revocation-refused: failed'],
      [answerWith(503, ''), 'revocation-refused: retry-later'],
      [failed('too-large'), 'revocation-unreachable: retry-later'],
    ] as const) {
      const { seen, outcome } = await revoke(answer, { definition, grant: { server } });
      expect(outcome).toBe(expected);
      expect(seen).toMatchObject([
        {
          url: 'https://meadow.example.org/revoke-it',
          body: { form: { token: 'r3fresh', token_type_hint: 'refresh_token', client_secret: 's3cret' } },
        },
      ]);
    }
  });
});
