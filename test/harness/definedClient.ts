import { join } from 'node:path';
import { expect } from 'vitest';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { Resource, TimeRange } from '../../src/definitions/shape/delivery.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { readPath } from '../../src/definitions/readPath.ts';
import { createAddressPatterns, type AddressPatterns } from '../../src/sandbox/data/addressPatterns.ts';
import { answerDataCall } from '../../src/sandbox/data/answerDataCall.ts';
import { listPeople } from '../../src/sandbox/data/people.ts';
import { writePath } from '../../src/definitions/writePath.ts';
import type { SandboxAnswer, SandboxPerson } from '../../src/sandbox/server/sandboxCall.ts';
import { createFakeClock } from './fakeClock.ts';

export const definitions = [
  ...(await readDefinitions(join(import.meta.dirname, '../../src/providers'))).values(),
];
export const dayMs = 86_400_000;
export const now = Date.parse('2026-05-04T15:02:01.500Z');

/** A client of a sandbox's data as the definition tells one to be; it knows nothing else of the provider. */
export class DefinedClient {
  readonly person: SandboxPerson;
  scopes: readonly string[];
  now = now;
  readonly definition: NamedDefinition;
  readonly #patterns: AddressPatterns;

  constructor(definition: NamedDefinition, place = 0) {
    this.definition = definition;
    this.#patterns = createAddressPatterns(definition);
    this.person = listPeople(definition)[place]!;
    this.scopes = resourcesOf(definition).flatMap(({ needsScope }) => needsScope ?? []);
  }

  /** Answers of all pages from the first on. */
  pages(resource: Resource, bounds: Bounds, size?: number): SandboxAnswer[] {
    const answers: SandboxAnswer[] = [];
    let extra: Record<string, string> = {};
    let url: string | undefined;
    for (;;) {
      const answer =
        url === undefined
          ? this.ask(resource, bounds, { ...sizeOf(resource, size), ...extra })
          : this.get(url);
      answers.push(answer);
      if (answer.status !== 200 || answers.length > 2_000) return answers;
      const next = follow(resource, answer, answers.length, size);
      if (next === undefined) return answers;
      if ('url' in next) url = next.url;
      else extra = next;
    }
  }

  items(resource: Resource, bounds: Bounds, size?: number): unknown[] {
    return this.pages(resource, bounds, size).flatMap((answer) => {
      expect(answer.status).toBe(200);
      expect(readPath(answer.json, resource.itemsAt)).toBeDefined();
      return listOf(resource, answer);
    });
  }

  ask(resource: Resource, bounds: Bounds, extra: Record<string, string> = {}, itemID = ''): SandboxAnswer {
    const { range } = resource;
    const texts = range === undefined ? {} : writeBounds(range, bounds);
    const fill = (text: string) =>
      text.replaceAll(
        /\{(\w+)\}/g,
        (whole, name: string) => this.#variables({ ...texts, itemID })[name] ?? whole,
      );
    const fields = { ...(range?.place === 'address' ? {} : texts), ...extra };
    const url = new URL(fill(resource.url));
    let json: unknown = resource.json ?? {};
    const form = Object.fromEntries(
      Object.entries(resource.form ?? {}).map(([name, value]) => [name, fill(value)]),
    );
    for (const [name, value] of Object.entries(resource.query ?? {})) url.searchParams.set(name, fill(value));
    for (const [name, value] of Object.entries(fields))
      if (resource.method === 'GET') url.searchParams.set(name, value);
      else if (resource.json === undefined) form[name] = value;
      else json = writePath(json, name, value);
    return this.send({ method: resource.method, url, form, json, headers: resource.headers ?? {} });
  }

  get(url: string): SandboxAnswer {
    return this.send({ method: 'GET', url: new URL(url), form: {}, json: {}, headers: {} });
  }

  send(request: SentRequest): SandboxAnswer {
    const { method, url, form, json } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const body = new TextEncoder().encode(JSON.stringify(json));
    const answer = answerDataCall(
      { definition: this.definition, method, url, headers, form, body },
      { person: this.person, scopes: this.scopes },
      { clock: createFakeClock(this.now), patterns: this.#patterns },
    );
    if (answer === undefined) throw new Error(`${url.href} is no address of data`);
    return answer;
  }

  #variables(known: Record<string, string>): Record<string, string | undefined> {
    const { regions, settings = {} } = this.definition;
    const examples = Object.entries(settings).map(([name, { example }]) => [name, example] as const);
    return {
      ...regions?.values[regions.default],
      ...Object.fromEntries(examples),
      userID: this.person.userID,
      clientID: 'client',
      clientSecret: 'secret',
      ...known,
    };
  }
}

