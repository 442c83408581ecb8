import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../harness/fakeClock.ts';
import { named, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { dig, redirectUri, type Reply, type SandboxClient } from '../harness/sandboxClient.ts';

/** What becomes of refresh tokens, by the policy of each definition, on a clock that the test moves. */

const clock = createFakeClock(Date.parse('2026-11-24T08:00:00Z'));
let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox({ clock });
});
afterAll(() => played.sandbox.close());
beforeEach(() => played.sandbox.dials.reset());

const refreshable = named.filter(([, { auth }]) => auth.refresh.policy !== 'none');
const ofPolicy = (policy: string) => named.filter(([, { auth }]) => auth.refresh.policy === policy);

async function connect(slug: string, place = 0) {
  const client = played.client(slug);
  const person = played.person(slug, place);
  const got = await client.connect(person.userID);
  const refresh = (token: string) => client.refresh(token, { userID: person.userID });
  return { client, person, got, refresh };
}

/** As the ledger has it, which is not asked by showing the token. */
function isAlive(token: string): boolean {
  const record = played.sandbox.ledger.find(token);
  return record !== undefined && record.endedAt === undefined;
}

/** Uses an access token for a call for data. */
async function use(client: SandboxClient, token: string, userID: string): Promise<Reply> {
  const { delivery } = client.definition;
  const headers = { authorization: `Bearer ${token}` };
  if (delivery?.by === 'fhir') {
    const base =
      client.definition.kind === 'provider' ? client.fill(client.definition.fhirBase ?? '') : client.base;
    return client.send('GET', `${base}/Patient/${userID}`, { headers });
  }
  const resource = delivery!.resources.find(
    ({ method, range, forEach, needsScope = '' }) =>
      method === 'GET' &&
      range === undefined &&
      forEach === undefined &&
      client.askedScopes.includes(needsScope),
  );
  if (resource !== undefined) return client.send('GET', client.fill(resource.url, { userID }), { headers });
  const first = delivery!.resources[0];
  return client.send(first.method, client.fill(first.url, { userID }), {
    headers,
    ...(first.form && { form: first.form }),
  });
}

describe.each(refreshable)('%s', (slug, { auth }) => {
  it('refuses a refresh token that it never gave, and one that is an access token', async () => {
    const { client, got, refresh } = await connect(slug);
    for (const token of ['x'.repeat(43), got.access]) {
      const reply = await refresh(token);
      expect(client.read(reply, 'access_token')).toBeUndefined();
      expect(dig(reply.json, 'result')).not.toBe('0000');
    }
  });

  it('refuses a refresh without what its definition adds to one', async () => {
    const { client, got, person } = await connect(slug, 1);
    const added = [...Object.keys(auth.refreshParameters ?? {}), ...(auth.refreshRepeats ?? [])];
    for (const name of added.filter((one) => one !== 'response_type')) {
      const proof = await client.prove(auth.clientAuthentication[0], client.tokenUrl('refresh'));
      const form: Record<string, string> = {
        grant_type: 'refresh_token',
        refresh_token: got.refresh,
        redirect_uri: redirectUri,
        ...Object.fromEntries(
          Object.entries(auth.refreshParameters ?? {}).map(([key, value]) => [
            key,
            client.fill(value, { userID: person.userID }),
          ]),
        ),
        ...proof.form,
        ...proof.query,
      };
      Reflect.deleteProperty(form, name);
      const url = client.tokenUrl('refresh');
      const reply =
        auth.tokenMethod === 'GET'
          ? await client.send('GET', `${url}?${new URLSearchParams(form).toString()}`)
          : await client.send('POST', url, { headers: proof.headers, form });
      // WHOOP answers, and it was the last time.
      if (slug === 'whoop') expect(client.read(reply, 'refresh_token')).toBeUndefined();
      else expect(client.read(reply, 'access_token')).toBeUndefined();
    }
  });
});

