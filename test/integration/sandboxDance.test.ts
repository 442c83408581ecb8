import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectableDefinition } from '../../src/definitions/connectable.ts';
import { isFailure, judgeError, type phases } from '../../src/definitions/judgeError.ts';
import { revoke } from '../harness/revokeConsent.ts';
import { credentialsFor, named, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import {
  boxesOf,
  dig,
  parametersOf,
  redirectUri,
  type Reply,
  type SandboxClient,
} from '../harness/sandboxClient.ts';

/** Every provider of the catalogue, from the consent page to the end of the consent, by its definition alone. */

type Phase = (typeof phases)[number];

let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox();
});
afterAll(() => played.sandbox.close());

function judge(definition: ConnectableDefinition, phase: Phase, { status, json, headers }: Reply) {
  const answer = {
    status,
    body: json,
    wwwAuthenticate: headers.get('www-authenticate') ?? '',
    timesInARow: 9,
  };
  return isFailure(definition, phase, answer) ? judgeError(definition, phase, answer) : 'fine';
}

/** What the vendor says was granted, where its definition reads it. */
async function readGranted(client: SandboxClient, got: Awaited<ReturnType<SandboxClient['connect']>>) {
  const { auth } = client;
  const told = auth.grantedScopes;
  const list = (value: unknown) =>
    (Array.isArray(value) ? (value as string[]) : String(value).split(auth.scopeSeparator))
      .filter((name) => told.keepPrefix === undefined || name.startsWith(told.keepPrefix))
      .map((name) => (told.stripPrefix === undefined ? name : name.replace(told.stripPrefix, '')));
  switch (told.from) {
    case 'token-answer':
      return list(dig(dig(got.reply.json, auth.tokenAnswer.at ?? ''), told.field ?? 'scope'));
    case 'redirect':
      return list(got.answer.get(told.parameter ?? 'scope'));
    case 'call': {
      const reply = await client.send(told.call.method, client.fill(told.call.url), bearer(got.access));
      return list(dig(reply.json, told.path));
    }
    case 'request':
      return undefined;
  }
}

/** By the first source of the definition that tells it. */
async function readUserID(client: SandboxClient, got: Awaited<ReturnType<SandboxClient['connect']>>) {
  for (const source of client.auth.userID) {
    const told = await askSource(client, got, source);
    if (typeof told === 'string' || typeof told === 'number') return told;
  }
  return undefined;
}

async function askSource(
  client: SandboxClient,
  got: Awaited<ReturnType<SandboxClient['connect']>>,
  source: ConnectableDefinition['auth']['userID'][number],
): Promise<unknown> {
  switch (source.from) {
    case 'token-answer':
      return dig(dig(got.reply.json, client.auth.tokenAnswer.at ?? ''), source.field);
    case 'access-token-claim':
      return decodeJwt(got.access)[source.claim];
    case 'id-token':
      return undefined;
    case 'call': {
      const reply = await client.send(source.call.method, client.fill(source.call.url), bearer(got.access));
      const [first] =
        source.listAt === undefined ? [reply.json] : (dig(reply.json, source.listAt) as unknown[]);
      const told = dig(first, source.path);
      return typeof told === 'string' ? told.replace(/^Patient\//, '') : told;
    }
    case 'first-data':
      return dig((await callData(client, got.access, '')).json, source.path);
  }
}

function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } };
}

/** The plainest call for data: a patient's own record, or the first resource that is not about one item. */
async function callData(client: SandboxClient, token: string, userID: string): Promise<Reply> {
  const { delivery } = client.definition;
  if (delivery?.by === 'fhir') {
    const own =
      client.definition.kind === 'provider' ? client.fill(client.definition.fhirBase ?? '') : client.base;
    return client.send('GET', `${own}/Patient/${userID}`, bearer(token));
  }
  const resource = delivery!.resources.find(
    (one) => one.forEach === undefined && !one.url.includes('{itemID}'),
  )!;
  const day = new Date(client.clock.now() - 86_400_000);
  const times: Record<string, string> = {
    'epoch-s': `${Math.floor(day.getTime() / 1_000)}`,
    'epoch-ms': `${day.getTime()}`,
    'iso-z': day.toISOString(),
    'iso-without-zone': day.toISOString().slice(0, 19),
    ymd: day.toISOString().slice(0, 10),
    'ymd-compact': day.toISOString().slice(0, 10).replaceAll('-', ''),
  };
  const { range } = resource;
  const time = times[range?.format ?? 'ymd'] ?? '';
  const url = new URL(client.fill(resource.url, { userID, from: time, to: time }));
  const asked = { ...resource.query };
  if (range !== undefined && range.place !== 'address' && range.format !== 'aip-160') {
    asked[range.from] = time;
    if (range.to !== undefined)
      asked[range.to] = times[range.format === 'epoch-s' ? 'now' : range.format] ?? time;
    if (range.format === 'epoch-s' && range.to !== undefined) asked[range.to] = `${Number(time) + 3_600}`;
  }
  if (resource.tokenParameter !== undefined) asked[resource.tokenParameter] = token;
  const headers: Record<string, string> =
    resource.tokenParameter === undefined ? { authorization: `Bearer ${token}` } : {};
  for (const [name, value] of Object.entries(resource.headers ?? {})) headers[name] = client.fill(value);
  const filled = Object.entries(asked).map(([name, value]): [string, string] => [
    name,
    client.fill(value, { userID }),
  ]);
  if (resource.method === 'POST')
    return client.send('POST', url.href, {
      headers,
      form: { ...resource.form, ...Object.fromEntries(filled) },
    });
  for (const [name, value] of filled) url.searchParams.set(name, value);
  return client.send('GET', url.href, { headers });
}

