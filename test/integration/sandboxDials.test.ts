import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeError } from '../../src/definitions/judgeError.ts';
import { createSandboxDoor } from '../../src/oauth/providerDoor.ts';
import { parseJsonBody } from '../../src/platform/outbound/parseJsonBody.ts';
import {
  createProviderFetch,
  type ProviderAnswer,
  type ProviderFetch,
  type ProviderRequest,
} from '../../src/platform/outbound/providerFetch.ts';
import type { DialSettings, Fault } from '../../src/sandbox/dials/dials.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { playable, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { dig, parametersOf, redirectUri } from '../harness/sandboxClient.ts';

/** Every dial, and what the service's own door to the network makes of it. */

const verifier = 'v'.repeat(43);
let played: PlayedSandbox;
let fetch: ProviderFetch;
beforeAll(async () => {
  played = await playSandbox();
  fetch = createProviderFetch({ plainOrigin: played.sandbox.origin });
});
afterAll(async () => {
  await fetch.close();
  await played.sandbox.close();
});
afterEach(() => played.sandbox.dials.reset());

const turn = (slug: string, settings: DialSettings) => played.sandbox.dials.set(slug, settings);

/** A refresh of Oura through the service's own door. */
async function refreshOura(more: Partial<ProviderRequest> = {}) {
  const client = played.client('oura');
  const got = await client.connect(played.person('oura').userID);
  const door = createSandboxDoor(fetch, played.sandbox.origin, 'oura');
  const send = () =>
    door.fetch({
      method: 'POST',
      url: client.tokenUrl('refresh'),
      body: {
        form: {
          grant_type: 'refresh_token',
          refresh_token: got.refresh,
          client_id: client.credentials.clientID,
          client_secret: client.credentials.clientSecret!.reveal(),
        },
      },
      ...more,
    });
  return { got, send, uses: () => played.sandbox.ledger.find(got.refresh)?.uses };
}

function outcome(answer: ProviderAnswer) {
  return answer.outcome === 'answered'
    ? { outcome: 'answered', status: answer.status, body: parseJsonBody(answer.body) }
    : answer;
}

