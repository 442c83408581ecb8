import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { Webhook } from '../../definitions/shape/delivery.ts';
import { readPath } from '../../definitions/readPath.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Viewer } from '../data/listItems.ts';
import { writeLocal, type Life } from '../data/life/life.ts';
import { writeUserID } from '../data/people.ts';
import { findVendorData, type Item, type News } from '../data/vendorData.ts';
import { writePath } from '../../definitions/writePath.ts';
import { isObject } from '../../platform/members/isObject.ts';
import type { Notice } from './chooseNotices.ts';

interface Subject extends Viewer {
  readonly definition: NamedDefinition;
  readonly webhook: Webhook;
  readonly notice: Notice;
  readonly item: Item | undefined;
  readonly scopes: readonly string[];
}

/**
 * One event as the definition reads it: its conditions hold, and user, item, period, resource and scopes stand where
 * they are looked for. What else the vendor writes comes from its file.
 */
export function writeNotice(subject: Subject): unknown {
  const { definition, webhook, notice, item, life, now } = subject;
  const { event, resource } = notice;
  const itemID = idOf(subject);
  const news: News = omitUndefined({ life, event, now, resource, item, itemID });
  const isCarried = event.means === 'data' && event.carriesItem === true;
  const also = dropUndefined(findVendorData(definition).notice?.(news) ?? {});
  const carried = isCarried ? item?.value : undefined;
  const plain = { ...carried, ...also };
  return [
    ...conditionsOf(subject, plain),
    ...(isCarried ? [] : [[webhook.itemIDAt, itemID] as const]),
    ...periodOf(subject),
    ...meaningOf(subject),
    [webhook.userIDAt, writeUserID(definition, life.person)] as const,
  ].reduce<unknown>(
    (content, [path, value]) =>
      path === undefined || value === undefined ? content : writePath(content, path, value),
    plain,
  );
}

/** A path of the event, and what is written there; nothing is, where either is missing. */
type Written = readonly [path: string | undefined, value: unknown];

/** Members of objects that have no value are left out, as JSON does. */
function dropUndefined(value: unknown): object {
  return isObject(value) ? (JSON.parse(JSON.stringify(value)) as object) : {};
}

/** With lists, the condition is the name of the list. */
function conditionsOf({ webhook, notice: { event } }: Subject, plain: object): readonly Written[] {
  if (webhook.body === 'json-lists') return [];
  return event.when.map(({ path, equals }) => [path, equals ?? readPath(plain, path) ?? true]);
}

function meaningOf({ notice: { event, resource }, scopes }: Subject): readonly Written[] {
  switch (event.means) {
    case 'data':
    case 'data-deleted':
      return [[event.resourceAt, resource?.name]];
    case 'scopes-changed':
      return [[event.scopesAt, scopes]];
    case 'deregistered':
    case 'ignored':
      return [];
  }
}

function idOf({ notice: { resource }, item }: Subject): string | number | undefined {
  const id =
    item === undefined || resource?.itemID === undefined ? undefined : readPath(item.value, resource.itemID);
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** The first way of telling a period that the definition knows; an hour where there is no item. */
function periodOf({ webhook, notice: { event }, item, life, now }: Subject): readonly Written[] {
  const [period] = webhook.periodAt ?? [];
  if (period === undefined || (event.means !== 'data' && event.means !== 'data-deleted')) return [];
  const { from, to, format } = period;
  // A whole second after the end, which so lies inside.
  const bounds = { from: item?.startsAt ?? now - 3_600_000, to: (item?.endsAt ?? now) + 1_000 };
  return [
    [from, writeBound(life, bounds.from, format)],
    [to, writeBound(life, bounds.to, format)],
  ];
}

function writeBound(life: Life, at: number, format: 'epoch-s' | 'ymd'): string | number {
  return format === 'ymd' ? writeLocal(life, at).slice(0, 10) : Math.floor(at / 1000);
}
