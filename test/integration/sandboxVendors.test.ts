import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/platform/config/secret.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { boxesOf, dig } from '../harness/sandboxClient.ts';

/** What single vendors do, seen from outside: the parts of definitions that only one of them has. */

const clock = createFakeClock(Date.parse('2026-11-24T08:00:00Z'));
let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox({ clock });
});
afterAll(() => played.sandbox.close());
beforeEach(() => clock.advance(60_000));

async function connect(slug: string, place = 0, ticked?: readonly string[]) {
  const client = played.client(slug);
  const person = played.person(slug, place);
  const got = await client.connect(person.userID, ticked === undefined ? {} : { ticked });
  return { client, person, got, bearer: { authorization: `Bearer ${got.access}` } };
}

describe('Polar', () => {
  it('registers a person once, says so the second time, and wants the token for it', async () => {
    const { client, bearer } = await connect('polar');
    const url = 'https://www.polaraccesslink.com/v3/users';
    const register = (headers: Record<string, string>, json: object = { 'member-id': '4711' }) =>
      client.send('POST', url, { headers, json });
    expect((await register({})).status).toBe(401);
    expect((await register(bearer, {})).status).toBe(400);
    expect((await register(bearer)).status).toBe(200);
    expect((await register(bearer)).status).toBe(409);
  });

  it('wants the Accept header at its token endpoint', async () => {
    const client = played.client('polar');
    const answer = await client.consent(played.person('polar').userID);
    const proof = await client.prove({ method: 'client_secret_basic' }, '');
    const form = {
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: 'https://study.example.org/callback',
    };
    const reply = await client.send('POST', client.tokenUrl('token'), {
      headers: { ...proof.headers, accept: '*/*' },
      form,
    });
    expect(client.read(reply, 'access_token')).toBeUndefined();
  });

  it('deletes nobody but the person whose token it is', async () => {
    const { client, bearer, person } = await connect('polar', 1);
    const other = played.person('polar', 2).userID;
    const remove = (id: string) =>
      client.send('DELETE', `https://www.polaraccesslink.com/v3/users/${id}`, { headers: bearer });
    expect((await remove(other)).status).toBe(400);
    expect(played.sandbox.ledger.isAlive('polar', person.userID)).toBe(true);
    expect(await remove(person.userID)).toMatchObject({ status: 204, text: '' });
    expect((await remove(person.userID)).status).toBe(401);
  });
});

describe('Withings', () => {
  const sign = (fields: Record<string, string>) => {
    const { definition, credentials } = played.client('withings');
    const how = definition.auth.revoke;
    if (how.by !== 'call' || how.sign === undefined) throw new Error('no signature');
    return how.sign(fields, { id: credentials.clientID, secret: credentials.clientSecret!.reveal() });
  };
  const ask = (path: string, form: Record<string, string>) =>
    played.client('withings').send('POST', `https://wbsapi.withings.net${path}`, { form });
  const nonce = async () =>
    String(
      dig(
        (
          await ask(
            '/v2/signature',
            sign({ action: 'getnonce', timestamp: `${Math.floor(clock.now() / 1_000)}` }),
          )
        ).json,
        'body.nonce',
      ),
    );

  it('answers a wrong signature or an old timestamp with 342', async () => {
    const now = `${Math.floor(clock.now() / 1_000)}`;
    const forged = { ...sign({ action: 'getnonce', timestamp: now }), signature: '0'.repeat(64) };
    expect((await ask('/v2/signature', forged)).json).toEqual({ status: 342 });
    const old = sign({ action: 'getnonce', timestamp: `${Number(now) - 3_600}` });
    expect((await ask('/v2/signature', old)).json).toEqual({ status: 342 });
  });

  it('takes a nonce once, and for half an hour', async () => {
    const { person } = await connect('withings');
    const revoke = async (given: string) =>
      (await ask('/v2/oauth2', sign({ action: 'revoke', userid: person.userID, nonce: given }))).json;
    const old = await nonce();
    clock.advance(1_800_001);
    expect(await revoke(old)).toEqual({ status: 342 });
    expect(await revoke('invented')).toEqual({ status: 342 });
    const fresh = await nonce();
    expect(await revoke(fresh)).toEqual({ status: 0 });
    expect(await revoke(fresh)).toEqual({ status: 342 });
    expect(await revoke(await nonce())).toEqual({ status: 247 });
  });

  it('subscribes to what was granted, when the address answers', async () => {
    const { client, bearer, person } = await connect('withings', 1, ['user.metrics']);
    const subscribe = (appli: string, callbackurl = 'http://127.0.0.1:1/hook') =>
      client.send('POST', 'https://wbsapi.withings.net/notify', {
        headers: bearer,
        form: { action: 'subscribe', callbackurl, appli },
      });
    // Nobody answers there.
    expect((await subscribe('1')).json).not.toMatchObject({ status: 0 });
    played.sandbox.dials.set('withings', { webhooks: 'off' });
    expect((await subscribe('1')).json).toEqual({ status: 0 });
    expect((await subscribe('16')).json).not.toMatchObject({ status: 0 });
    expect(person.userID).toBeTruthy();
    played.sandbox.dials.reset();
  });

  it('has its tokens in `body`, scopes joined by commas, and every answer with status 200', async () => {
    const { client, got } = await connect('withings');
    expect(got.reply.json).toMatchObject({
      status: 0,
      body: { scope: 'user.info,user.metrics,user.activity' },
    });
    const refused = await client.refresh('x'.repeat(43));
    expect([refused.status, refused.json]).toEqual([
      200,
      { status: 503, body: {}, error: 'Invalid Params: invalid refresh_token' },
    ]);
  });
});

