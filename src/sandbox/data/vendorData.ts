import { join } from 'node:path';
import type { Resource, WebhookEvent } from '../../definitions/shape/delivery.ts';
import { loadFolder } from '../../platform/loading/loadFolder.ts';
import type { SandboxAnswer, SandboxCall } from '../server/sandboxCall.ts';
import type { Life } from './life/life.ts';

/**
 * What a definition does not say of a vendor: how it names people, and what its items look like. A file of
 * `vendors/`, named like the definition's, exports it as `vendor`. Resources without a shape get the plainest one
 * that fits the definition.
 */
export interface VendorData {
  /** Default: `guid`. */
  readonly userIDs?: UserIDStyle;
  /** By name of the resource. */
  readonly shapes?: Readonly<Record<string, Shape>>;
  /** Fields of a notification beside those that the definition names. */
  readonly notice?: (news: News) => object;
  /** Parameters of a challenge beside those that the definition names. */
  readonly challenge?: Readonly<Record<string, string>>;
}

/** `number`: on the wire a number. All others are text. */
export type UserIDStyle =
  'number' | 'long-number' | 'negative-number' | 'guid' | 'hex32' | 'base36' | 'word' | 'record';

/** Something that happened: what is asked for by time. */
export interface Item {
  /** Milliseconds since the epoch. It is there from its end on. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** How the answers of one resource are written. */
export type Shape = DayShape | PersonShape | ItemShape | CallShape;

export interface DayShape {
  /**
   * What belongs to one local day, in order of time. Depends on nothing but person and day: what has not ended yet
   * is left out by the caller.
   */
  readonly ofDay: (life: Life, day: number) => readonly Item[];
  /** The answer into which the list of items is put. */
  readonly around?: Around;
  /** What is told of an item that is not final yet, where the definition knows such. */
  readonly beforeFinal?: (value: Item['value']) => Item['value'];
}

interface PersonShape {
  /** What stands at `itemsAt`, without a time. */
  readonly ofPerson: (life: Life, now: number) => unknown;
  readonly around?: Around;
}

interface ItemShape {
  /** What belongs to one item of the resource that `forEach` names, as it stands at `itemsAt`. */
  readonly ofItem: (life: Life, item: Item) => unknown;
  readonly around?: Around;
}

type Around = (life: Life, asked: Asked) => object;

interface CallShape {
  /** For what is no JSON, or is asked for in a way of its own; undefined: there is nothing. */
  readonly ofCall: (life: Life, call: SandboxCall) => SandboxAnswer | undefined;
}

/** The local days that were asked for, and the page; no days where no time was asked for. */
export interface Asked {
  readonly firstDay: number;
  readonly lastDay: number;
  readonly items: readonly Item[];
  readonly now: number;
}

/** What a notification is about. */
export interface News {
  readonly life: Life;
  readonly event: WebhookEvent;
  readonly resource?: Resource;
  readonly item?: Item;
  readonly itemID?: string | number;
  readonly now: number;
}

const vendors = new Map(
  (await loadFolder(join(import.meta.dirname, 'vendors'), 'vendor')).map(({ name, value }) => [
    name,
    value as VendorData,
  ]),
);

/** What is known of a vendor beyond its definition; empty for one without a file. */
export function findVendorData({ slug }: { readonly slug: string }): VendorData {
  return vendors.get(slug) ?? {};
}
