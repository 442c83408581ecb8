import type { Resource, Webhook, WebhookEvent } from '../../definitions/shape/delivery.ts';
import type { SandboxEvent } from '../played/sandboxEvent.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** One notification that the vendor would send: which of the definition's events it is, and about what. */
export interface Notice {
  readonly event: WebhookEvent;
  readonly resource?: Resource;
}

/**
 * The notifications that tell of something. News of data without the name of a resource are told of all of which the
 * vendor tells, one each.
 */
export function chooseNotices(
  { events }: Webhook,
  resources: readonly Resource[],
  { means, resource: name }: Pick<SandboxEvent, 'means' | 'resource'>,
): readonly Notice[] {
  const fitting = events.filter((event) => event.means === means);
  const [first] = fitting;
  if (first === undefined) return [];
  if (means === 'scopes-changed' || means === 'deregistered') return [{ event: first }];
  if (name !== undefined) {
    const resource = resources.find((one) => one.name === name);
    const event =
      fitting.find((one) => tellsOf(one)?.includes(name) === true) ??
      fitting.find((one) => tellsOf(one) === undefined);
    return event === undefined || resource === undefined ? [] : [{ event, resource }];
  }
  // An event that names its resource, or none, stands for all of them; others say more.
  const exact = fitting.filter((event) => tellsOf(event) !== undefined);
  const [any] = fitting.filter((event) => tellsOf(event) === undefined);
  if (exact.length > 0) return exact.map((event) => aboutFirst(event, resources));
  if (any === undefined) return [];
  return nameIsTold(any) || means === 'data-deleted'
    ? resources.filter(({ itemID }) => itemID !== undefined).map((resource) => ({ event: any, resource }))
    : [{ event: any }];
}

function tellsOf(event: WebhookEvent): readonly string[] | undefined {
  return event.means === 'data' || event.means === 'data-deleted' ? event.resources : undefined;
}

function nameIsTold(event: WebhookEvent): boolean {
  return (event.means === 'data' || event.means === 'data-deleted') && event.resourceAt !== undefined;
}

function aboutFirst(event: WebhookEvent, resources: readonly Resource[]): Notice {
  const resource = resources.find(({ name }) => tellsOf(event)?.[0] === name);
  return omitUndefined({ event, resource });
}