describe.each(ofPolicy('rotating'))('%s (rotating)', (slug, { auth }) => {
  const repeatsForS = auth.refresh.policy === 'rotating' ? auth.refresh.repeatsForS : undefined;

  it('gives a new pair each time and counts one use for each token', async () => {
    const { client, got, refresh } = await connect(slug, 2);
    let token = got.refresh;
    for (let times = 0; times < 3; times++) {
      const reply = await refresh(token);
      expect(reply.status).toBe(200);
      expect(played.sandbox.ledger.find(token)).toMatchObject({ uses: 1, refusals: 0 });
      const next = client.read(reply, 'refresh_token') as string;
      expect(next).not.toBe(token);
      token = next;
    }
  });

  it('ends the whole consent when a spent token is shown again', async () => {
    const { client, got, refresh, person } = await connect(slug, 3);
    const next = await refresh(got.refresh);
    clock.advance(((repeatsForS ?? 0) + 1) * 1_000);
    const reply = await refresh(got.refresh);
    expect(client.read(reply, 'access_token')).toBeUndefined();
    for (const name of ['access_token', 'refresh_token'] as const)
      expect(isAlive(client.read(next, name) as string)).toBe(false);
    expect(played.sandbox.ledger.isAlive(slug, person.userID)).toBe(false);
    expect(
      client.read(await refresh(client.read(next, 'refresh_token') as string), 'access_token'),
    ).toBeUndefined();
  });

  it('only refuses a spent token when reuse is not noticed', async () => {
    played.sandbox.dials.set(slug, { reuseDetection: false });
    const { client, got, refresh } = await connect(slug, 4);
    const next = await refresh(got.refresh);
    clock.advance(((repeatsForS ?? 0) + 1) * 1_000);
    expect(client.read(await refresh(got.refresh), 'access_token')).toBeUndefined();
    expect(
      client.read(await refresh(client.read(next, 'refresh_token') as string), 'access_token'),
    ).toBeTruthy();
  });
});

it('of two refreshes at once one wins, and the other is taken for a thief', async () => {
  const { client, got, refresh } = await connect('oura', 1);
  const replies = await Promise.all(Array.from({ length: 5 }, () => refresh(got.refresh)));
  const won = replies.filter((reply) => client.read(reply, 'access_token') !== undefined);
  expect(won).toHaveLength(1);
  expect(played.sandbox.ledger.find(got.refresh)).toMatchObject({ uses: 1, refusals: 4 });
  expect(isAlive(client.read(won[0]!, 'access_token') as string)).toBe(false);
});

it('fitbit gives the same answer to the same refresh for two minutes, and counts it', async () => {
  const { client, got, refresh } = await connect('fitbit', 1);
  const first = await refresh(got.refresh);
  clock.advance(119_000);
  expect((await refresh(got.refresh)).text).toBe(first.text);
  expect(played.sandbox.ledger.find(got.refresh)?.uses).toBe(2);
  clock.advance(2_000);
  expect(client.read(await refresh(got.refresh), 'access_token')).toBeUndefined();
});

describe.each(ofPolicy('reusable'))('%s (reusable)', (slug) => {
  it('takes the same refresh token again and again, and gives none with the answer', async () => {
    const { client, got, refresh } = await connect(slug, 1);
    for (let times = 0; times < 3; times++) {
      const reply = await refresh(got.refresh);
      expect(client.read(reply, 'access_token')).toBeTruthy();
      expect(client.read(reply, 'refresh_token')).toBeUndefined();
    }
    expect(played.sandbox.ledger.find(got.refresh)?.uses).toBe(3);
  });
});

