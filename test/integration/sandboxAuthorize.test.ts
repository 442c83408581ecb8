import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { named, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { boxesOf, challengeOf, parametersOf, redirectUri } from '../harness/sandboxClient.ts';

/** What an authorization request has to be, before anybody sees a page. */

const verifier = 'v'.repeat(43);
let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox();
});
afterAll(() => played.sandbox.close());
afterEach(() => played.sandbox.dials.reset());

const ask = async (slug: string, change: Record<string, string | undefined>, scopes?: string[]) => {
  const client = played.client(slug);
  return client.send('GET', client.requestUrl({ verifier, change, ...(scopes && { scopes }) }));
};

describe('a request that cannot be trusted', () => {
  it.each([
    ['no client_id', { client_id: undefined }],
    ['another client_id', { client_id: 'somebody' }],
    ['no redirect_uri', { redirect_uri: undefined }],
    ['http elsewhere than on this machine', { redirect_uri: 'http://study.example.org/callback' }],
    ['another scheme', { redirect_uri: 'javascript:alert(1)' }],
    ['a fragment', { redirect_uri: `${redirectUri}#x` }],
  ])('is told to the person and goes nowhere: %s', async (_, change) => {
    const reply = await ask('oura', change);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('location')).toBeNull();
    expect(reply.text).toContain('SANDBOX');
  });

  it('is told to the person when client_id or redirect_uri is there twice', async () => {
    const client = played.client('oura');
    for (const name of ['client_id', 'redirect_uri']) {
      const url = new URL(client.requestUrl({ verifier }));
      url.searchParams.append(name, url.searchParams.get(name) ?? '');
      const reply = await client.send('GET', url.href);
      expect([reply.status, reply.headers.get('location')]).toEqual([400, null]);
    }
  });

  it('is one with a redirect URI that is not among the pinned ones, to the letter', async () => {
    played.sandbox.dials.set('oura', { redirectUris: [redirectUri] });
    expect((await ask('oura', {})).status).toBe(200);
    expect((await ask('oura', { redirect_uri: `${redirectUri}/` })).status).toBe(400);
    expect((await ask('oura', { redirect_uri: `${redirectUri}?a=b` })).status).toBe(400);
  });

  it('shows nothing of what it was asked as HTML', async () => {
    const reply = await ask('oura', { redirect_uri: 'https://"><script>alert(1)</script>/' });
    expect(reply.text).not.toContain('<script');
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: undefined }],
    ['invalid_request', { response_mode: 'form_post' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { code_challenge_method: undefined }],
    ['invalid_request', { code_challenge: 'short' }],
    ['invalid_request', { code_challenge: undefined }],
    ['invalid_scope', { scope: 'everything' }],
    ['invalid_scope', { scope: 'daily,heartrate' }],
    ['invalid_scope', { scope: undefined }],
  ])('goes back to the client as %s: %o', async (error, change) => {
    const reply = await ask('oura', change);
    expect(reply.status).toBe(303);
    expect(reply.headers.get('location')?.startsWith(`${redirectUri}?`)).toBe(true);
    const answer = parametersOf(reply);
    expect(answer.get('error')).toBe(error);
    expect(answer.get('state')).toBe('a-state-that-is-long-enough');
    expect(answer.has('code')).toBe(false);
  });

  it('is one in which a parameter is there twice', async () => {
    const client = played.client('oura');
    const reply = await client.send('GET', `${client.requestUrl({ verifier })}&state=another`);
    expect(parametersOf(reply).get('error')).toBe('invalid_request');
  });

  it('cannot be decided either', async () => {
    const client = played.client('oura');
    const url = client.requestUrl({ verifier, change: { response_type: 'token' } });
    const reply = await client.decide(url, [
      ['person', played.person('oura').userID],
      ['decision', 'allow'],
    ]);
    expect(parametersOf(reply).get('error')).toBe('unsupported_response_type');
  });
});

