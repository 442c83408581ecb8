import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { createSandboxCredentials } from '../../src/sandbox/sandboxCredentials.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/startSandbox.ts';
import { buildDefinition, changeDefinition } from '../builders/definition.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { dig, SandboxClient } from '../harness/sandboxClient.ts';

/** A maker that nobody has heard of is played from its definition alone, whatever the definition says. */

const clock = createFakeClock();
const meadow = buildDefinition();
const variants: Record<string, NamedDefinition> = {
  grace: changeDefinition(meadow, { 'auth.refresh.policy': 'grace', 'auth.refresh.graceS': 60 }),
  nested: changeDefinition(meadow, {
    'auth.tokenAnswer': {
      at: 'data.tokens',
      succeedsWhen: { path: 'code', equals: 'OK' },
      fields: { access_token: 'at', refresh_token: 'rt', expires_in: 'ttl' },
    },
    'auth.grantedScopes': { from: 'token-answer', field: 'granted', stripPrefix: 'm:' },
    'auth.scopeSeparator': ',',
    'auth.userID': [{ from: 'token-answer', field: 'who.id' }],
  }),
  fragment: changeDefinition(meadow, { 'auth.responseMode': 'fragment', 'auth.scopeParameter': 'perm' }),
  introspected: changeDefinition(meadow, {
    'auth.introspectUrl': 'https://meadow.example.org/introspect',
    'auth.refresh.grantEnds': { from: 'introspection', field: 'ends.at' },
  }),
};
const definitions = new Map(
  Object.entries(variants).map(([slug, definition]) => [
    slug,
    { ...definition, slug } as ConnectableDefinition,
  ]),
);
const credentials = createSandboxCredentials(definitions, systemRandom);
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ definitions, credentials, clock, random: systemRandom });
});
afterAll(() => sandbox.close());

function visit(slug: string) {
  const client = new SandboxClient(sandbox.origin, definitions.get(slug)!, credentials.get(slug)!, clock);
  return { client, person: sandbox.people.get(slug)![0]! };
}

describe('a vendor that does not exist', () => {
  it('lets an old refresh token live for its grace, and then refuses it without punishing anybody', async () => {
    const { client, person } = visit('grace');
    const got = await client.connect(person.userID);
    const first = await client.refresh(got.refresh);
    clock.advance(60_000);
    expect(client.read(await client.refresh(got.refresh), 'access_token')).toBeTruthy();
    clock.advance(1_000);
    expect((await client.refresh(got.refresh)).json).toMatchObject({ error: 'invalid_grant' });
    expect(
      client.read(await client.refresh(client.read(first, 'refresh_token') as string), 'access_token'),
    ).toBeTruthy();
    expect(sandbox.ledger.find(got.refresh)).toMatchObject({ uses: 2, refusals: 1 });
  });

  it('puts its answers where it says, under names of its own', async () => {
    const { client, person } = visit('nested');
    const got = await client.connect(person.userID);
    expect(got.reply.json).toMatchObject({
      code: 'OK',
      data: { tokens: { granted: 'm:sleep,m:person', ttl: 3_600 } },
    });
    expect(String(dig(got.reply.json, 'data.tokens.who.id'))).toBe(person.userID);
    expect(client.read(await client.refresh(got.refresh), 'access_token')).toBeTruthy();
  });

  it('answers in the fragment, and reads scopes from its own parameter', async () => {
    const { client, person } = visit('fragment');
    const page = await client.decide(client.requestUrl(), [
      ['person', person.userID],
      ['decision', 'deny'],
    ]);
    expect(page.headers.get('location')).toContain('#error=access_denied');
    const got = await client.connect(person.userID);
    expect(got.reply.json).toMatchObject({ scope: 'sleep person' });
  });

  it('tells the end of a consent when it is asked', async () => {
    const { client, person } = visit('introspected');
    sandbox.dials.set('introspected', { grantLifetimeS: 600 });
    const got = await client.connect(person.userID);
    const proof = await client.prove({ method: 'client_secret_post' }, '');
    const ask = async (token: string, form = proof.form) =>
      client.send('POST', 'https://meadow.example.org/introspect', { form: { token, ...form } });
    const end = Math.floor(clock.now() / 1_000) + 600;
    expect((await ask(got.refresh)).json).toMatchObject({ active: true, ends: { at: end } });
    expect((await ask(got.refresh, { client_id: 'somebody' })).status).toBe(401);
    clock.advance(600_000);
    expect((await ask(got.refresh)).json).toEqual({ active: false });
  });

  it('is not played without credentials', async () => {
    const none = await startSandbox({ definitions, credentials: new Map(), clock, random: systemRandom });
    expect([none.people.size, (await fetch(`${none.origin}/grace/meadow.example.org/me`)).status]).toEqual([
      0, 404,
    ]);
    await none.close();
  });
});
