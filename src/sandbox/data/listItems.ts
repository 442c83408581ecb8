import type { Resource } from '../../definitions/shape/delivery.ts';
import { readPath } from '../../definitions/readPath.ts';
import { hourMs } from './life/calendar.ts';
import { dayOf, firstDay, type Life } from './life/life.ts';
import type { DayShape, Item } from './vendorData.ts';
import type { Window } from './window.ts';
import { writePath } from '../../definitions/writePath.ts';

/** A resource with what its items look like. */
export interface Source {
  readonly resource: Resource;
  readonly shape: DayShape;
}

/** Where an item stands: the same whatever was asked for, so that a page can go on after it. */
export interface Place {
  readonly day: number;
  readonly index: number;
}

export type PlacedItem = Item & { readonly place: Place };

/** Whose items are looked at, and when. */
export interface Viewer {
  readonly life: Life;
  readonly now: number;
}

/** Everything of a window that has ended, in order, from a place on. Days before that place cost nothing. */
export function* listItems(
  sources: readonly Source[],
  window: Window,
  { life, now, from }: Viewer & { readonly from?: Place },
): Generator<PlacedItem> {
  const lastDay = Math.min(window.lastDay, dayOf(life, now) + 1);
  for (let day = Math.max(window.firstDay, from?.day ?? -Infinity); day <= lastDay; day += 1) {
    const items = sources.flatMap((source) => itemsOfDay(source, { life, now }, day));
    for (const [index, item] of items.entries()) {
      if (from !== undefined && day === from.day && index < from.index) continue;
      if (item.endsAt <= now && window.holds(item, day)) yield { ...item, place: { day, index } };
    }
  }
}

/** The latest item that has this identifier, or undefined. Looks through all days, the last one first. */
export function findItem(source: Source, viewer: Viewer, itemID: string): Item | undefined {
  return findLast(
    source,
    viewer,
    ({ value }) => String(readPath(value, source.resource.itemID ?? '')) === itemID,
  );
}

/** The latest item that has ended and fits. */
export function findLast(
  source: Source,
  viewer: Viewer,
  fits: (item: Item) => boolean = () => true,
): Item | undefined {
  const { life, now } = viewer;
  for (let day = dayOf(life, now) + 1; day >= firstDay; day -= 1) {
    const found = itemsOfDay(source, viewer, day).findLast((item) => item.endsAt <= now && fits(item));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For how long after its end an item is not final, where the vendor has such a state. */
const finalAfterMs = hourMs;

function itemsOfDay({ resource, shape }: Source, { life, now }: Viewer, day: number): readonly Item[] {
  const items = shape.ofDay(life, day);
  const { pendingWhen } = resource;
  if (pendingWhen === undefined) return items;
  return items.map((item) => {
    if (item.endsAt + finalAfterMs <= now) return item;
    const value = shape.beforeFinal?.(item.value) ?? item.value;
    return { ...item, value: writePath(value, pendingWhen.path, pendingWhen.equals) };
  });
}