/** Whether an application that can do the one can do the other; without a key nobody can even try with one. */
function shares(one: string, other: string): boolean {
  return (
    one === other || one === 'private_key_jwt' || (one.startsWith('client_') && other.startsWith('client_'))
  );
}

/** Whether a consent has ended a data call tells only where there is nothing to renew. */
const ended = ['unauthorized', 'token-refused'];

describe.each(named)('%s', (slug, definition) => {
  const { auth } = definition;

  it('shows a page without scripts on which a person logs in, sees every scope, and allows or denies', async () => {
    const client = played.client(slug);
    const page = await client.send(
      'GET',
      client.requestUrl({ verifier: randomBytes(32).toString('base64url') }),
    );
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).toContain('SANDBOX');
    expect(page.text).not.toContain('<script');
    for (let place = 0; place < 5; place++)
      expect(page.text).toContain(`name="person" value="${played.person(slug, place).userID}"`);
    const read = page.text.replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    for (const { label, name } of auth.scopes)
      if (client.askedScopes.includes(name) && !name.includes('*')) expect(read).toContain(label);
    expect(page.text.match(/name="decision"/g)).toHaveLength(2);
  });

  it('gives tokens for a code, once, and names the person where the definition looks for her', async () => {
    const client = played.client(slug);
    const person = played.person(slug);
    const got = await client.connect(person.userID);
    expect(got.answer.get('state')).toBe('a-state-that-is-long-enough');
    expect(judge(definition, 'token', got.reply)).toBe('fine');
    expect(got.reply.headers.get('cache-control')).toBe('no-store');
    expect(got.access).toMatch(/^\S{40,}$/);
    expect(typeof got.refresh).toBe(auth.refresh.policy === 'none' ? 'undefined' : 'string');
    const lifetime = auth.refresh.accessTokenLifetimeS;
    expect(client.read(got.reply, 'expires_in')).toBe(lifetime === 'unknown' ? 3_600 : lifetime);
    expect(String(await readUserID(client, got))).toBe(person.userID);
  });

  it('tells what was ticked, and nothing else', async () => {
    const client = played.client(slug);
    const page = await client.send('GET', client.requestUrl({ verifier: 'v'.repeat(43) }));
    const boxes = boxesOf(page.text);
    if (auth.grantedScopes.from === 'request') {
      expect(boxes).toEqual([]);
      return;
    }
    const person = played.person(slug, 1);
    const all = await client.connect(person.userID);
    // The parts of the whole record stand in its place on the page; together they are the whole again.
    const whole = client.askedScopes.includes('patient/*.read') ? client.askedScopes : boxes;
    expect(await readGranted(client, all)).toEqual(whole);
    const kept = boxes.filter((_, index) => index !== boxes.length - 1);
    const some = await client.connect(person.userID, { ticked: kept });
    expect(await readGranted(client, some)).toEqual(kept);
    expect(kept).not.toEqual(boxes);
  });

  it('sends a refusal back without a code', async () => {
    const client = played.client(slug);
    const before = played.sandbox.ledger.grants({ slug }).length;
    const url = client.requestUrl({ verifier: 'v'.repeat(43) });
    const reply = await client.decide(url, [
      ['person', played.person(slug).userID],
      ['decision', 'deny'],
    ]);
    expect(reply.headers.get('location')!.startsWith(redirectUri)).toBe(true);
    const answer = parametersOf(reply);
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('state')).toBe('a-state-that-is-long-enough');
    expect(answer.has('code')).toBe(false);
    expect(played.sandbox.ledger.grants({ slug })).toHaveLength(before);
  });

  it('ends the consent when a code is used twice', async () => {
    const client = played.client(slug);
    const person = played.person(slug, 2);
    const verifier = 'v'.repeat(43);
    const answer = await client.consent(person.userID, { verifier });
    const code = answer.get('code') ?? '';
    const first = await client.exchange(code, verifier);
    const access = client.read(first, 'access_token') as string;
    expect(ended).not.toContain(judge(definition, 'data', await callData(client, access, person.userID)));
    const second = await client.exchange(code, verifier);
    expect(['unauthorized', 'failed']).toContain(judge(definition, 'token', second));
    expect(client.read(second, 'access_token')).toBeUndefined();
    expect(played.sandbox.ledger.find(code)).toMatchObject({ uses: 1, refusals: 1 });
    expect(played.sandbox.ledger.find(access)?.endedBy).toBe('code-used-twice');
    const after = await callData(client, access, person.userID);
    expect(ended).toContain(judge(definition, 'data', after));
  });

  it.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }],
    ['another redirect URI', { redirect_uri: `${redirectUri}/` }],
  ])('refuses a code with %s, and spends it', async (_, change) => {
    const client = played.client(slug);
    const verifier = 'v'.repeat(43);
    const answer = await client.consent(played.person(slug).userID, { verifier });
    const code = answer.get('code') ?? '';
    const refused = await client.exchange(code, verifier, change);
    expect(['unauthorized', 'failed']).toContain(judge(definition, 'token', refused));
    const again = await client.exchange(code, verifier);
    expect(client.read(again, 'access_token')).toBeUndefined();
  });

  it('refuses a code without its verifier', async () => {
    const client = played.client(slug);
    const answer = await client.consent(played.person(slug).userID, { verifier: 'v'.repeat(43) });
    const refused = await client.exchange(answer.get('code') ?? '');
    expect(client.read(refused, 'access_token')).toBeUndefined();
  });

  it('blames the application, not the participant, when it does not prove who it is', async () => {
    const client = played.client(slug);
    const verifier = 'v'.repeat(43);
    const answer = await client.consent(played.person(slug).userID, { verifier });
    const parameters = {
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...auth.tokenParameters,
    };
    const isPublic =
      client.credentials.clientSecret === undefined && client.credentials.privateKey === undefined;
    const wrong = isPublic
      ? await client.send('POST', client.tokenUrl('token'), {
          form: { ...parameters, client_id: 'somebody' },
        })
      : await client.askToken('token', parameters, { method: 'none' });
    expect(judge(definition, 'token', wrong)).toBe('operator-alarm');
    // Nobody learns or spends anything by it.
    expect(client.read(await client.askToken('token', parameters), 'access_token')).toBeTruthy();
  });

  it('ends the consent when it is given back, and says so when it is given back again', async () => {
    const client = played.client(slug);
    const person = played.person(slug, 3);
    const got = await client.connect(person.userID);
    const reply = await revoke(client, got, person.userID);
    if (reply === undefined) {
      expect(auth.revoke.by).toBe('participant');
      return;
    }
    expect(judge(definition, 'revoke', reply)).toBe('fine');
    if (auth.revoke.by === 'call') expect(auth.revoke.succeeds).toContain(reply.status);
    expect(played.sandbox.ledger.isAlive(slug, person.userID)).toBe(false);
    expect(ended).toContain(judge(definition, 'data', await callData(client, got.access, person.userID)));
    if (auth.refresh.policy !== 'none') {
      const refused = await client.refresh(got.refresh, { userID: person.userID });
      expect(judge(definition, 'refresh', refused)).toBe('unauthorized');
    }
    const again = (await revoke(client, got, person.userID))!;
    expect(['no-data', 'fine']).toContain(judge(definition, 'revoke', again));
  });

  it('ends what else the person has agreed to with it, where the vendor knows one grant for a person', async () => {
    const client = played.client(slug);
    const { userID } = played.person(slug, 4);
    const first = await client.connect(userID);
    await client.connect(userID);
    if ((await revoke(client, first, userID)) === undefined) return;
    expect(played.sandbox.ledger.isAlive(slug, userID)).toBe(auth.grantsPer !== 'person');
  });

  it('refuses a token that it never gave', async () => {
    const client = played.client(slug);
    const reply = await callData(client, 'x'.repeat(43), played.person(slug).userID);
    expect(ended).toContain(judge(definition, 'data', reply));
  });

  it.each(auth.clientAuthentication.map((method) => [method.method, method] as const))(
    'takes an application that authenticates by %s, and no other then',
    async (name, method) => {
      const alone = await playSandbox({ credentials: new Map([[slug, credentialsFor(slug, name)]]) });
      try {
        const client = alone.client(slug);
        const verifier = 'v'.repeat(43);
        const answer = await client.consent(alone.person(slug).userID, { verifier });
        const parameters = {
          grant_type: 'authorization_code',
          code: answer.get('code') ?? '',
          redirect_uri: redirectUri,
          code_verifier: verifier,
          ...auth.tokenParameters,
        };
        for (const other of auth.clientAuthentication.filter((one) => !shares(one.method, name))) {
          const refused = await client.askToken('token', parameters, other);
          expect(judge(definition, 'token', refused)).toBe('operator-alarm');
        }
        const reply = await client.askToken('token', parameters, method);
        expect(client.read(reply, 'access_token')).toBeTruthy();
      } finally {
        await alone.sandbox.close();
      }
    },
  );
});
