import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../src/sandbox/ledger/ledger.ts';
import { playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { dig } from '../harness/sandboxClient.ts';

/** The control API, the ledger, and what participants, time and thieves do. */

let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox();
});
afterAll(() => played.sandbox.close());
afterEach(async () => {
  await control('POST', '/control/reset');
});

/** A request of a program on this machine, with any headers. */
function control(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const { port } = new URL(played.sandbox.origin);
  return new Promise<{ status: number; json: unknown; headers: IncomingMessage['headers'] }>(
    (resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const json: unknown = text.startsWith('{') ? JSON.parse(text) : text;
          resolve({ status: response.statusCode ?? 0, json, headers: response.headers });
        });
      });
      call.on('error', reject);
      call.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body));
    },
  );
}

async function connect(slug: string, place = 0) {
  const client = played.client(slug);
  const person = played.person(slug, place);
  return { client, person, got: await client.connect(person.userID) };
}

describe('whoever calls', () => {
  it('is a program on this machine, never a web page', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: played.sandbox.origin },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[]) {
      expect((await control('GET', '/control/ledger', undefined, headers)).status).toBe(403);
      expect((await control('PUT', '/control/dials/oura', { clockSkewS: 1 }, headers)).status).toBe(403);
    }
    expect(played.sandbox.dials.get('oura')).toEqual({});
  });

  it('calls it by its own name', async () => {
    const { port } = new URL(played.sandbox.origin);
    for (const host of ['evil.example', `evil.example:${port}`, '10.0.0.1'])
      for (const path of ['/control', '/oura/cloud.ouraring.com/oauth/authorize', '/'])
        expect((await control('GET', path, undefined, { host })).status).toBe(421);
    expect((await control('GET', '/control', undefined, { host: `localhost:${port}` })).status).toBe(200);
  });

  it('cannot reach it from another address', async () => {
    const { port, hostname } = new URL(played.sandbox.origin);
    expect(hostname).toBe('127.0.0.1');
    // Every address of the network 127 is this machine; only the one is listened on.
    await expect(
      new Promise((resolve, reject) => {
        const call = request({ host: '127.0.0.2', port, path: '/control' }, resolve);
        call.on('error', reject);
        call.end();
      }),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is told what there is, and what is wrong', async () => {
    const overview = await control('GET', '/control');
    expect(dig(overview.json, 'addresses')).toContain('PUT /control/dials/SLUG');
    expect(dig(overview.json, 'providers')).toHaveLength(33);
    expect((await control('GET', '/control/nothing')).status).toBe(404);
    expect(await control('DELETE', '/control/dials/oura')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, PUT' },
    });
    expect((await control('GET', '/control/dials/nobody')).status).toBe(404);
    expect((await control('PUT', '/control/dials/oura', '{oops')).status).toBe(400);
    expect((await control('PUT', '/control/dials/oura', '[]')).status).toBe(400);
    expect((await control('POST', '/control/people/oura/nobody/revoke')).status).toBe(404);
    expect((await control('POST', '/control/people/%E0%A4%A/x/revoke')).status).toBe(404);
    expect((await control('POST', '/control/reset', 'x'.repeat(1_100_000))).status).toBe(413);
  });
});

describe('dials', () => {
  it('are set, shown, and put back', async () => {
    const settings = {
      faults: [{ kind: 'refuse', as: 'unauthorized', on: ['refresh'], times: 2 }],
      clockSkewS: -600,
    };
    expect(await control('PUT', '/control/dials/oura', settings)).toMatchObject({
      status: 200,
      json: settings,
    });
    expect((await control('GET', '/control/dials/oura')).json).toEqual(settings);
    expect((await control('GET', '/control/dials/strava')).json).toEqual({});
    await control('POST', '/control/reset', { slug: 'strava' });
    expect((await control('GET', '/control/dials/oura')).json).toEqual(settings);
    await control('PUT', '/control/dials/oura', {});
    expect((await control('GET', '/control/dials/oura')).json).toEqual({});
  });

  it.each([
    [{ latency: { ms: -1 } }, '/latency/ms'],
    [{ faults: [{ kind: 'explode' }] }, '/faults/0/kind is none of commit-then-drop'],
    [{ faults: [{ kind: 'drop' }, { kind: 'drip' }] }, '/faults/1'],
    [{ faults: [{ kind: 'drop', rate: 2 }] }, '/faults/0/rate'],
    [{ faults: 'all' }, 'faults must be a list'],
    [{ volume: 11 }, '/volume'],
    [{ expiresIn: 'sometimes' }, '/expiresIn'],
  ])('refuse %o and say where', async (settings, where) => {
    const reply = await control('PUT', '/control/dials/oura', settings);
    expect(reply.status).toBe(400);
    expect(dig(reply.json, 'error')).toContain(where);
    expect(played.sandbox.dials.get('oura')).toEqual({});
  });
});

