import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { Webhook, WebhookEvent } from '../../definitions/shape/delivery.ts';
import { readPath } from '../../definitions/readPath.ts';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import {
  DefinedClient,
  definitionOf,
  definitions,
  now,
  resourcesOf,
} from '../../../test/harness/definedClient.ts';
import { listPeople } from '../data/people.ts';
import type { WebhookKeys, WebhookMessage } from '../played/sandboxEvent.ts';
import { answerKeyset } from './answerKeyset.ts';
import type { SandboxEvent } from '../played/sandboxEvent.ts';
import { buildWebhook } from './buildWebhook.ts';

const keys: WebhookKeys = {
  clientID: 'sandbox-client',
  clientSecret: 'of the client',
  issuedSecret: 'issued',
  webhookSecret: 'ours',
};
const forger: WebhookKeys = {
  ...keys,
  clientSecret: 'guessed',
  issuedSecret: 'guessed',
  webhookSecret: 'guessed',
};
const clock = createFakeClock(now);

function webhookOf({ delivery }: NamedDefinition): Webhook | undefined {
  return delivery !== undefined && 'webhook' in delivery ? delivery.webhook : undefined;
}

/** Whether a receiver that knows the keys believes the message: written from the definition, not from the signer. */
function verifies(definition: NamedDefinition, { headers, body }: WebhookMessage, at = now): boolean {
  const { authentication } = webhookOf(definition)!;
  switch (authentication.by) {
    case 'secret-path': {
      const shown =
        authentication.clientIDHeader === undefined ? undefined : headers[authentication.clientIDHeader];
      return shown === undefined || shown === keys.clientID;
    }
    case 'hook': {
      const keyset = answerKeyset(
        {
          definition,
          url: new URL(authentication.keysetUrl),
          method: 'GET',
          headers: {},
          form: {},
          body: new Uint8Array(),
        },
        keys.clientSecret!,
      )!.text!;
      const signature = headers[authentication.header] ?? '';
      return headers['authorization'] === 'Bearer ours' && authentication.verify({ body, signature, keyset });
    }
    case 'hmac': {
      const header = headers[authentication.header] ?? '';
      const { timestamp } = authentication;
      const parts = new Map(header.split(',').map((part) => part.split('=') as [string, string]));
      const isJoined = authentication.message === 'timestamp-dot-body';
      const time = isJoined ? parts.get('t')! : timestamp === undefined ? '' : headers[timestamp.header]!;
      if (timestamp !== undefined) {
        const sentAt = Number(time) * (timestamp.unit === 's' ? 1000 : 1);
        if (!(Math.abs(at - sentAt) <= timestamp.ageMaxS * 1000)) return false;
      }
      const message = { body: '', 'timestamp-then-body': time, 'timestamp-dot-body': `${time}.` }[
        authentication.message
      ];
      const secret = {
        'client-secret': keys.clientSecret!,
        'client-secret-with-ampersand': `${keys.clientSecret!}&`,
        'issued-secret': keys.issuedSecret!,
      }[authentication.key];
      const digest = createHmac(authentication.algorithm, secret).update(message).update(body).digest();
      const given = isJoined ? parts.get('v1')! : header;
      const form = { 'hex-lower': /^[0-9a-f]+$/, 'hex-upper': /^[0-9A-F]+$/, base64: /^[A-Za-z0-9+/]+=*$/ }[
        authentication.encoding
      ];
      const claimed = Buffer.from(given, authentication.encoding === 'base64' ? 'base64' : 'hex');
      return form.test(given) && claimed.length === digest.length && timingSafeEqual(claimed, digest);
    }
  }
}

interface Received {
  readonly list?: string;
  readonly content: unknown;
}

/** Events of a body, as the definition says that they lie in it. */
function readEvents({ body: form }: Webhook, { body, headers }: WebhookMessage): Received[] {
  const text = new TextDecoder().decode(body);
  if (form === 'form') {
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    return [{ content: Object.fromEntries(new URLSearchParams(text)) }];
  }
  expect(headers['content-type']).toBe('application/json');
  const json = JSON.parse(text) as unknown;
  if (form === 'json-array') return (json as unknown[]).map((content) => ({ content }));
  if (form === 'json-object') return [{ content: json }];
  return Object.entries(json as Record<string, unknown[]>).flatMap(([list, events]) =>
    events.map((content) => ({ list, content })),
  );
}