describe('a lost answer', () => {
  it('commit-then-drop: the token is spent, and nobody hears of it', async () => {
    const { send, uses } = await refreshOura();
    turn('oura', { faults: [{ kind: 'commit-then-drop' }] });
    expect(outcome(await send())).toMatchObject({ outcome: 'unreachable', mayHaveArrived: true });
    expect(uses()).toBe(1);
    played.sandbox.dials.reset();
    expect(outcome(await send())).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('drop: nothing was carried out', async () => {
    const { send, uses } = await refreshOura();
    turn('oura', { faults: [{ kind: 'drop' }] });
    expect(outcome(await send())).toMatchObject({ outcome: 'unreachable', mayHaveArrived: true });
    expect(uses()).toBe(0);
    played.sandbox.dials.reset();
    expect(outcome(await send())).toMatchObject({ status: 200 });
  });

  it('commit-then-5xx: the token is spent, and the answer blames the server', async () => {
    const { send, uses } = await refreshOura();
    turn('oura', { faults: [{ kind: 'commit-then-5xx', status: 504 }] });
    expect(outcome(await send())).toMatchObject({ status: 504, body: undefined });
    expect(uses()).toBe(1);
  });

  it('strikes the token endpoint alone unless told otherwise', async () => {
    const { got } = await refreshOura();
    turn('oura', { faults: [{ kind: 'drop' }] });
    const headers = { authorization: `Bearer ${got.access}` };
    const client = played.client('oura');
    expect(
      (await client.send('GET', 'https://api.ouraring.com/v2/usercollection/personal_info', { headers }))
        .status,
    ).toBe(200);
  });
});

describe('when a fault strikes', () => {
  const statuses = async (fault: Fault, count: number) => {
    turn('oura', { faults: [fault] });
    const client = played.client('oura');
    const seen: number[] = [];
    for (let times = 0; times < count; times++) seen.push((await client.refresh('x'.repeat(43))).status);
    return seen;
  };

  it('is the nth time, the first times, or a share of all', async () => {
    expect(await statuses({ kind: 'status', status: 503, nth: [2, 4] }, 5)).toEqual([
      400, 503, 400, 503, 400,
    ]);
    expect(await statuses({ kind: 'status', status: 503, times: 2 }, 4)).toEqual([503, 503, 400, 400]);
    expect(await statuses({ kind: 'status', status: 503, rate: 0 }, 3)).toEqual([400, 400, 400]);
    expect(await statuses({ kind: 'status', status: 503, rate: 1 }, 3)).toEqual([503, 503, 503]);
    const some = await statuses({ kind: 'status', status: 503, rate: 0.5 }, 60);
    const struck = some.filter((status) => status === 503).length;
    expect(struck > 10 && struck < 50).toBe(true);
  });

  it('is a kind of request, or one person', async () => {
    expect(await statuses({ kind: 'status', status: 503, on: ['token', 'data'] }, 2)).toEqual([400, 400]);
    played.sandbox.dials.reset();
    const client = played.client('oura');
    const [one, other] = [played.person('oura', 0), played.person('oura', 1)];
    const [struck, spared] = [await client.connect(one.userID), await client.connect(other.userID)];
    turn('oura', { faults: [{ kind: 'refuse', as: 'unauthorized', on: ['refresh'], person: one.userID }] });
    expect((await client.refresh(struck.refresh)).json).toMatchObject({ error: 'invalid_grant' });
    expect(client.read(await client.refresh(spared.refresh), 'access_token')).toBeTruthy();
  });

  it('is a window of time, by the sandbox’s clock', async () => {
    const clock = createFakeClock();
    const alone = await playSandbox({ clock });
    try {
      alone.sandbox.dials.set('oura', { faults: [{ kind: 'status', status: 503, forS: 1_800 }] });
      const client = alone.client('oura');
      expect((await client.refresh('x'.repeat(43))).status).toBe(503);
      clock.advance(1_799_999);
      expect((await client.refresh('x'.repeat(43))).status).toBe(503);
      clock.advance(1);
      expect((await client.refresh('x'.repeat(43))).status).toBe(400);
    } finally {
      await alone.sandbox.close();
    }
  });

  it('spares the pages for people unless it names them, and goes away when the dial is turned back', async () => {
    turn('oura', { faults: [{ kind: 'status', status: 503 }] });
    const client = played.client('oura');
    expect((await client.send('GET', client.requestUrl({ verifier }))).status).toBe(200);
    turn('oura', { faults: [{ kind: 'status', status: 503, on: ['authorize'] }] });
    expect((await client.send('GET', client.requestUrl({ verifier }))).status).toBe(503);
    turn('oura', {});
    expect((await client.send('GET', client.requestUrl({ verifier }))).status).toBe(200);
  });

  it('stands in the ledger beside the request', async () => {
    const { send } = await refreshOura();
    turn('oura', { faults: [{ kind: 'commit-then-drop' }] });
    await send();
    expect(played.sandbox.ledger.entries({ slug: 'oura', limit: 100_000 }).at(-1)).toMatchObject({
      what: 'request',
      operation: 'refresh',
      status: 0,
      fault: 'commit-then-drop (carried out)',
      person: played.person('oura').userID,
    });
  });
});

describe('an answer in the place of the right one', () => {
  it.each<[string, Fault, object]>([
    ['408 and a page', { kind: 'status', status: 408 }, { status: 408, body: undefined }],
    ['500 and nothing', { kind: 'status', status: 500, body: 'empty' }, { status: 500, body: undefined }],
    [
      '503 and JSON',
      { kind: 'status', status: 503, body: 'json' },
      { status: 503, body: { error: 'server_error' } },
    ],
    ['a page with status 200', { kind: 'body', shape: 'html' }, { status: 200, body: undefined }],
    [
      'invalid_grant with status 200',
      { kind: 'body', shape: 'oauth-error' },
      { status: 200, body: { error: 'invalid_grant' } },
    ],
    ['GitHub’s error', { kind: 'body', shape: 'github-error' }, { body: { error: 'bad_refresh_token' } }],
    ['Withings’ 401', { kind: 'body', shape: 'body-status-401' }, { body: { status: 401 } }],
    ['Withings’ 601', { kind: 'body', shape: 'body-status-601' }, { body: { status: 601 } }],
    ['ok: false', { kind: 'body', shape: 'ok-false' }, { body: { ok: false } }],
    ['nothing', { kind: 'body', shape: 'empty' }, { status: 200, body: undefined }],
    ['an empty object', { kind: 'body', shape: 'empty-object' }, { status: 200, body: {} }],
    ['null', { kind: 'body', shape: 'null' }, { status: 200, body: null }],
    ['a list', { kind: 'body', shape: 'array' }, { status: 200, body: [] }],
    ['text', { kind: 'body', shape: 'text' }, { status: 200, body: undefined }],
    [
      'a byte order mark',
      { kind: 'body', shape: 'byte-order-mark', status: 500 },
      { status: 500, body: { error: 'server_error' } },
    ],
    ['malformed JSON', { kind: 'body', shape: 'malformed' }, { body: undefined }],
    ['half of it', { kind: 'body', shape: 'cut-off' }, { body: undefined }],
    [
      'the same key twice',
      { kind: 'body', shape: 'duplicate-keys' },
      { body: { error: null, access_token: '' } },
    ],
    ['deep JSON', { kind: 'body', shape: 'deep' }, { status: 200, body: undefined }],
  ])('is %s', async (_, fault, expected) => {
    const { send } = await refreshOura();
    turn('oura', { faults: [fault] });
    expect(outcome(await send())).toMatchObject({ outcome: 'answered', ...expected });
    expect(outcome(await send())).not.toMatchObject({ body: { token_type: 'Bearer' } });
  });

  it('is an object with a hundred thousand keys, or one that means to change all objects', async () => {
    const { send } = await refreshOura({ bytesMax: 5_000_000 });
    turn('oura', { faults: [{ kind: 'body', shape: 'wide' }] });
    const wide = outcome(await send());
    expect(Object.keys(('body' in wide ? wide.body : {}) as object)).toHaveLength(100_000);
    turn('oura', { faults: [{ kind: 'body', shape: 'prototype' }] });
    const answer = await send();
    const text = answer.outcome === 'answered' ? new TextDecoder().decode(answer.body) : '';
    expect(text).toContain('"__proto__"');
    expect(dig({}, 'polluted')).toBeUndefined();
  });
});

describe.each(playable.map((definition) => [definition.slug, definition] as const))(
  '%s',
  (slug, definition) => {
    it('refuses in its own words what the dial says, as judgeError reads them', async () => {
      const client = played.client(slug);
      for (const as of ['unauthorized', 'operator-alarm', 'rate-limited', 'retry-later', 'failed'] as const) {
        turn(slug, { faults: [{ kind: 'refuse', as, on: ['refresh'] }] });
        const { status, json, headers } = await client.refresh('x'.repeat(43), { userID: 'x' });
        const wwwAuthenticate = headers.get('www-authenticate') ?? '';
        expect(
          judgeError(definition, 'refresh', { status, body: json, wwwAuthenticate, timesInARow: 9 }),
        ).toBe(as);
      }
    });
  },
);

describe('429', () => {
  const retryAfter = async (slug: string, facts: object) => {
    turn(slug, { faults: [{ kind: 'rate-limit', ...facts }] });
    const { status, headers, json } = await played.client(slug).refresh('x'.repeat(43), { userID: 'x' });
    return { status, json, header: headers.get('retry-after') };
  };

  it('tells how long in every form, or not at all', async () => {
    expect(await retryAfter('oura', {})).toMatchObject({ status: 429, header: null });
    for (const text of ['7', '-1', '999999999999', 'soon'])
      expect(await retryAfter('oura', { retryAfter: text })).toMatchObject({ status: 429, header: text });
    const { header } = await retryAfter('oura', { retryAfterDateS: 120 });
    const ahead = Date.parse(header ?? '') - Date.now();
    expect(ahead > 110_000 && ahead < 121_000).toBe(true);
  });

  it('is status 601 in an answer with 200 at Withings', async () => {
    expect(await retryAfter('withings', { retryAfter: '7' })).toMatchObject({
      status: 200,
      header: '7',
      json: { status: 601 },
    });
  });
});

describe('a body that is a weapon', () => {
  it('drip: the right answer, too slowly for a deadline', async () => {
    const { send } = await refreshOura({ deadlineMs: 400 });
    turn('oura', { faults: [{ kind: 'drip', bytesPerS: 20 }] });
    expect((await send()).outcome).toBe('timed-out');
    const patient = await refreshOura();
    turn('oura', { faults: [{ kind: 'drip', bytesPerS: 5_000 }] });
    expect(outcome(await patient.send())).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  it('silence: nothing until the client gives up', async () => {
    const { send, uses } = await refreshOura({ deadlineMs: 300 });
    turn('oura', { faults: [{ kind: 'silence' }] });
    expect(await send()).toMatchObject({ outcome: 'timed-out', mayHaveArrived: true });
    expect(uses()).toBe(0);
  });

  it('endless: more than any bound', async () => {
    const { send } = await refreshOura({ bytesMax: 10_000_000 });
    turn('oura', { faults: [{ kind: 'endless' }] });
    expect((await send()).outcome).toBe('too-large');
  });

  it('gzip-bomb: small on the wire, a gigabyte unpacked', async () => {
    const { send } = await refreshOura();
    turn('oura', { faults: [{ kind: 'gzip-bomb', megabytes: 1_000 }] });
    expect((await send()).outcome).toBe('too-large');
    turn('oura', { faults: [{ kind: 'gzip-bomb', megabytes: 10 }] });
    const whole = await (await refreshOura({ bytesMax: 20_000_000 })).send();
    expect(whole.outcome === 'answered' && whole.body.length).toBe(10_000_000);
  });

  it('stacked-encodings: packed twice', async () => {
    const { send } = await refreshOura();
    turn('oura', { faults: [{ kind: 'stacked-encodings' }] });
    expect((await send()).outcome).toBe('malformed');
  });

  it.each([
    ['https://10.0.0.1/x', 'not-public'],
    ['https://[::ffff:127.0.0.1]/x', 'not-public'],
    ['https://169.254.169.254/latest/meta-data', 'not-public'],
    ['http://study.example.org/x', 'not-https'],
    ['file:///etc/passwd', 'not-https'],
  ])('redirect: to %s', async (to, reason) => {
    turn('oura', { faults: [{ kind: 'redirect', to }] });
    const door = createSandboxDoor(fetch, played.sandbox.origin, 'oura');
    const answer = await door.fetch({
      method: 'GET',
      url: 'https://api.ouraring.com/v2/usercollection/sleep',
      redirectsMax: 3,
    });
    expect(answer).toMatchObject({ outcome: 'refused-address', reason });
  });

  it('redirect: round and round', async () => {
    const path = '/oura/api.ouraring.com/v2/usercollection/sleep';
    turn('oura', { faults: [{ kind: 'redirect', to: path, status: 307 }] });
    const answer = await fetch({ method: 'GET', url: `${played.sandbox.origin}${path}`, redirectsMax: 3 });
    expect(answer).toMatchObject({ outcome: 'refused-address', reason: 'too-many-redirects' });
  });
});

it('latency: every answer waits, pages do not', async () => {
  turn('oura', { latency: { ms: 150, jitterMs: 50 } });
  const client = played.client('oura');
  const began = performance.now();
  await client.send('GET', client.requestUrl({ verifier }));
  const page = performance.now();
  await client.refresh('x'.repeat(43));
  const token = performance.now();
  expect(token - page).toBeGreaterThan(149);
  expect(page - began).toBeLessThan(149);
});

it('clock skew: the Date of answers and what the provider signs are by its own clock', async () => {
  turn('epic', { clockSkewS: -3_600 });
  const client = played.client('epic');
  const reply = await client.send('GET', `${client.base}/metadata`);
  expect(Math.abs(Date.parse(reply.headers.get('date') ?? '') - (Date.now() - 3_600_000))).toBeLessThan(
    5_000,
  );
  turn('suunto', { clockSkewS: 3_600 });
  const got = await played.client('suunto').connect(played.person('suunto').userID);
  const claims = JSON.parse(Buffer.from(got.access.split('.')[1] ?? '', 'base64url').toString()) as {
    iat: number;
  };
  expect(Math.abs(claims.iat - (Date.now() / 1_000 + 3_600))).toBeLessThan(5);
});

describe('oddities of token answers', () => {
  const read = async (slug: string, settings: DialSettings, path: string) => {
    turn(slug, settings);
    const got = await played.client(slug).connect(played.person(slug).userID);
    return dig(got.reply.json, path);
  };

  it.each([
    ['missing', undefined],
    ['text', '86400'],
    ['decimal', 86_400.5],
    ['zero', 0],
    ['negative', -1],
    ['huge', 1e12],
    [{ send: null }, null],
  ] as const)('expires_in %o', async (expiresIn, told) => {
    expect(await read('oura', { expiresIn }, 'expires_in')).toBe(told);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['array', ['profile', 'ring_data', 'cgm_data']],
    ['other-separator', 'profile,ring_data,cgm_data'],
    ['duplicates', 'profile ring_data cgm_data profile ring_data cgm_data'],
    ['unicode', 'profile ring_data cgm_data größe:lesen 睡眠 😴'],
    [{ send: 7 }, 7],
  ] as const)('scopes %o', async (scopes, told) => {
    expect(await read('ultrahuman', { scopes }, 'scope')).toEqual(told);
  });

  it('scopes of 40 KB, under other names, and in the other version', async () => {
    expect(String(await read('ultrahuman', { scopes: 'long' }, 'scope')).length).toBeGreaterThan(40_000);
    expect(await read('oura', { scopes: 'also-named' }, 'scope')).toContain('extapi:spo2');
    expect(await read('blueButton2', { scopes: 'also-named' }, 'scope')).toContain('patient/Coverage.read');
    expect(await read('smartOnFhir', { scopes: 'other-version' }, 'scope')).toContain('patient/*.rs');
  });

  it('scopes of a redirect and of a call, too', async () => {
    turn('strava', { scopes: 'duplicates' });
    const answer = await played.client('strava').consent(played.person('strava').userID);
    expect(answer.get('scope')).toBe('read,activity:read,read,activity:read');
    turn('garmin', { scopes: 'empty' });
    const client = played.client('garmin');
    const got = await client.connect(played.person('garmin').userID);
    const reply = await client.send('GET', 'https://apis.garmin.com/wellness-api/rest/user/permissions', {
      headers: { authorization: `Bearer ${got.access}` },
    });
    expect(reply.json).toEqual([]);
  });

  it.each([
    ['missing', undefined],
    ['number', 'number'],
    ['text', 'string'],
  ] as const)('user id %o', async (userID, type) => {
    expect(typeof (await read('strava', { userID }, 'athlete.id'))).toBe(type ?? 'undefined');
  });

  it('user id of somebody else after a refresh', async () => {
    turn('fitbit', { userID: 'changes-on-refresh' });
    const client = played.client('fitbit');
    const got = await client.connect(played.person('fitbit').userID);
    const next = await client.refresh(got.refresh);
    expect(dig(got.reply.json, 'user_id')).toBe(played.person('fitbit').userID);
    expect(dig(next.json, 'user_id')).toBe(played.person('fitbit', 1).userID);
  });
});

describe('a configuration that lies', () => {
  const read = async (settings: DialSettings) => {
    turn('smartOnFhir', settings);
    const client = played.client('smartOnFhir');
    return client.send('GET', `${client.base}/.well-known/smart-configuration`);
  };

  it.each([
    ['a foreign token endpoint', { token_endpoint: 'https://attacker.example/token' }],
    ['an endpoint without encryption', { authorization_endpoint: 'http://fhir.hospital.example/authorize' }],
    ['another issuer', { issuer: 'https://honest.example' }],
  ])('names %s', async (_, set) => {
    expect((await read({ metadata: { set } })).json).toMatchObject(set);
  });

  it('leaves out PKCE, or has ten megabytes', async () => {
    const name = 'code_challenge_methods_supported';
    expect((await read({ metadata: { remove: [name] } })).json).not.toHaveProperty(name);
    expect((await read({ metadata: { megabytes: 10 } })).text.length).toBeGreaterThan(10_000_000);
  });

  it('has another tag than the honest one', async () => {
    const honest = await read({});
    const lie = await read({ metadata: { set: { issuer: 'https://honest.example' } } });
    expect(lie.headers.get('etag')).not.toBe(honest.headers.get('etag'));
  });
});

it.each([
  ['off', undefined, false],
  ['missing', undefined, true],
  ['wrong', 'https://issuer.attacker.example', true],
] as const)('issuer %s: sent %s, announced %s', async (issuer, sent, announced) => {
  turn('epic', { issuer });
  const client = played.client('epic');
  const answer = await client.consent(played.person('epic').userID, { verifier });
  expect(answer.get('iss') ?? undefined).toBe(sent);
  const { json } = await client.send('GET', `${client.base}/.well-known/smart-configuration`);
  expect(dig(json, 'authorization_response_iss_parameter_supported') ?? false).toBe(announced);
});

it('issuer of Google is its own', async () => {
  const answer = await played
    .client('googleHealth')
    .consent(played.person('googleHealth').userID, { verifier });
  expect(answer.get('iss')).toBe('https://accounts.google.com');
});

describe('mix-up', () => {
  it('sends the participant on to another provider, whose code comes back as this one’s', async () => {
    turn('ultrahuman', { mixUp: { slug: 'oura' } });
    const client = played.client('ultrahuman');
    const relayed = await client.send('GET', client.requestUrl({ verifier }));
    expect(relayed.status).toBe(302);
    const location = relayed.headers.get('location') ?? '';
    expect(location.startsWith('/oura/cloud.ouraring.com/oauth/authorize?')).toBe(true);
    const honest = played.client('oura');
    const url = `https://${location.slice('/oura/'.length)}`;
    const page = await honest.send('GET', url);
    expect(page.text).toContain('Connect your Oura account');
    const answer = parametersOf(
      await honest.decide(url, [
        ['person', played.person('oura').userID],
        ['scope', 'personal'],
        ['decision', 'allow'],
      ]),
    );
    expect(answer.get('state')).toBe('a-state-that-is-long-enough');
    // The code is Oura's: at the attacker it is worth nothing, at Oura everything.
    const code = answer.get('code') ?? '';
    expect(client.read(await client.exchange(code, verifier), 'access_token')).toBeUndefined();
    expect(honest.read(await honest.exchange(code, verifier), 'access_token')).toBeTruthy();
  });

  it('reaches a SMART server at the base that it names, with the audience that it wants', async () => {
    const base = 'https://fhir.victim.example/r4';
    turn('ultrahuman', { mixUp: { slug: 'epic', base } });
    const client = played.client('ultrahuman');
    const location =
      (await client.send('GET', client.requestUrl({ verifier }))).headers.get('location') ?? '';
    const url = `https://${location.slice('/epic/'.length)}`;
    const answer = parametersOf(
      await played.client('epic').decide(url, [
        ['person', played.person('epic').userID],
        ['scope', 'openid'],
        ['decision', 'allow'],
      ]),
    );
    expect(answer.get('iss')).toBe(base);
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri);
  });
});