describe.each(named)('%s', (slug, { auth }) => {
  it(`${auth.pkce === 'required' ? 'refuses' : 'takes'} a request without a code challenge`, async () => {
    const client = played.client(slug);
    const reply = await client.send('GET', client.requestUrl());
    if (auth.pkce === 'required') expect(parametersOf(reply).get('error')).toBe('invalid_request');
    else expect(reply.status).toBe(200);
  });

  it('refuses a verifier where there was no challenge', async () => {
    if (auth.pkce === 'required') return;
    const client = played.client(slug);
    const answer = await client.consent(played.person(slug).userID);
    const reply = await client.exchange(answer.get('code') ?? '', verifier);
    expect(client.read(reply, 'access_token')).toBeUndefined();
  });

  it('wants a state of the length that its definition says', async () => {
    const min = auth.stateLengthMin ?? 0;
    expect((await ask(slug, { state: 's'.repeat(min) })).status).toBe(200);
    if (min === 0) return;
    for (const state of ['s'.repeat(min - 1), undefined])
      expect(parametersOf(await ask(slug, { state })).get('error')).toBe('invalid_request');
  });

  it('takes a redirect to this machine, and answers in the query unless asked for the fragment', async () => {
    const client = played.client(slug);
    for (const uri of ['http://127.0.0.1:4000/back?to=me', 'http://localhost:4000/back']) {
      const url = client.requestUrl({ verifier, change: { redirect_uri: uri, response_mode: undefined } });
      const reply = await client.decide(url, [['decision', 'deny']]);
      expect(reply.headers.get('location')?.startsWith(`${uri}${uri.includes('?') ? '&' : '?'}error=`)).toBe(
        true,
      );
    }
    const url = client.requestUrl({ verifier, change: { response_mode: 'fragment' } });
    const reply = await client.decide(url, [['decision', 'deny']]);
    expect(reply.headers.get('location')).toContain(`${redirectUri}#error=access_denied`);
  });
});

describe('the page', () => {
  it('offers Garmin’s own permissions although nothing is asked, history off until it is switched on', async () => {
    const client = played.client('garmin');
    const page = await client.send('GET', client.requestUrl({ verifier }));
    expect(page.text).toContain('value="HISTORICAL_DATA_EXPORT">');
    expect(boxesOf(page.text)).toEqual(['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'MCT_EXPORT']);
  });

  it('offers Epic’s record, which is fixed when an application is registered, although it is not asked for', async () => {
    const client = played.client('epic');
    const boxes = boxesOf((await client.send('GET', client.requestUrl({ verifier }))).text);
    expect(boxes.slice(0, 4)).toEqual(['openid', 'fhirUser', 'profile', 'patient/Patient.read']);
    expect(boxes).toContain('patient/Observation.read');
  });

  it('takes the whole record apart, in the version that was asked for', async () => {
    const client = played.client('smartOnFhir');
    const scopes = ['launch/patient', 'openid', 'patient/*.rs'];
    const page = await client.send('GET', client.requestUrl({ verifier, scopes }));
    const boxes = boxesOf(page.text);
    expect(boxes).toContain('patient/Observation.rs');
    expect(boxes).not.toContain('patient/*.rs');
    const ticked = boxes.filter((name) => name !== 'patient/Observation.rs');
    const got = await client.connect(played.person('smartOnFhir').userID, { scopes, ticked });
    expect(got.reply.json).toMatchObject({ scope: ticked.join(' ') });
    const whole = await client.connect(played.person('smartOnFhir').userID, { scopes, ticked: scopes });
    expect(whole.reply.json).toMatchObject({ scope: scopes.join(' ') });
  });

  it('knows no wildcard where every type has to be asked for by name', async () => {
    const reply = await ask('oracleHealth', {}, ['openid', 'patient/*.read']);
    expect(parametersOf(reply).get('error')).toBe('invalid_scope');
  });

  it('wants somebody to log in before it says yes', async () => {
    const client = played.client('oura');
    const url = client.requestUrl({ verifier });
    for (const person of ['', 'nobody']) {
      const reply = await client.decide(url, [
        ['person', person],
        ['decision', 'allow'],
      ]);
      expect([reply.status, reply.headers.get('location')]).toEqual([400, null]);
    }
  });

  it('gives a code that is bound to the challenge of its own request', async () => {
    const client = played.client('oura');
    const answer = await client.consent(played.person('oura').userID, { verifier });
    expect(challengeOf('w'.repeat(43))).not.toBe(challengeOf(verifier));
    const refused = await client.exchange(answer.get('code') ?? '', 'w'.repeat(43));
    expect(refused.json).toMatchObject({ error: 'invalid_grant' });
  });

  it('grants nothing when nothing is ticked, and still connects', async () => {
    const client = played.client('ultrahuman');
    const got = await client.connect(played.person('ultrahuman').userID, { ticked: [] });
    expect(got.reply.json).toMatchObject({ scope: '' });
  });
});
