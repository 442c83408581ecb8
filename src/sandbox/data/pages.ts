import { hash } from 'node:crypto';
import type { PageSize, Paging, Resource } from '../../definitions/shape/delivery.ts';
import type { SandboxCall } from '../server/sandboxCall.ts';
import type { Place, PlacedItem } from './listItems.ts';
import { readParameter } from './parameters.ts';
import { writePath } from '../../definitions/writePath.ts';

/** One page, and what its answer says of the next. */
export interface Page {
  readonly items: readonly PlacedItem[];
  /** Puts the way to the next page into the answer; the answer itself when there is none to tell. */
  tell(answer: unknown): unknown;
}

export interface PageQuestion {
  readonly call: SandboxCall;
  readonly resource: Resource;
  /** The same for the same time range: a token is good for that range alone. */
  readonly key: string;
  /** All items from a place on. */
  list(from?: Place): Iterable<PlacedItem>;
}

/** Sizes that the vendor chooses. */
const ownSize = { token: 1_000, offset: 100, link: 100 } as const;

/** The page that was asked for, or undefined when there cannot be such a page. */
export function takePage(question: PageQuestion): Page | undefined {
  const { paging } = question.resource;
  switch (paging.by) {
    case 'none':
      return { items: [...question.list()], tell: (answer) => answer };
    case 'link':
      return takeLinked(question, paging);
    case 'token':
      return takeByToken(question, paging);
    case 'number':
      return takeByNumber(question, paging);
    case 'offset':
      return takeByOffset(question, paging);
  }
}

type By<Kind extends Paging['by']> = Extract<Paging, { readonly by: Kind }>;

function takeByToken(question: PageQuestion, { read, send, size }: By<'token'>): Page | undefined {
  const token = readParameter(question.call, question.resource, send);
  const from = token === undefined || token === '' ? undefined : readToken(token, question.key);
  const count = readSize(question, size, ownSize.token);
  if ((from === undefined) !== (token === undefined || token === '') || count === undefined) return undefined;
  const { items, next } = cutPage(question.list(from), count);
  return {
    items,
    tell: (answer) =>
      next === undefined ? answer : writePath(answer, read, writeToken(next.place, question.key)),
  };
}

function takeLinked(question: PageQuestion, { path }: By<'link'>): Page | undefined {
  const { url } = question.call;
  const token = url.searchParams.get('after');
  const from = token === null ? undefined : readToken(token, question.key);
  const count = readSize(question, { parameter: 'limit', max: ownSize.link }, ownSize.link);
  if ((from === undefined) !== (token === null) || count === undefined) return undefined;
  const { items, next } = cutPage(question.list(from), count);
  const link = new URL(url);
  if (next !== undefined) link.searchParams.set('after', writeToken(next.place, question.key));
  return { items, tell: (answer) => writePath(answer, path, next === undefined ? '' : link.href) };
}

function takeByNumber(question: PageQuestion, { send, size }: By<'number'>): Page | undefined {
  const number = readCount(readParameter(question.call, question.resource, send) ?? '1');
  const count = readSize(question, size, Math.min(size.max, 30));
  if (number === undefined || number === 0 || count === undefined) return undefined;
  return { items: cutPage(question.list(), count, (number - 1) * count).items, tell: (answer) => answer };
}

function takeByOffset(question: PageQuestion, { send, more, read, size }: By<'offset'>): Page | undefined {
  const offset = readCount(readParameter(question.call, question.resource, send) ?? '0');
  const count = readSize(question, size, ownSize.offset);
  if (offset === undefined || count === undefined) return undefined;
  const { items, next } = cutPage(question.list(), count, offset);
  return {
    items,
    tell: (answer) => {
      const told = more === undefined ? answer : writePath(answer, more, next !== undefined);
      const at = next === undefined ? 0 : offset + items.length;
      return read === undefined ? told : writePath(told, read, at);
    },
  };
}

function cutPage(all: Iterable<PlacedItem>, count: number, skipped = 0) {
  const items: PlacedItem[] = [];
  let place = 0;
  for (const item of all) {
    place += 1;
    if (place <= skipped) continue;
    if (items.length === count) return { items, next: item };
    items.push(item);
  }
  return { items, next: undefined };
}

/** Sizes beyond the vendor's highest are cut down to it; undefined for what is no size. */
function readSize(
  { call, resource }: PageQuestion,
  size: PageSize | undefined,
  usual: number,
): number | undefined {
  if (size?.parameter === undefined) return size?.max ?? usual;
  const text = readParameter(call, resource, size.parameter);
  if (text === undefined) return Math.min(size.max, usual);
  const asked = readCount(text);
  return asked === undefined || asked === 0 ? undefined : Math.min(asked, size.max);
}

function readCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function writeToken({ day, index }: Place, key: string): string {
  return Buffer.from(`${day}.${index}.${digest(key)}`).toString('base64url');
}

function readToken(token: string, key: string): Place | undefined {
  const [, day, index, of] = /^(\d+)\.(\d+)\.(\w+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return of === digest(key) ? { day: Number(day), index: Number(index) } : undefined;
}

function digest(key: string): string {
  return hash('sha256', key, 'hex').slice(0, 12);
}
