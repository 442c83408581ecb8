import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { Resource, Webhook } from '../../definitions/shape/delivery.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { findLast, listItems, type Viewer } from '../data/listItems.ts';
import { describeLife } from '../data/life/life.ts';
import { findShape } from '../data/plainShape.ts';
import type { Item } from '../data/vendorData.ts';
import { spanOf } from '../data/window.ts';
import type { SandboxEvent, WebhookKeys, WebhookMessage } from '../played/sandboxEvent.ts';
import { chooseNotices, type Notice } from './chooseNotices.ts';
import { packMessages } from './packMessages.ts';
import { signWebhook } from './signWebhook.ts';
import { writeNotice } from './writeNotice.ts';

/**
 * What the vendor would send when this happens, ready to be posted, signed at the clock's time; empty where the vendor
 * tells nothing of it, or the person has no such data. It names items that its data answers have at that time.
 *
 * @throws {Error} when the vendor signs with a secret that is not among the keys
 */
export function buildWebhook(
  definition: NamedDefinition,
  event: SandboxEvent,
  { keys, clock }: { readonly keys: WebhookKeys; readonly clock: Clock },
): readonly WebhookMessage[] {
  const { delivery } = definition;
  if (delivery === undefined || !('webhook' in delivery)) return [];
  const { webhook, resources } = delivery;
  const now = clock.now();
  const viewer = { life: describeLife(event.person), now };
  const told = chooseNotices(webhook, resources, event).flatMap((notice) =>
    itemsOf(definition, notice, { ...viewer, event, webhook }).map((item) => ({
      notice,
      content: writeNotice({ ...viewer, definition, webhook, notice, item, scopes: event.scopes ?? [] }),
    })),
  );
  return packMessages(webhook, told).map(({ body, type }) => ({
    headers: { 'content-type': type, ...signWebhook(webhook.authentication, body, { keys, now }) },
    body,
  }));
}

/** What a notice is about: items, or (undefined) nothing that could be named. No entry: there is nothing to tell. */
function itemsOf(
  definition: NamedDefinition,
  { event, resource }: Notice,
  {
    webhook,
    event: happened,
    ...viewer
  }: Viewer & { readonly webhook: Webhook; readonly event: SandboxEvent },
): readonly (Item | undefined)[] {
  if (resource === undefined || (event.means !== 'data' && event.means !== 'data-deleted'))
    return [undefined];
  const shape = findShape(definition, resource);
  // Garmin's files are told by their address alone.
  if (!('ofDay' in shape)) return [undefined];
  const source = { resource, shape };
  const { period } = happened;
  if (period !== undefined && event.means === 'data' && event.carriesItem === true)
    return [...listItems([source], spanOf(viewer.life, period), viewer)];
  const last = findLast(source, viewer);
  if (last !== undefined) return [last];
  return needsItem(webhook, resource) ? [] : [undefined];
}

function needsItem({ itemIDAt }: Webhook, { itemID }: Resource): boolean {
  return itemIDAt !== undefined && itemID !== undefined;
}
