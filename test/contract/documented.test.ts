import { join } from 'node:path';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnectable, type ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { isFailure } from '../../src/definitions/judgeError.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { readCredentials } from '../../src/definitions/readCredentials.ts';
import { readPath } from '../../src/definitions/readPath.ts';
import { settingNames } from '../../src/definitions/settingNames.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../../src/oauth/connection.ts';
import { completeAuthorization, prepareAuthorization, revokeGrant } from '../../src/oauth/oauth2.ts';
import { findTokens, normaliseTokens } from '../../src/oauth/steps/readTokenAnswer.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { loadFolder } from '../../src/platform/loading/loadFolder.ts';
import type { ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { isObject } from '../../src/platform/members/isObject.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import type { AnswerToCode, Documented, Stated } from '../builders/documented.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { findEvent, isSigned, readEvents } from '../harness/readWebhook.ts';
import { askForPage, askForWebhook, giveBack } from '../harness/documentedSandbox.ts';
import { findShapeDifferences } from '../harness/shapeOf.ts';

/**
 * The vendors' own documents against what we believe of them: the definition must read them, and the sandbox must
 * answer like them. A belief that the sandbox plays back from the definition proves nothing by itself.
 */
const definitions = await readDefinitions(providersFolder);
const files = await loadFolder(join(import.meta.dirname, '../documented'), 'documented');
const documented = new Map(files.map(({ name, value }) => [name, value as Documented]));
const partNames = [
  'authorization',
  'answerToCode',
  'answerToRefresh',
  'revocation',
  'data',
  'webhooks',
] as const satisfies readonly (keyof Documented)[];

/** The vendors of which there is this part, for `it.each`. */
function having<Name extends (typeof partNames)[number]>(name: Name) {
  return [...documented].flatMap(([slug, all]) => {
    const part = all[name];
    const definition = definitions.get(slug);
    return 'nothing' in part || definition === undefined || !isConnectable(definition)
      ? []
      : [[slug, definition, part as Exclude<Documented[Name], { readonly nothing: string }>] as const];
  });
}

const clock = createFakeClock(Date.parse('2026-11-29T08:00:00Z'));
const journey = {
  redirectUri: 'https://accounts.example.org/connect/callback/1/6327',
  state: 'a-state-of-forty-three-characters-0123456789',
  codeVerifier: 'a-verifier-of-at-least-forty-three-characters-0123',
  nonce: 'a-nonce',
};
const accountID = 4711;
const issuer = 'https://login.clinic.example.org';
const smartServer: AuthorizationServerFacts = {
  authorization_endpoint: 'https://login.clinic.example.org/authorize',
  token_endpoint: 'https://login.clinic.example.org/token',
  revocation_endpoint: 'https://login.clinic.example.org/revoke',
  issuer,
};

function connect(
  definition: ConnectableDefinition,
  answer: (request: ProviderRequest) => ReturnType<typeof answerWith>,
) {
  const { door, seen } = createScriptedDoor(answer);
  const given: Record<string, string> = { CLIENT_ID: 'client', CLIENT_SECRET: 'secret' };
  const environment = Object.fromEntries(
    settingNames(definition).map(({ name, part, needed, example }) => [
      name,
      given[part] ?? (needed === 'always' && part !== 'PRIVATE_KEY' ? example : undefined),
    ]),
  );
  const isKeyed = definition.auth.clientAuthentication.every(({ method }) => method === 'private_key_jwt');
  const credentials = isKeyed
    ? { clientID: 'client', settings: {} }
    : readCredentials(new Map([[definition.slug, definition]]), environment).get(definition.slug)!;
  const connection: ProviderConnection = {
    definition: isKeyed ? withSecret(definition) : definition,
    credentials: isKeyed ? { ...credentials, clientSecret: new Secret('secret') } : credentials,
    door,
    fhirBase: 'https://fhir.clinic.example.org/r4',
  };
  return { connection, seen };
}

/** What is documented here does not depend on how an application proves itself. */
function withSecret(definition: ConnectableDefinition): ConnectableDefinition {
  const auth = { ...definition.auth, clientAuthentication: [{ method: 'client_secret_post' }] } as const;
  return { ...definition, auth };
}

async function serverOf(connection: ProviderConnection): Promise<AuthorizationServerFacts> {
  if (connection.definition.auth.kind === 'smart') return smartServer;
  const parts = { clock, log: () => undefined, database: undefined as unknown as Database };
  const found = await createServerFinder(parts)(connection);
  if (found.outcome !== 'found') throw new Error(found.cause);
  return found.server;
}

/** The documented body, with an identity token of this journey where it has one. */
function writeBody({ body, idTokenClaims }: AnswerToCode): object {
  const now = clock.now() / 1_000;
  const claims = { iss: issuer, aud: 'client', nonce: journey.nonce, exp: now + 300 };
  const idToken = new UnsecuredJWT({ ...claims, ...idTokenClaims }).encode();
  return JSON.parse(JSON.stringify(body).replaceAll('ID_TOKEN', idToken)) as object;
}

describe('what vendors document', () => {
  it('is written down for every definition, with its source, or it is said that nothing was found', () => {
    expect([...documented.keys()].sort()).toEqual([...definitions.keys()].sort());
    for (const [slug, all] of documented)
      for (const name of partNames) {
        const part: Stated<unknown> = all[name];
        expect('nothing' in part ? part.nothing : part.source, `${slug}.${name}`).toMatch(/\w{3}/);
      }
  });

  it('is not known in these parts, and in no others', () => {
    const silent = Object.fromEntries(
      partNames.map((name) => [name, [...documented].filter(([, all]) => 'nothing' in all[name]).length]),
    );
    expect(silent).toEqual({
      authorization: 4,
      answerToCode: 16,
      answerToRefresh: 20,
      revocation: 25,
      data: 13,
      webhooks: 27,
    });
  });
});

describe('the definition', () => {
  it.each(having('authorization'))('%s asks as is documented', async (_slug, definition, { is }) => {
    const { connection } = connect(definition, () => answerWith(500, ''));
    const { url } = prepareAuthorization(connection, await serverOf(connection), journey);
    const { origin, pathname, searchParams } = new URL(url);
    if (is.url !== undefined) expect(origin + pathname).toBe(is.url);
    const missing = is.parameters.filter((name) => !searchParams.has(name));
    expect(missing.map((name) => `${name}: documented, not sent`)).toEqual([]);
    for (const [name, value] of Object.entries(is.values ?? {})) expect(searchParams.get(name)).toBe(value);
  });

  it.each(having('answerToCode'))('%s reads the answer to a code', async (_slug, definition, { is }) => {
    const { connection, seen } = connect(definition, ({ method, url }) => {
      if (seen.length === 1) return answerWith(200, writeBody(is));
      const [address = ''] = url.split('?');
      const told = is.calls?.[`${method} ${address}`];
      return told === undefined ? answerWith(404, '') : answerWith(200, told);
    });
    const server = await serverOf(connection);
    const { askedScopes } = prepareAuthorization(connection, server, journey);
    const answer = new URLSearchParams({ code: 'c', state: journey.state, ...is.redirect });
    const result = await completeAuthorization({ clock }, connection, {
      ...journey,
      server,
      answer,
      askedScopes,
      accountID,
    });
    if (result.outcome !== 'granted') throw new Error(`${JSON.stringify(result)} of ${seen.length} requests`);
    const { userID, scopes, accessExpiresAt, refreshExpiresAt, grantEndsAt, refreshToken } = result.grant;
    const lives = (end: number | undefined) => (end === undefined ? undefined : (end - clock.now()) / 1_000);
    expect({
      userID,
      scopes,
      accessLivesS: lives(accessExpiresAt),
      refreshLivesS: lives(refreshExpiresAt),
      grantEndsAt:
        grantEndsAt === undefined ? undefined : `${new Date(grantEndsAt).toISOString().slice(0, 19)}Z`,
      refreshes: refreshToken !== undefined,
    }).toEqual({
      userID: undefined,
      accessLivesS: undefined,
      refreshLivesS: undefined,
      grantEndsAt: undefined,
      ...is.reads,
    });
  });

  it.each(having('answerToRefresh'))('%s reads the answer to a refresh', (_slug, definition, { is }) => {
    const answer = { status: 200, body: is.body };
    expect(isFailure(definition, 'refresh', answer)).toBe(false);
    const found = findTokens(definition, 'refresh', answer);
    if (found.outcome !== 'found') throw new Error(found.cause);
    const { access_token, refresh_token } = normaliseTokens(found.tokens, definition.auth.tokenAnswer);
    const brought = Object.entries({ access_token, refresh_token }).flatMap(([name, value]) =>
      typeof value === 'string' ? [name] : [],
    );
    expect(brought).toEqual(is.brings);
    const { refresh, tokenAnswer } = definition.auth;
    if (brought.length === 0) expect(tokenAnswer.mayOmitTokens).toBe(true);
    expect(refresh.policy).not.toBe('none');
  });

  it.each(having('revocation'))(
    '%s gives a grant back as is documented',
    async (_slug, definition, { is }) => {
      const { connection, seen } = connect(definition, () => answerWith(is.status, is.body ?? ''));
      const server = await serverOf(connection);
      const result = await revokeGrant({ clock }, connection, {
        server,
        accessToken: new Secret('acc3ss'),
        refreshToken: new Secret('r3fresh'),
        userID: '51820347',
        accountID,
      });
      expect(result.outcome).toBe('revoked');
      const [request] = seen;
      const url = new URL(request!.url);
      const form = request!.body !== undefined && 'form' in request!.body ? request!.body.form : {};
      const scheme = request!.headers?.['authorization']?.split(' ')[0]?.toLowerCase();
      const shown = JSON.stringify([request!.url, form, request!.headers]);
      const token = shown.includes('r3fresh') ? 'refresh' : shown.includes('acc3ss') ? 'access' : 'none';
      expect({
        method: request!.method,
        url: is.url === undefined ? undefined : url.origin + url.pathname,
        query: [...url.searchParams.keys()],
        form: Object.keys(form).sort(),
        authorization: scheme,
        token: is.token === 'either' ? 'either' : token,
      }).toEqual({
        method: is.method,
        url: is.url,
        query: is.query ?? [],
        form: [...(is.form ?? [])].sort(),
        authorization: is.authorization,
        token: is.token,
      });
    },
  );

  const pages = having('data').flatMap(([slug, definition, { is }]) =>
    is.map((page) => [slug, page.resource, definition, page] as const),
  );
  it.each(pages)('%s reads a page of %s', (_slug, resource, definition, { answer, items }) => {
    const { delivery } = definition;
    if (delivery?.by === 'fhir') {
      expect(delivery.fhir.resources.map(({ type }) => type)).toContain(resource);
      const entries = (readPath(answer, 'entry') ?? []) as readonly unknown[];
      const types = entries.map((entry) => readPath(entry, 'resource.resourceType'));
      expect(types.filter((type) => type !== 'OperationOutcome')).toHaveLength(items);
      return;
    }
    expect(isFailure(definition, 'data', { status: 200, body: answer })).toBe(false);
    const known = delivery?.resources.find(({ name }) => name === resource);
    if (known === undefined) throw new Error(`${resource} is none of its resources`);
    const found = [readPath(answer, known.itemsAt)].flat();
    expect(found).toHaveLength(items);
    for (const item of found) {
      expect(item).toBeTypeOf('object');
      for (const path of [known.itemID, known.updatedAt])
        if (path !== undefined) expect(['string', 'number'], path).toContain(typeof readPath(item, path));
    }
  });

  const messages = having('webhooks').flatMap(([slug, definition, { is }]) =>
    is.map((message) => [slug, message.event, definition, message] as const),
  );
  it.each(messages)('%s believes and understands a webhook: %s', (_slug, _event, definition, message) => {
    const webhook = webhookOf(definition);
    const events = readEvents(webhook, message.rawBody);
    expect(events.map((event) => findEvent(webhook, event)?.means)).toEqual(message.means);
    for (const event of events) expect(String(readPath(event, webhook.userIDAt))).toBe(message.userID);
    const { signed } = message;
    if (signed === undefined) {
      expect(webhook.authentication.by).toBe('secret-path');
      return;
    }
    expect(message.headers[signed.header]).toBe(signed.value);
    expect(isSigned(webhook, message, signed.key)).toBe(true);
    expect(isSigned(webhook, { ...message, rawBody: `${message.rawBody} ` }, signed.key)).toBe(false);
  });
});

function webhookOf({ delivery }: NamedDefinition) {
  if (delivery === undefined || !('webhook' in delivery)) throw new Error('it has no webhook');
  return delivery.webhook;
}

describe('the sandbox', () => {
  let played: PlayedSandbox;
  beforeAll(async () => {
    played = await playSandbox();
  });
  afterAll(() => played.sandbox.close());

  /** Differences beyond those that the document lists with a reason, and those that it lists and that are none. */
  function expectOnly(
    part: { readonly sandboxDiffers?: Readonly<Record<string, string>> },
    differences: readonly string[],
  ) {
    expect([...new Set(differences)].sort()).toEqual(Object.keys(part.sandboxDiffers ?? {}).sort());
  }

  it.each(having('authorization'))(
    '%s shows its page for what is documented',
    async (slug, definition, { is }) => {
      const client = played.client(slug);
      const all = new URL(client.requestUrl({ verifier: 'v'.repeat(43) })).searchParams;
      // What a server demands although the document does not name it would be refused here.
      const named = definition.auth.kind === 'smart' ? [...all.keys()] : is.parameters;
      const change = Object.fromEntries(
        [...all.keys()].filter((name) => !named.includes(name)).map((name) => [name, undefined]),
      );
      const url = client.requestUrl({ verifier: 'v'.repeat(43), change: { ...change, ...is.values } });
      expect((await client.send('GET', url)).status).toBe(200);
    },
  );

  it.each(having('answerToCode'))(
    '%s answers a code with the same fields',
    async (slug, _definition, part) => {
      const { reply } = await played.client(slug).connect(played.person(slug).userID);
      expect(reply.status).toBe(200);
      const body = writeBody(part.is);
      expectOnly(part, findShapeDifferences(body, reply.json));
    },
  );

  it.each(having('answerToRefresh'))(
    '%s answers a refresh with the same fields',
    async (slug, _definition, part) => {
      const client = played.client(slug);
      const { userID } = played.person(slug, 1);
      const { refresh } = await client.connect(userID);
      const reply = await client.refresh(refresh, { userID });
      expect(reply.status).toBe(200);
      expectOnly(part, findShapeDifferences(part.is.body, reply.json));
    },
  );

  it.each(having('revocation'))(
    '%s answers a revocation as is documented',
    async (slug, _definition, part) => {
      const reply = await giveBack(played, slug, 2);
      expect(reply.status).toBe(part.is.status);
      expectOnly(part, isObject(reply.json) ? findShapeDifferences(part.is.body ?? {}, reply.json) : []);
    },
  );

  it.each(having('data'))('%s answers pages of data with the same fields', (slug, definition, part) => {
    const differences = part.is.flatMap((page) => {
      const names = findShapeDifferences(page.answer, askForPage(definition, page));
      // Documents show excerpts, and what stands in a record is the record's own matter.
      return names
        .filter((name) => !name.endsWith('played, not documented') && !name.startsWith('entry.*.resource.'))
        .map((name) => `${page.resource} ${name}`);
    });
    expectOnly(part, differences);
    expect(slug).toBe(definition.slug);
  });

  it.each(having('webhooks'))(
    '%s sends webhooks with the same headers and fields',
    (slug, definition, part) => {
      const differences = part.is.flatMap((message) => {
        const [sent] = askForWebhook(definition, message);
        if (sent === undefined) return [`${message.event}: documented, not played`];
        const read = (text: string) =>
          JSON.parse(JSON.stringify(readEvents(webhookOf(definition), text)[0])) as unknown;
        const headers = Object.keys(message.headers).filter((name) => !(name in sent.headers));
        return [
          ...headers.map((name) => `${message.event} header ${name}: documented, not played`),
          ...findShapeDifferences(read(message.rawBody), read(sent.rawBody))
            .filter((one) => !one.endsWith('played, not documented'))
            .map((one) => `${message.event} ${one}`),
        ];
      });
      expectOnly(part, differences);
      expect(slug).toBe(definition.slug);
    },
  );
});
