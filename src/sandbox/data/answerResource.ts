import type { Resource } from '../../definitions/shape/delivery.ts';
import type { SandboxAnswer, SandboxCall, SandboxReader } from '../server/sandboxCall.ts';
import { findItem, listItems, type Source } from './listItems.ts';
import { describeLife, type Life } from './life/life.ts';
import type { Match } from './matchResources.ts';
import { takePage } from './pages.ts';
import { writeUserID } from './people.ts';
import { findShape } from './plainShape.ts';
import { reasons, refuseData } from './refusals.ts';
import { isReleased } from './releases.ts';
import type { Asked, Item, Shape } from './vendorData.ts';
import { readWindow } from './window.ts';
import { writePath } from '../../definitions/writePath.ts';
import { isObject } from '../../platform/members/isObject.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

interface Question {
  readonly call: SandboxCall;
  readonly reader: SandboxReader;
  readonly life: Life;
  readonly now: number;
}

/** The answer to a call for resources that share an address: what of them the participant has released. */
export function answerResource(
  call: SandboxCall,
  reader: SandboxReader,
  { matches, now }: { readonly matches: readonly Match[]; readonly now: number },
): SandboxAnswer {
  const { definition } = call;
  const [first] = matches;
  if (first === undefined) throw new Error('A call for data has a resource.');
  if (lacksHeader(call, first.resource)) return refuseData(definition, reasons.credentials);
  if (isOfOther(call, reader, first)) return refuseData(definition, reasons.item);
  const open = matches.filter(({ resource }) => isReleased(definition, reader.scopes, resource.needsScope));
  const [main] = open;
  if (main === undefined) return refuseData(definition, reasons.scope);
  const question = { call, reader, now, life: describeLife(reader.person) };
  const shape = findShape(definition, main.resource);
  if (main.isItem) return answerItem(question, main);
  if ('ofDay' in shape) return answerList(question, open);
  if ('ofItem' in shape) return answerPart(question, main, shape);
  if ('ofCall' in shape) return shape.ofCall(question.life, call) ?? refuseData(definition, reasons.item);
  return answerWith(question, main.resource, {
    around: shape.around?.(question.life, noTime(now)) ?? {},
    value: shape.ofPerson(question.life, now),
  });
}

/** A header that the definition sends with a value of the application's. Suunto. */
function lacksHeader({ headers }: SandboxCall, { headers: wanted = {} }: Resource): boolean {
  return Object.entries(wanted).some(
    ([name, value]) => value.includes('{') && (headers[name.toLowerCase()] ?? '') === '',
  );
}

/** Whether address or query name another person than the token's; `-` is whoever that is. */
function isOfOther({ url }: SandboxCall, { person }: SandboxReader, { resource, variables }: Match): boolean {
  const named = Object.entries(resource.query ?? {})
    .filter(([, value]) => value === '{userID}')
    .map(([name]) => url.searchParams.get(name) ?? '');
  return [...named, variables.userID ?? '-'].some((name) => name !== person.userID && name !== '-');
}

function answerList(question: Question, matches: readonly Match[]): SandboxAnswer {
  const { call, life, now } = question;
  const [{ resource, variables }] = matches as [Match];
  const sources = matches.flatMap((match): Source[] => {
    const shape = findShape(call.definition, match.resource);
    return 'ofDay' in shape ? [{ resource: match.resource, shape }] : [];
  });
  const window = readWindow(call, resource, { life, now, variables });
  if (window === undefined) return refuseData(call.definition, reasons.range);
  const page = takePage({
    call,
    resource,
    key: window.key,
    list: (from) => listItems(sources, window, omitUndefined({ life, now, from })),
  });
  if (page === undefined) return refuseData(call.definition, reasons.page);
  const asked = { firstDay: window.firstDay, lastDay: window.lastDay, items: page.items, now };
  const around = sources[0]?.shape.around?.(life, asked) ?? {};
  const values = page.items.map(({ value }) => value);
  return answerWith(question, resource, { around: page.tell(around), value: values });
}

/** One item by its identifier. */
function answerItem({ call, life, now }: Question, { resource, variables }: Match): SandboxAnswer {
  const item = findByID(call, resource, { life, now, itemID: variables.itemID ?? '' });
  return item === undefined ? refuseData(call.definition, reasons.item) : { status: 200, json: item.value };
}

/** What belongs to one item of another resource. */
function answerPart(
  question: Question,
  { resource, variables }: Match,
  shape: Extract<Shape, { readonly ofItem: unknown }>,
): SandboxAnswer {
  const { call, life, now } = question;
  const { delivery } = call.definition;
  const parents = delivery !== undefined && 'resources' in delivery ? delivery.resources : [];
  const parent = parents.find(({ name }) => name === resource.forEach);
  const item = parent && findByID(call, parent, { life, now, itemID: variables.itemID ?? '' });
  const value = item && shape.ofItem(life, item);
  if (value === undefined) return refuseData(call.definition, reasons.item);
  return answerWith(question, resource, { around: shape.around?.(life, noTime(now)) ?? {}, value });
}

function findByID(
  { definition }: SandboxCall,
  resource: Resource,
  { itemID, ...viewer }: { readonly life: Life; readonly now: number; readonly itemID: string },
): Item | undefined {
  const shape = findShape(definition, resource);
  return 'ofDay' in shape ? findItem({ resource, shape }, viewer, itemID) : undefined;
}

function noTime(now: number): Asked {
  return { firstDay: 0, lastDay: -1, items: [], now };
}

/** Puts the values where the definition has them, and the person's identifier where it is told with the data. */
function answerWith(
  { call, reader }: Question,
  { itemsAt, url }: Resource,
  { around, value }: { readonly around: unknown; readonly value: unknown },
): SandboxAnswer {
  const { definition } = call;
  const json = writePath(around, itemsAt, value);
  const sources = definition.auth.kind === 'none' ? [] : definition.auth.userID;
  const source = sources.find(
    (one) => one.from === 'first-data' || (one.from === 'call' && one.call.url === url),
  );
  const path = source?.from === 'call' || source?.from === 'first-data' ? source.path : undefined;
  return {
    status: 200,
    json:
      path !== undefined && isObject(json)
        ? writePath(json, path, writeUserID(definition, reader.person))
        : json,
  };
}