describe('the ledger', () => {
  it('has every request and every token, by digest, and never a token', async () => {
    const { client, person, got } = await connect('oura');
    const next = await client.refresh(got.refresh);
    const reply = await control('GET', '/control/ledger?slug=oura');
    const entries = dig(reply.json, 'entries') as {
      what: string;
      operation?: string;
      kind?: string;
      token?: string;
    }[];
    expect(entries.map(({ what, operation, kind }) => `${what} ${operation ?? kind ?? ''}`.trim())).toEqual([
      'request authorize',
      'issued code',
      'request consent',
      'used code',
      'grant-begun',
      'issued access',
      'issued refresh',
      'request token',
      'used refresh',
      'issued access',
      'issued refresh',
      'request refresh',
    ]);
    const said = JSON.stringify(reply.json) + JSON.stringify((await control('GET', '/control/tokens')).json);
    for (const secret of [
      got.access,
      got.refresh,
      client.read(next, 'access_token') as string,
      got.answer.get('code')!,
    ])
      expect(said).not.toContain(secret);
    expect(entries.some(({ token }) => token === digestOf(got.refresh))).toBe(true);
    const tokens = await control('GET', `/control/tokens?slug=oura&person=${person.userID}&kind=refresh`);
    expect(tokens.json).toMatchObject({ tokens: [{ token: digestOf(got.refresh), uses: 1 }, { uses: 0 }] });
    const grants = await control('GET', '/control/grants?slug=oura');
    expect(grants.json).toMatchObject({ grants: [{ person: person.userID, scopes: client.askedScopes }] });
  });

  it('is read on from where one was', async () => {
    await connect('oura');
    const first = (await control('GET', '/control/ledger?limit=3')).json;
    expect(dig(first, 'entries')).toHaveLength(3);
    const rest = (await control('GET', `/control/ledger?after=${String(dig(first, 'last'))}`)).json;
    expect(dig(rest, 'entries.0.id')).toBe((dig(first, 'last') as number) + 1);
    const end = (await control('GET', `/control/ledger?after=${String(dig(rest, 'last'))}`)).json;
    expect(end).toMatchObject({ entries: [], last: dig(rest, 'last') });
  });

  it('forgets everything, and so do the providers', async () => {
    const { client, got } = await connect('oura');
    await control('POST', '/control/reset');
    expect((await control('GET', '/control/ledger')).json).toMatchObject({ entries: [], dropped: 0 });
    expect((await client.refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a person', () => {
  it('ends her consent, hers alone', async () => {
    const [{ client, person, got }, other] = [await connect('oura', 0), await connect('oura', 1)];
    const reply = await control('POST', `/control/people/oura/${person.userID}/revoke`);
    expect(reply.json).toMatchObject({ ended: 1 });
    expect(played.sandbox.ledger.isAlive('oura', person.userID)).toBe(false);
    expect(played.sandbox.ledger.isAlive('oura', other.person.userID)).toBe(true);
    expect((await client.refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
    expect(client.read(await client.refresh(other.got.refresh), 'access_token')).toBeTruthy();
    expect((await control('POST', `/control/people/oura/${person.userID}/revoke`)).json).toMatchObject({
      ended: 0,
    });
  });

  it('sees her tokens expire: those for access, for refreshing, or the whole consent', async () => {
    const { client, person, got } = await connect('oura');
    const path = `/control/people/oura/${person.userID}/expire`;
    const use = async (token: string) =>
      (
        await client.send('GET', 'https://api.ouraring.com/v2/usercollection/personal_info', {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    expect(await use(got.access)).toBe(200);
    expect((await control('POST', path)).json).toEqual({ expired: 1 });
    expect(await use(got.access)).toBe(401);
    const next = await client.refresh(got.refresh);
    expect(await use(client.read(next, 'access_token') as string)).toBe(200);
    await control('POST', path, { what: 'refresh' });
    expect((await client.refresh(client.read(next, 'refresh_token') as string)).status).toBe(400);
    expect(await use(client.read(next, 'access_token') as string)).toBe(200);
    await control('POST', path, { what: 'grant' });
    expect(await use(client.read(next, 'access_token') as string)).toBe(401);
    expect((await control('POST', path, { what: 'everything' })).status).toBe(400);
  });

  it('changes what she shares without a new consent', async () => {
    const { client, person, got } = await connect('garmin');
    const read = async () =>
      (
        await client.send('GET', 'https://apis.garmin.com/wellness-api/rest/user/permissions', {
          headers: { authorization: `Bearer ${got.access}` },
        })
      ).json;
    expect(await read()).toEqual(['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'MCT_EXPORT']);
    await control('POST', `/control/people/garmin/${person.userID}/scopes`, { scopes: ['HEALTH_EXPORT'] });
    expect(await read()).toEqual(['HEALTH_EXPORT']);
    expect((await control('POST', `/control/people/garmin/${person.userID}/scopes`, {})).status).toBe(400);
  });

  it('loses her refresh token to a thief, which is noticed when we use it', async () => {
    const { client, person, got } = await connect('oura');
    const path = `/control/people/oura/${person.userID}/steal`;
    expect((await control('POST', path)).json).toEqual({ stolen: 1 });
    expect(played.sandbox.ledger.find(got.refresh)?.uses).toBe(1);
    expect((await client.refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
    expect(played.sandbox.ledger.isAlive('oura', person.userID)).toBe(false);
    expect((await control('POST', path)).status).toBe(409);
  });
});

describe('webhooks', () => {
  let receiver: Server;
  let address: string;
  let answer: (request: IncomingMessage, body: string) => { status: number; body?: string };
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  beforeAll(async () => {
    receiver = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        seen.push({ method: incoming.method!, url: incoming.url!, headers: incoming.headers, body });
        const said = answer(incoming, body);
        response.writeHead(said.status).end(said.body);
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://localhost:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => new Promise((resolve) => receiver.close(resolve)));
  beforeEach(() => {
    seen.length = 0;
    answer = () => ({ status: 200 });
  });
  const signature = (body: string, timestamp: string) =>
    createHmac('sha256', played.client('whoop').credentials.clientSecret!.reveal())
      .update(`${timestamp}${body}`)
      .digest('base64');

  it('go to the address that was entered by hand, signed as the vendor signs', async () => {
    const { person } = await connect('whoop');
    expect((await control('PUT', '/control/webhooks/whoop', { url: address })).status).toBe(201);
    const reply = await control('POST', `/control/people/whoop/${person.userID}/notify`, {
      means: 'data',
      resource: 'sleep',
    });
    expect(reply.json).toEqual({ sent: [200] });
    const { headers, body } = seen[0]!;
    expect(dig(JSON.parse(body), 'user_id')).toBe(Number(person.userID));
    expect(headers['x-whoop-signature']).toBe(
      signature(body, String(headers['x-whoop-signature-timestamp'])),
    );
    const entry = played.sandbox.ledger.entries({ slug: 'whoop' }).at(-1);
    expect(entry).toMatchObject({ what: 'webhook', status: 200, why: 'data on' });
  });

  it('are forged, or not sent at all, when the dial says so', async () => {
    const { person } = await connect('whoop');
    await control('PUT', '/control/webhooks/whoop', { url: address });
    const path = `/control/people/whoop/${person.userID}/notify`;
    await control('PUT', '/control/dials/whoop', { webhooks: 'forged' });
    await control('POST', path, { means: 'data', resource: 'sleep' });
    const { headers, body } = seen[0]!;
    expect(headers['x-whoop-signature']).toBeTruthy();
    expect(headers['x-whoop-signature']).not.toBe(
      signature(body, String(headers['x-whoop-signature-timestamp'])),
    );
    await control('PUT', '/control/dials/whoop', { webhooks: 'off' });
    expect((await control('POST', path, {})).json).toEqual({ sent: [] });
    expect(seen).toHaveLength(1);
  });

  it('tell that the participant has ended her consent, unless that is to be a secret', async () => {
    const [one, other] = [await connect('garmin', 0), await connect('garmin', 1)];
    await control('PUT', '/control/webhooks/garmin', { url: address });
    await control('POST', `/control/people/garmin/${one.person.userID}/revoke`);
    await control('POST', `/control/people/garmin/${other.person.userID}/revoke`, { webhook: false });
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { deregistrations: [expect.objectContaining({ userId: one.person.userID })] },
    ]);
  });

  it('carry all of the history that was asked for, once', async () => {
    const [client, person] = [played.client('garmin'), played.person('garmin', 1)];
    const ticked = ['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'];
    const got = await client.connect(person.userID, { ticked });
    await control('PUT', '/control/webhooks/garmin', { url: address });
    const to = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400;
    const url = new URL('https://apis.garmin.com/wellness-api/rest/backfill/dailies');
    url.searchParams.set('summaryStartTimeInSeconds', String(to - 7 * 86_400));
    url.searchParams.set('summaryEndTimeInSeconds', String(to));
    const ask = () => client.send('GET', url.href, { headers: { authorization: `Bearer ${got.access}` } });
    expect((await ask()).status).toBe(202);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    expect((await ask()).status).toBe(409);
    const { dailies, ...others } = JSON.parse(seen[0]!.body) as {
      dailies: { userId: string; summaryId: string; calendarDate: string }[];
    };
    expect(others).toEqual({});
    expect(new Set(dailies.map(({ userId }) => userId))).toEqual(new Set([person.userID]));
    expect(new Set(dailies.map(({ calendarDate }) => calendarDate)).size).toBe(7);
    expect(dailies).toHaveLength(7);
    const told = () =>
      played.sandbox.ledger.entries({ slug: 'garmin' }).filter(({ what }) => what === 'webhook');
    await vi.waitFor(() =>
      expect(told()).toEqual([expect.objectContaining({ status: 200, why: 'data on' })]),
    );
    expect(seen).toHaveLength(1);
  });

  it('are subscribed to by the vendor’s own call, after its challenge', async () => {
    const client = played.client('strava');
    const subscribe = () =>
      client.send('POST', 'https://www.strava.com/api/v3/push_subscriptions', {
        form: {
          client_id: client.credentials.clientID,
          client_secret: client.credentials.clientSecret!.reveal(),
          callback_url: address,
          verify_token: 'our-secret',
        },
      });
    expect((await subscribe()).status).toBe(400);
    answer = ({ url }) => {
      const query = new URL(url ?? '', 'http://x').searchParams;
      const right = query.get('hub.verify_token') === 'our-secret';
      return right
        ? { status: 200, body: JSON.stringify({ 'hub.challenge': query.get('hub.challenge') }) }
        : { status: 403 };
    };
    const made = await subscribe();
    expect(made.status).toBe(200);
    const id = String(dig(made.json, 'id'));
    const proof = `client_id=${client.credentials.clientID}&client_secret=${client.credentials.clientSecret!.reveal()}`;
    const list = await client.send('GET', `https://www.strava.com/api/v3/push_subscriptions?${proof}`);
    expect(list.json).toMatchObject([{ id, callback_url: address }]);
    const { person } = await connect('strava');
    await control('POST', `/control/people/strava/${person.userID}/revoke`);
    expect(dig(JSON.parse(seen.at(-1)!.body), 'updates.authorized')).toBe('false');
    const remove = await client.send(
      'DELETE',
      `https://www.strava.com/api/v3/push_subscriptions/${id}?${proof}`,
    );
    expect(remove.status).toBe(204);
    expect(
      (await client.send('GET', `https://www.strava.com/api/v3/push_subscriptions?${proof}`)).json,
    ).toEqual([]);
  });

  it('never leave this machine', async () => {
    const { person } = await connect('whoop');
    await control('PUT', '/control/webhooks/whoop', { url: 'https://study.example.org/hook' });
    const reply = await control('POST', `/control/people/whoop/${person.userID}/notify`, {
      resource: 'sleep',
    });
    expect(reply.json).toEqual({ sent: [0] });
  });
});