it('googleHealth forgets a refresh token that was not used for six months, counted from its last use', async () => {
  const { client, got, refresh } = await connect('googleHealth', 2);
  const halfYear = 15_552_000_000;
  clock.advance(halfYear - 1_000);
  expect(client.read(await refresh(got.refresh), 'access_token')).toBeTruthy();
  clock.advance(halfYear - 1_000);
  expect(client.read(await refresh(got.refresh), 'access_token')).toBeTruthy();
  clock.advance(halfYear);
  expect((await refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
});

describe('withings (until first use)', () => {
  it('takes the old refresh token until the new access token is used', async () => {
    const { client, got, refresh, person } = await connect('withings', 1);
    const second = await refresh(got.refresh);
    const third = await refresh(got.refresh);
    expect(client.read(third, 'access_token')).toBeTruthy();
    expect(isAlive(got.refresh)).toBe(true);
    await use(client, client.read(third, 'access_token') as string, person.userID);
    expect(isAlive(got.refresh)).toBe(false);
    expect(client.read(await refresh(got.refresh), 'access_token')).toBeUndefined();
    // Nobody is punished for it.
    expect(
      client.read(await refresh(client.read(second, 'refresh_token') as string), 'access_token'),
    ).toBeTruthy();
  });

  it('takes it for eight hours at the most', async () => {
    const { client, got, refresh } = await connect('withings', 2);
    await refresh(got.refresh);
    clock.advance(8 * 3_600_000 - 1_000);
    expect(client.read(await refresh(got.refresh), 'access_token')).toBeTruthy();
    clock.advance(2_000);
    expect(client.read(await refresh(got.refresh), 'access_token')).toBeUndefined();
  });
});

it('coros lets the same tokens live longer and answers without any', async () => {
  const { client, got, refresh, person } = await connect('coros', 1);
  const url = `${client.fill('https://{host}/v2/coros/sport/list')}?token=${got.access}&openId=${person.userID}&startDate=20261120&endDate=20261121`;
  clock.advance(29 * 86_400_000);
  const reply = await refresh(got.refresh);
  expect(reply.json).toEqual({ result: '0000', message: 'OK' });
  clock.advance(29 * 86_400_000);
  expect((await client.send('GET', url)).status).not.toBe(401);
  clock.advance(2 * 86_400_000);
  expect((await client.send('GET', url)).status).toBe(401);
});

it.each([
  ['oura', 86_400],
  ['strava', 21_600],
  ['epic', 3_600],
])(
  '%s does not take an access token that has expired, and says so as the vendor does',
  async (slug, lifetimeS) => {
    const { client, got, person } = await connect(slug, 1);
    clock.advance(lifetimeS * 1_000 - 1_000);
    expect((await use(client, got.access, person.userID)).status).toBe(200);
    clock.advance(1_000);
    expect((await use(client, got.access, person.userID)).status).toBe(401);
  },
);

it('fitbit tells a token that is only old from one that is gone', async () => {
  const { client, got, person } = await connect('fitbit', 1);
  clock.advance(28_800_000);
  expect(dig((await use(client, got.access, person.userID)).json, 'errors.0.errorType')).toBe(
    'expired_token',
  );
  expect(dig((await use(client, 'x'.repeat(43), person.userID)).json, 'errors.0.errorType')).toBe(
    'invalid_token',
  );
});

describe('a consent with a fixed end', () => {
  it('is read from the token answer at Blue Button, and no refresh moves it', async () => {
    played.sandbox.dials.set('blueButton2', { grantLifetimeS: 7_200 });
    const { client, got, refresh } = await connect('blueButton2', 1);
    const end = Date.parse(dig(got.reply.json, 'access_grant_expiration') as string);
    expect(end).toBe(clock.now() + 7_200_000);
    clock.advance(7_199_000);
    const reply = await refresh(got.refresh);
    expect(Date.parse(dig(reply.json, 'access_grant_expiration') as string)).toBe(end);
    clock.advance(1_000);
    expect((await refresh(client.read(reply, 'refresh_token') as string)).json).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('is the exp of the refresh token at Epic', async () => {
    played.sandbox.dials.set('epic', { grantLifetimeS: 3_600 });
    const { client, got, refresh } = await connect('epic', 2);
    const expOf = (token: string) =>
      dig(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()), 'exp');
    expect(expOf(got.refresh)).toBe(Math.floor(clock.now() / 1_000) + 3_600);
    clock.advance(1_800_000);
    const next = client.read(await refresh(got.refresh), 'refresh_token') as string;
    expect(expOf(next)).toBe(expOf(got.refresh));
  });
});

describe('the dial of rotation', () => {
  it('never: the old refresh token goes on', async () => {
    played.sandbox.dials.set('oura', { rotation: 'never' });
    const { client, got, refresh } = await connect('oura', 3);
    for (let times = 0; times < 2; times++) {
      const reply = await refresh(got.refresh);
      expect(client.read(reply, 'access_token')).toBeTruthy();
      expect(client.read(reply, 'refresh_token')).toBeUndefined();
    }
  });

  it('sometimes: every second refresh gives a new one', async () => {
    played.sandbox.dials.set('oura', { rotation: 'sometimes' });
    const { client, got, refresh } = await connect('oura', 4);
    const given: boolean[] = [];
    let token = got.refresh;
    for (let times = 0; times < 4; times++) {
      const next = client.read(await refresh(token), 'refresh_token') as string | undefined;
      given.push(next !== undefined);
      token = next ?? token;
    }
    expect(given).toEqual([true, false, true, false]);
  });
});

it('shortens the life of tokens where the dials say so', async () => {
  played.sandbox.dials.set('oura', { accessTokenLifetimeS: 60, refreshTokenLifetimeS: 120 });
  const { client, got, refresh } = await connect('oura', 1);
  expect(client.read(got.reply, 'expires_in')).toBe(60);
  clock.advance(120_000);
  expect((await refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
});

it('gives a code for half a minute at Withings, and for minutes elsewhere', async () => {
  for (const [slug, lifetimeS] of [
    ['withings', 30],
    ['oura', 300],
  ] as const) {
    const client = played.client(slug);
    const codes = [
      await client.consent(played.person(slug).userID),
      await client.consent(played.person(slug).userID),
    ];
    clock.advance(lifetimeS * 1_000 - 1);
    expect(client.read(await client.exchange(codes[0]?.get('code') ?? ''), 'access_token')).toBeTruthy();
    clock.advance(1);
    expect(client.read(await client.exchange(codes[1]?.get('code') ?? ''), 'access_token')).toBeUndefined();
  }
});
