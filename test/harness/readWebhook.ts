import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Webhook, WebhookEvent } from '../../src/definitions/shape/delivery.ts';
import { readPath } from '../../src/definitions/readPath.ts';

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
}

/** The events of a message as its definition says that they are packed, each with the name of its list, if it has one. */
export function readEvents({ body }: Webhook, rawBody: string): readonly unknown[] {
  if (body === 'form') return [Object.fromEntries(new URLSearchParams(rawBody))];
  const parsed = JSON.parse(rawBody) as unknown;
  if (body !== 'json-lists') return Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  return Object.entries(parsed as object).flatMap(([list, events]) =>
    (events as object[]).map((event) => ({ ...event, [list]: true })),
  );
}

/** What the definition takes an event for: the first of its events that fits. */
export function findEvent({ events }: Webhook, event: unknown): WebhookEvent | undefined {
  return events.find(({ when }) =>
    when.every(({ path, equals }) => {
      const value = readPath(event, path);
      return equals === undefined ? value !== undefined : value === equals;
    }),
  );
}

/** Whether the signature of a message is the vendor's, by the facts of the definition; `key` is the vendor's own. */
export function isSigned({ authentication }: Webhook, { headers, rawBody }: Message, key: string): boolean {
  switch (authentication.by) {
    case 'secret-path':
      return false;
    case 'hook': {
      const names = [authentication.header, ...(authentication.otherHeaders ?? [])];
      const signature = names.map((name) => headers[name]).find((value) => value !== undefined) ?? '';
      return authentication.verify({ body: new TextEncoder().encode(rawBody), signature, keyset: key });
    }
    case 'hmac': {
      const { algorithm, encoding, message, header, timestamp } = authentication;
      const shown = headers[header] ?? '';
      const [, dotted = '', signed = ''] = /^t=([^,]*),v1=(.*)$/.exec(shown) ?? [];
      const isDotted = message === 'timestamp-dot-body';
      const time = isDotted ? dotted : timestamp === undefined ? '' : (headers[timestamp.header] ?? '');
      const text = { body: '', 'timestamp-then-body': time, 'timestamp-dot-body': `${time}.` }[message];
      const digest = createHmac(algorithm, key)
        .update(text + rawBody)
        .digest(encoding === 'base64' ? 'base64' : 'hex');
      const expected = encoding === 'hex-upper' ? digest.toUpperCase() : digest;
      const [one, other] = [Buffer.from(expected), Buffer.from(isDotted ? signed : shown)];
      return one.length === other.length && timingSafeEqual(one, other);
    }
  }
}
