import { describe, expect, it } from 'vitest';
import { isFailure, judgeError } from '../../definitions/judgeError.ts';
import { readPath } from '../../definitions/readPath.ts';
import {
  dayMs,
  DefinedClient,
  definitions,
  findWrong,
  now,
  resourcesOf,
} from '../../../test/harness/definedClient.ts';

/** Lists by time; others are one thing, or belong to another item. */
const listed = definitions.flatMap((definition) =>
  resourcesOf(definition)
    .filter(({ range, forEach }) => range !== undefined && forEach === undefined)
    .map((resource) => ({
      name: `${definition.slug} ${resource.name}`,
      definition,
      resource,
      range: resource.range!,
    })),
);
/** What nobody has, or has seldom. */
const mayBeEmpty = ['googleHealth irregular-rhythm-notification'];

describe.each(listed)('$name', ({ name, definition, resource, range }) => {
  const days = Math.min(range.daysMax ?? 28, 28);
  const midnight = Date.UTC(2026, 4, 3);
  const bounds = { from: midnight - days * dayMs, to: midnight };
  /** A woman with diabetes, so that there is everything. */
  const client = new DefinedClient(definition, 2);

  it('has items where the definition says, with identifier, change and local time', () => {
    const items =
      days > 1
        ? client.items(resource, bounds)
        : Array.from({ length: 28 }, (_, place) => midnight - place * dayMs).flatMap((to) =>
            client.items(resource, { from: to - dayMs, to }),
          );
    if (!mayBeEmpty.includes(name)) expect(items.length).toBeGreaterThan(0);
    const { itemID } = resource;
    for (const item of items) {
      const wrong = findWrong(resource, item);
      if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: ${JSON.stringify(item)}`);
    }
    if (itemID !== undefined)
      expect(new Set(items.map((item) => readPath(item, itemID))).size).toBe(items.length);
  });

  it('gives each item once, in the same order and bytes, whatever the size of pages', () => {
    const sizes = resource.paging.by === 'none' ? [undefined, 7] : [undefined, 1_000, 7, 3];
    const [whole, ...others] = sizes.map((size) => {
      // Pages of three of a thousand points each are no news.
      const few =
        size !== undefined &&
        size < 100 &&
        definition.slug === 'googleHealth' &&
        resource.itemID === undefined;
      const span = few ? { from: bounds.to - 3_600_000, to: bounds.to } : bounds;
      return few
        ? [JSON.stringify(client.items(resource, span, size)), JSON.stringify(client.items(resource, span))]
        : [JSON.stringify(client.items(resource, bounds, size)), undefined];
    });
    for (const [paged, unpaged] of others) expect(paged).toBe(unpaged ?? whole![0]);
  });

  it('gives the same for a time in two parts as in one, wherever it is parted', () => {
    if (range.to === undefined) return;
    const byDay = ['ymd', 'ymd-compact'].includes(range.format);
    const whole = JSON.stringify(client.items(resource, bounds));
    // In her zone it is midnight at seven; an hour before she is already asleep.
    for (const hour of byDay ? [0] : [1, 6, 7, 12]) {
      const middle = bounds.to - (days > 1 ? 9 * dayMs : dayMs) + hour * 3_600_000;
      const parts = [
        ...client.items(resource, { from: bounds.from, to: byDay ? middle - dayMs : middle }),
        ...client.items(resource, { from: middle, to: bounds.to }),
      ];
      expect(JSON.stringify(parts)).toBe(whole);
    }
  });

  it('tells nothing that has not happened yet, and the same of the past when time has passed', () => {
    const later = new DefinedClient(definition, 2);
    later.now = now + 40 * dayMs;
    const past = JSON.stringify(client.items(resource, bounds));
    if (range.to !== undefined || range.daysMax !== undefined)
      expect(JSON.stringify(later.items(resource, bounds))).toBe(past);
    const future = { from: client.now + 2 * dayMs, to: client.now + 3 * dayMs };
    expect(client.items(resource, future)).toEqual([]);
  });

  it('refuses a range that is too long or cannot be read, in words that are no end of the consent', () => {
    const refusals = [
      ...(range.daysMax !== undefined && range.to !== undefined
        ? [client.ask(resource, { from: bounds.from - (range.daysMax + 3) * dayMs, to: bounds.to })]
        : []),
      ...(range.place === 'address' || range.format === 'aip-160'
        ? []
        : [client.ask(resource, bounds, { [range.from]: 'soon' })]),
      ...(range.format === 'aip-160'
        ? ['', ' OR x > 1', '; drop'].map((rest) =>
            client.ask(resource, bounds, { [range.from]: `other.field >= "2026"${rest}` }),
          )
        : []),
    ];
    for (const { status, json } of refusals) {
      expect(readPath(json, resource.itemsAt)).not.toBeInstanceOf(Array);
      expect(isFailure(definition, 'data', { status, body: json })).toBe(true);
      expect(judgeError(definition, 'data', { status, body: json })).toBe('failed');
    }
  });

  it('refuses who has not released it', () => {
    if (resource.needsScope === undefined) return;
    const reader = new DefinedClient(definition, 2);
    // What is released besides does not help, unless it has the same address or contains it.
    const sameAddress = resourcesOf(definition).filter(({ url }) => url === resource.url);
    const { auth } = definition;
    const opens = (scope: string) =>
      sameAddress.some(
        ({ needsScope }) =>
          needsScope === scope ||
          (auth.kind !== 'none' &&
            auth.scopes.some(({ name, includes }) => name === scope && includes?.includes(needsScope!))),
      );
    reader.scopes = reader.scopes.filter((scope) => !opens(scope));
    const { status, json } = reader.ask(resource, bounds);
    const verdict = judgeError(definition, 'data', { status, body: json });
    const hasRule = definition.errors.some((rule) => rule.verdict === 'scope-missing');
    if (hasRule) expect(verdict).toBe('scope-missing');
    else expect(status).toBe(403);
    expect(readPath(json, resource.itemsAt)).not.toBeInstanceOf(Array);
  });
});