/** The event that a receiver takes it for: the first whose conditions hold. */
function recognise({ events }: Webhook, { list, content }: Received): WebhookEvent | undefined {
  return events.find(({ when }) =>
    when.every(({ path, equals }) => {
      if (list !== undefined) return path === list;
      const value = readPath(content, path);
      return equals === undefined ? value !== undefined : value === equals;
    }),
  );
}

const told = definitions.flatMap((definition) => {
  const webhook = webhookOf(definition);
  if (webhook === undefined) return [];
  const means = [...new Set(webhook.events.map((event) => event.means))].filter((one) => one !== 'ignored');
  return means.map((one) => ({ name: `${definition.slug}: ${one}`, definition, webhook, means: one }));
});

describe.each(told)('$name', ({ definition, webhook, means }) => {
  const person = listPeople(definition)[2]!;
  const event: SandboxEvent = { means, person, scopes: ['HEALTH_EXPORT', 'MCT_EXPORT'] };
  const messages = buildWebhook(definition, event, { keys, clock });

  it('is recognised by a receiver that knows the definition alone, with user, item, period and scopes', () => {
    expect(messages.length).toBeGreaterThan(0);
    for (const received of messages.flatMap((message) => readEvents(webhook, message))) {
      const found = recognise(webhook, received);
      expect(found?.means).toBe(means);
      expect(String(readPath(received.content, webhook.userIDAt))).toBe(person.userID);
      if (found?.means === 'scopes-changed')
        expect(readPath(received.content, found.scopesAt!)).toEqual(event.scopes);
      if (found?.means !== 'data') continue;
      for (const { from, to, format } of webhook.periodAt?.slice(0, 1) ?? [])
        for (const path of [from, ...(to === undefined ? [] : [to])])
          expect(String(readPath(received.content, path))).toMatch(
            format === 'ymd' ? /^2026-0[45]-\d\d$/ : /^177\d{7}$/,
          );
      if (found.resourceAt !== undefined)
        expect(resourcesOf(definition).map(({ name }) => name)).toContain(
          readPath(received.content, found.resourceAt),
        );
    }
  });

  it('verifies, and not when a byte, the sender or the time is another', () => {
    const { authentication } = webhook;
    for (const message of messages) {
      expect(verifies(definition, message)).toBe(true);
      if (authentication.by === 'secret-path') continue;
      const tampered = message.body.slice();
      tampered[tampered.length - 3]! ^= 1;
      expect(verifies(definition, { ...message, body: tampered })).toBe(false);
      if (authentication.by === 'hmac' && authentication.timestamp !== undefined)
        expect(verifies(definition, message, now + 301_000)).toBe(false);
    }
    if (authentication.by === 'secret-path') {
      const [other] = buildWebhook(definition, event, { keys: { ...forger, clientID: 'other' }, clock });
      if (authentication.clientIDHeader !== undefined) expect(verifies(definition, other!)).toBe(false);
    } else
      for (const forged of buildWebhook(definition, event, { keys: forger, clock }))
        expect(verifies(definition, forged)).toBe(false);
  });

  it('names each resource by itself when it is asked to', () => {
    if (means !== 'data') return;
    for (const { name } of resourcesOf(definition)) {
      const own = buildWebhook(definition, { means, person, resource: name }, { keys, clock });
      for (const received of own.flatMap((message) => readEvents(webhook, message))) {
        const found = recognise(webhook, received);
        if (found?.means !== 'data') throw new Error(`${name} is told as ${String(found?.means)}`);
        if (found.resourceAt !== undefined) expect(readPath(received.content, found.resourceAt)).toBe(name);
        else if (found.resources !== undefined) expect(found.resources).toContain(name);
      }
    }
  });
});

