import { isObject } from '../../../platform/members/isObject.ts';
import type { FhirRecord } from './chart.ts';
import type { FhirServer } from './server.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';

/** The most that a server gives on one page, and what it gives unasked. */
const pageSizeMax = 100;
const pageSizeUsual = 20;

interface Search {
  readonly server: FhirServer;
  readonly url: URL;
  /** Everything that fits, in an order that does not change. */
  readonly matches: readonly FhirRecord[];
  /** What may be told beside the matches. */
  readonly record: readonly FhirRecord[];
}

/** One page of what was found, with a link to the next on the same server; undefined for a page that cannot be. */
export function pageOf({ server, url, matches, record }: Search): object | undefined {
  const count = readNumber(url.searchParams.get('_count') ?? String(pageSizeUsual));
  const from = readNumber(url.searchParams.get('_offset') ?? '0');
  if (count === undefined || from === undefined) return undefined;
  const size = Math.min(count, pageSizeMax);
  const page = size === 0 ? [] : matches.slice(from, from + size);
  const after = from + page.length;
  const links = [link('self', url)];
  if (page.length > 0 && after < matches.length) links.push(link('next', url, after));
  const entry = [
    ...page.map((resource) => entryOf(server, resource, 'match')),
    ...included(url, page, record).map((resource) => entryOf(server, resource, 'include')),
  ];
  return omitUndefined({
    resourceType: 'Bundle',
    type: 'searchset',
    total: matches.length,
    link: links,
    entry: entry.length > 0 ? entry : undefined,
  });
}

function readNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function link(relation: 'self' | 'next', url: URL, offset?: number) {
  const address = new URL(url);
  if (offset !== undefined) address.searchParams.set('_offset', String(offset));
  return { relation, url: address.href };
}

function entryOf({ base }: FhirServer, resource: FhirRecord, mode: 'match' | 'include') {
  return { fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode } };
}

/** What `_include=*` (Kaiser) and `_revinclude=Provenance:target` (US Core) add to a page, each thing once. */
function included(
  url: URL,
  page: readonly FhirRecord[],
  record: readonly FhirRecord[],
): readonly FhirRecord[] {
  const names = new Set(page.map(nameOf));
  const wanted = new Set<string>();
  if (url.searchParams.getAll('_include').includes('*'))
    for (const one of page) for (const name of referencesIn(one)) wanted.add(name);
  const withProvenance = url.searchParams.getAll('_revinclude').includes('Provenance:target');
  return record.filter((one) => {
    if (names.has(nameOf(one))) return false;
    if (wanted.has(nameOf(one))) return true;
    return (
      withProvenance &&
      one.resourceType === 'Provenance' &&
      referencesIn(one.target).some((name) => names.has(name))
    );
  });
}

function nameOf({ resourceType, id }: FhirRecord): string {
  return `${resourceType}/${id}`;
}

/** All relative references in a value, at any depth. */
export function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inside]) =>
    name === 'reference' && typeof inside === 'string' ? [inside] : referencesIn(inside),
  );
}