export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly form: Readonly<Record<string, string>>;
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Bounds {
  readonly from: number;
  readonly to: number;
}

export function resourcesOf({ delivery }: NamedDefinition): readonly Resource[] {
  return delivery !== undefined && 'resources' in delivery ? delivery.resources : [];
}

function write(instant: number, format: string): string {
  const iso = new Date(instant).toISOString();
  return {
    'epoch-s': String(Math.floor(instant / 1000)),
    'epoch-ms': String(instant),
    'iso-z': `${iso.slice(0, 19)}Z`,
    'iso-without-zone': iso.slice(0, 19),
    ymd: iso.slice(0, 10),
    'ymd-compact': iso.slice(0, 10).replaceAll('-', ''),
  }[format]!;
}

function writeBounds(range: TimeRange, { from, to }: Bounds): Record<string, string> {
  if (range.format === 'aip-160') {
    const literal = range.literal ?? 'iso-z';
    const end = range.to === undefined ? '' : ` AND ${range.field} < "${write(to, literal)}"`;
    return { [range.from]: `${range.field} >= "${write(from, literal)}"${end}` };
  }
  return {
    [range.from]: write(from, range.format),
    ...(range.to !== undefined && { [range.to]: write(to, range.format) }),
  };
}

function sizeOf({ paging }: Resource, size?: number): Record<string, string> {
  const parameter = 'size' in paging ? paging.size.parameter : undefined;
  if (parameter !== undefined) return size === undefined ? {} : { [parameter]: String(size) };
  return paging.by === 'link' && size !== undefined ? { limit: String(size) } : {};
}

export function listOf({ itemsAt }: Resource, { json }: SandboxAnswer): unknown[] {
  const found = readPath(json, itemsAt);
  return Array.isArray(found) ? found : [found];
}

/** Where the next page is, as a client reads it. */
function follow(resource: Resource, answer: SandboxAnswer, page: number, size?: number) {
  const { paging } = resource;
  const count = listOf(resource, answer).length;
  switch (paging.by) {
    case 'none':
      return undefined;
    case 'link': {
      const url = readPath(answer.json, paging.path);
      return typeof url === 'string' && url !== '' ? { url } : undefined;
    }
    case 'token': {
      const token = readPath(answer.json, paging.read);
      return typeof token === 'string' && token !== '' ? { [paging.send]: token } : undefined;
    }
    case 'number':
      return count === 0 ? undefined : { [paging.send]: String(page + 1) };
    case 'offset': {
      if (paging.more !== undefined)
        return readPath(answer.json, paging.more) === true
          ? { [paging.send]: String(readPath(answer.json, paging.read ?? '')) }
          : undefined;
      return count < (size ?? paging.size!.max)
        ? undefined
        : { [paging.send]: String(page * (size ?? paging.size!.max)) };
    }
  }
}

export function definitionOf(slug: string): NamedDefinition {
  return definitions.find((definition) => definition.slug === slug)!;
}

export function resourceOf(slug: string, name: string): Resource {
  return resourcesOf(definitionOf(slug)).find((resource) => resource.name === name)!;
}

/** What of an item is not where the definition looks for it. */
export function findWrong({ itemID, updatedAt, localTime }: Resource, item: unknown): string[] {
  const clock = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
  const at = (path: string) => {
    const value = readPath(item, path);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return [
    itemID !== undefined && at(itemID) === '' && 'identifier',
    updatedAt !== undefined && at(updatedAt) === '' && 'last change',
    localTime?.kind === 'offset' && !/^-(\d{5}|\d\d:00)$/.test(at(localTime.path)) && 'offset',
    localTime?.kind === 'zone' &&
      localTime.in === 'item' &&
      !/^(America|Pacific)\//.test(at(localTime.path)) &&
      'zone',
    localTime?.kind === 'two-clocks' &&
      !(clock.test(at(localTime.utc)) && clock.test(at(localTime.local))) &&
      'clocks',
  ].filter((one) => one !== false);
}