describe('an item that is named', () => {
  it('is there when it is asked for', () => {
    const asked = told.filter(({ means, webhook }) => means === 'data' && webhook.itemIDAt !== undefined);
    let found = 0;
    for (const { definition, webhook } of asked) {
      const client = new DefinedClient(definition, 2);
      for (const resource of resourcesOf(definition)) {
        if (resource.itemUrl === undefined) continue;
        const event = { means: 'data', person: client.person, resource: resource.name } as const;
        for (const message of buildWebhook(definition, event, { keys, clock }))
          for (const { content } of readEvents(webhook, message)) {
            const itemID = String(readPath(content, webhook.itemIDAt!));
            const { status, json } = client.get(resource.itemUrl.replace('{itemID}', itemID));
            expect(status).toBe(200);
            expect(String(readPath(json, resource.itemID!))).toBe(itemID);
            found += 1;
          }
      }
    }
    expect(found).toBeGreaterThan(20);
  });

  it('lies in the period that is told', () => {
    const definition = definitionOf('withings');
    const client = new DefinedClient(definition, 2);
    const weight = resourcesOf(definition)[0]!;
    const [message] = buildWebhook(
      definition,
      { means: 'data', person: client.person, resource: 'weight' },
      { keys, clock },
    );
    const { startdate, enddate } = Object.fromEntries(
      new URLSearchParams(new TextDecoder().decode(message!.body)),
    );
    const items = client.items(weight, { from: Number(startdate) * 1000, to: Number(enddate) * 1000 });
    expect(items).toHaveLength(1);
  });
});

describe('data that are pushed', () => {
  const definition = definitionOf('garmin');
  const client = new DefinedClient(definition, 2);

  it('are the items that the data API has', () => {
    const [message] = buildWebhook(
      definition,
      { means: 'data', person: client.person, resource: 'sleeps' },
      { keys, clock },
    );
    const { sleeps } = JSON.parse(new TextDecoder().decode(message!.body)) as { sleeps: unknown[] };
    const sleep = resourcesOf(definition).find(({ name }) => name === 'sleeps')!;
    expect(client.items(sleep, { from: now - 86_400_000, to: now })).toEqual(sleeps);
  });

  it('are all of the history that was asked for, and of nothing else', () => {
    const period = { from: Date.UTC(2026, 3, 4), to: Date.UTC(2026, 4, 4) };
    const event = { means: 'data', person: client.person, resource: 'epochs', period } as const;
    const [message] = buildWebhook(definition, event, { keys, clock });
    const { epochs } = JSON.parse(new TextDecoder().decode(message!.body)) as {
      epochs: { summaryId: string }[];
    };
    expect(epochs).toHaveLength(30 * 96);
    expect(new Set(epochs.map(({ summaryId }) => summaryId)).size).toBe(epochs.length);
  });

  it('may be a file, of which the address is told', () => {
    const event = { means: 'data', person: client.person, resource: 'activityFiles' } as const;
    const [message] = buildWebhook(definition, event, { keys, clock });
    const { activityFiles } = JSON.parse(new TextDecoder().decode(message!.body)) as {
      activityFiles: { callbackURL: string }[];
    };
    const url = new URL(activityFiles[0]!.callbackURL);
    expect(webhookOf(definition)!.callback!.hosts).toContain(url.host);
    expect(client.get(url.href).text).toContain('<TrainingCenterDatabase');
  });
});

describe('nothing', () => {
  const person = listPeople(definitionOf('oura'))[2]!;

  it('is sent by vendors without webhooks, for what they do not tell of, and about what nobody has', () => {
    const build = (slug: string, event: Omit<SandboxEvent, 'person'>) =>
      buildWebhook(
        definitionOf(slug),
        { ...event, person: listPeople(definitionOf(slug))[0]! },
        { keys, clock },
      );
    expect(build('dexcom', { means: 'data' })).toEqual([]);
    expect(build('oura', { means: 'deregistered' })).toEqual([]);
    expect(build('oura', { means: 'data', resource: 'no such' })).toEqual([]);
    // A man.
    expect(build('garmin', { means: 'data', resource: 'mct' })).toEqual([]);
  });

  it('is sent unsigned by a vendor that signs', () => {
    expect(() =>
      buildWebhook(definitionOf('oura'), { means: 'data', person }, { keys: { clientID: 'x' }, clock }),
    ).toThrow('signs its webhooks');
  });
});