describe('Google Health', () => {
  it('gives no refresh token without access_type and prompt', async () => {
    const client = played.client('googleHealth');
    for (const name of ['access_type', 'prompt']) {
      const got = await client.connect(played.person('googleHealth').userID, {
        change: { [name]: undefined },
      });
      expect([got.reply.status, got.refresh]).toEqual([200, undefined]);
    }
  });

  it('names the person anew, and under the name that she had before', async () => {
    const { client, bearer, person } = await connect('googleHealth');
    const reply = await client.send('GET', 'https://health.googleapis.com/v4/users/me/identity', {
      headers: bearer,
    });
    expect(reply.json).toMatchObject({ healthUserId: person.userID });
    expect(String(dig(reply.json, 'legacyUserId'))).toMatch(/^[A-Z0-9_-]{6}$/);
  });

  it('has a scope of other products among the granted', async () => {
    const { got } = await connect('googleHealth');
    expect(String(dig(got.reply.json, 'scope')).split(' ')).toContain('openid');
  });

  it('lets its project’s service account subscribe, and nobody else', async () => {
    const client = played.client('googleHealth');
    const key = client.credentials.settings['SERVICE_ACCOUNT_KEY'];
    const file = JSON.parse(key instanceof Secret ? key.reveal() : '') as {
      client_email: string;
      private_key: string;
    };
    const assert = (audience: string) =>
      new SignJWT({ scope: 'https://www.googleapis.com/auth/cloud-platform' })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(file.client_email)
        .setAudience(audience)
        .setIssuedAt(Math.floor(clock.now() / 1_000))
        .setExpirationTime(Math.floor(clock.now() / 1_000) + 300)
        .sign(createPrivateKey(file.private_key));
    const ask = async (audience: string) =>
      client.send('POST', 'https://oauth2.googleapis.com/token', {
        form: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: await assert(audience),
        },
      });
    expect((await ask('https://other.example/token')).status).toBe(401);
    const token = dig((await ask('https://oauth2.googleapis.com/token')).json, 'access_token');
    const url = client.fill('https://health.googleapis.com/v4/projects/{PROJECT_NUMBER}/subscribers');
    const list = (authorization: string) => client.send('GET', url, { headers: { authorization } });
    expect((await list('Bearer nonsense')).status).toBe(401);
    expect(await list(`Bearer ${String(token)}`)).toMatchObject({ status: 200, json: [] });
  });

  it('publishes the keys with which it signs webhooks', async () => {
    const url = 'https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json';
    const reply = await played.client('googleHealth').send('GET', url);
    expect(reply.status).toBe(200);
    expect(dig(reply.json, 'key.0.status')).toBe('ENABLED');
  });
});

it('Garmin’s token answer says the same of everybody, and its permissions what is true', async () => {
  const { client, got, bearer } = await connect('garmin', 0, ['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT']);
  expect(dig(got.reply.json, 'scope')).toBe('PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE');
  const reply = await client.send('GET', 'https://apis.garmin.com/wellness-api/rest/user/permissions', {
    headers: bearer,
  });
  expect(reply.json).toEqual(['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT']);
});

it('Garmin takes a request for the same history once, and none without permission', async () => {
  const from = Math.floor(clock.now() / 1_000) - 864_000;
  const url = `https://apis.garmin.com/wellness-api/rest/backfill/sleeps?summaryStartTimeInSeconds=${from}&summaryEndTimeInSeconds=${from + 86_400}`;
  const allowed = await connect('garmin', 1, ['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT']);
  const ask = (by: typeof allowed) => by.client.send('GET', url, { headers: by.bearer });
  expect((await ask(allowed)).status).toBe(202);
  expect((await ask(allowed)).status).toBe(409);
  const other = await connect('garmin', 2, ['HEALTH_EXPORT']);
  expect((await ask(other)).status).toBe(403);
});

