import type { Webhook } from '../../definitions/shape/delivery.ts';
import { isObject } from '../../platform/members/isObject.ts';
import type { Notice } from './chooseNotices.ts';

interface Told {
  readonly notice: Notice;
  readonly content: unknown;
}

interface Packed {
  readonly body: Uint8Array;
  readonly type: string;
}

/** Events as they go into bodies: all into one where the vendor sends lists, else each into its own. */
export function packMessages({ body }: Webhook, told: readonly Told[]): readonly Packed[] {
  if (told.length === 0) return [];
  switch (body) {
    case 'json-object':
      return told.map(({ content }) => pack(content));
    case 'json-array':
      return [pack(told.map(({ content }) => content))];
    case 'json-lists':
      return [pack(collectLists(told))];
    case 'form':
      return told.map(({ content }) => ({
        body: new TextEncoder().encode(new URLSearchParams(fieldsOf(content)).toString()),
        type: 'application/x-www-form-urlencoded',
      }));
  }
}

function pack(value: unknown): Packed {
  return { body: new TextEncoder().encode(JSON.stringify(value)), type: 'application/json' };
}

/** The name of an event's list is the path of its condition. */
function collectLists(told: readonly Told[]): object {
  const lists: Record<string, unknown[]> = {};
  for (const { notice, content } of told) {
    const name = notice.event.when[0]?.path ?? '';
    (lists[name] ??= []).push(content);
  }
  return lists;
}

function fieldsOf(content: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isObject(content) ? content : {}).map(([name, value]) => [name, String(value)]),
  );
}