it('Strava tells what was granted in the redirect, and the athlete with the code only', async () => {
  const { client, got, person } = await connect('strava', 0, ['activity:read']);
  expect(got.answer.get('scope')).toBe('activity:read');
  expect(got.reply.json).toMatchObject({ athlete: { id: Number(person.userID) } });
  expect(dig(got.reply.json, 'expires_at')).toBe(Math.floor(clock.now() / 1_000) + 21_600);
  expect(dig((await client.refresh(got.refresh)).json, 'athlete')).toBeUndefined();
});

it('Oura puts its prefix before what was granted, and names the person only with `personal`', async () => {
  const { got } = await connect('oura', 0, ['personal', 'daily']);
  expect(got.reply.json).toMatchObject({ scope: 'extapi:personal extapi:daily' });
  const without = await connect('oura', 1, ['daily']);
  const reply = await without.client.send('GET', 'https://api.ouraring.com/v2/usercollection/personal_info', {
    headers: without.bearer,
  });
  expect(reply.status).toBe(403);
});

it('WHOOP gives no refresh token to who does not ask for `offline`', async () => {
  const { client, got } = await connect('whoop', 0, ['read:profile']);
  expect([got.reply.status, got.refresh]).toEqual([200, undefined]);
  expect(client.askedScopes).toContain('offline');
});

it('Suunto names the person in a claim of its token that is not `sub`', async () => {
  const { got, person } = await connect('suunto');
  const claims = JSON.parse(Buffer.from(got.access.split('.')[1] ?? '', 'base64url').toString()) as object;
  expect(claims).toMatchObject({ user: person.userID });
  expect(dig(claims, 'sub')).not.toBe(person.userID);
});

it('Suunto revokes by the application’s own identifier only', async () => {
  const { client, bearer, person } = await connect('suunto', 1);
  const ask = (id: string) =>
    client.send('GET', `https://cloudapi-oauth.suunto.com/oauth/deauthorize?client_id=${id}`, {
      headers: bearer,
    });
  expect((await ask('somebody')).status).toBe(400);
  expect(played.sandbox.ledger.isAlive('suunto', person.userID)).toBe(true);
  expect((await ask(client.credentials.clientID)).status).toBe(200);
});

it('iHealth speaks with a GET, under names of its own, and refreshes for the right person only', async () => {
  const { client, got, person } = await connect('iHealth');
  expect(got.reply.json).toMatchObject({ UserID: person.userID, APIName: client.askedScopes.join(' ') });
  expect(
    client.read(await client.refresh(got.refresh, { userID: 'somebody' }), 'access_token'),
  ).toBeUndefined();
  expect(
    client.read(await client.refresh(got.refresh, { userID: person.userID }), 'access_token'),
  ).toBeTruthy();
  const form = { grant_type: 'refresh_token', refresh_token: got.refresh };
  expect((await client.send('POST', client.tokenUrl('refresh'), { form })).status).toBe(400);
});

it('COROS takes codes at one address and refreshes at another', async () => {
  const client = played.client('coros');
  const got = await client.connect(played.person('coros').userID);
  const form = {
    grant_type: 'refresh_token',
    refresh_token: got.refresh,
    client_id: client.credentials.clientID,
    client_secret: client.credentials.clientSecret!.reveal(),
  };
  const elsewhere = await client.send('POST', client.tokenUrl('token'), { form });
  expect([elsewhere.status, elsewhere.json]).toMatchObject([200, { result: '5099' }]);
  expect((await client.send('POST', client.tokenUrl('refresh'), { form })).json).toEqual({
    result: '0000',
    message: 'OK',
  });
});

it('COROS reads the token of a call for data from the query, and from nowhere else', async () => {
  const { client, got, bearer, person } = await connect('coros', 1);
  const url = `https://open.coros.com/v2/coros/sport/list?openId=${person.userID}&startDate=20261120&endDate=20261121`;
  expect((await client.send('GET', url, { headers: bearer })).status).toBe(401);
  expect((await client.send('GET', `${url}&token=${got.access}`)).status).toBe(200);
});

it('Dexcom’s consent page has no boxes: it is all or nothing', async () => {
  const client = played.client('dexcom');
  const page = await client.send('GET', client.requestUrl());
  expect(boxesOf(page.text)).toEqual([]);
  expect(page.text).toContain('Glucose values');
});

it('knows no address of another vendor, and none of its own that it does not have', async () => {
  const { client, bearer } = await connect('oura');
  for (const url of [
    'https://api.ouraring.com/v2/nothing',
    'https://www.strava.com/oauth/token',
    'https://api.ouraring.com/',
  ])
    expect((await client.send('GET', url, { headers: bearer })).status).toBe(404);
  const reply = await fetch(`${played.sandbox.origin}/nobody/api.example/`);
  expect(reply.status).toBe(404);
});
