import { readPath } from '../../../definitions/readPath.ts';
import { readBound } from '../instants.ts';
import { isObject } from '../../../platform/members/isObject.ts';
import type { FhirRecord } from './chart.ts';

/** Whether a resource is what the parameters of a search ask for; undefined for a parameter that makes no sense. */
export function matchSearch(parameters: URLSearchParams): ((found: FhirRecord) => boolean) | undefined {
  const conditions: ((found: FhirRecord) => boolean)[] = [];
  for (const [name, value] of parameters) {
    const condition = readCondition(name, value);
    if (condition === undefined) return undefined;
    conditions.push(condition);
  }
  return (found) => conditions.every((holds) => holds(found));
}

/** Members of a resource that a parameter looks into, by the parameter's name (US Core's search parameters). */
const tokens: Readonly<Record<string, readonly string[]>> = {
  category: ['category'],
  code: ['code'],
  type: ['type'],
  status: ['status', 'lifecycleStatus'],
  'lifecycle-status': ['lifecycleStatus'],
  'clinical-status': ['clinicalStatus'],
  intent: ['intent'],
  _id: ['id'],
  identifier: ['identifier'],
};

const dates: Readonly<Record<string, readonly string[]>> = {
  date: ['effectiveDateTime', 'period.start', 'date', 'performedDateTime', 'occurrenceDateTime'],
  authoredon: ['authoredOn'],
  'onset-date': ['onsetDateTime'],
  _lastUpdated: ['meta.lastUpdated'],
};

/** Parameters that say how to answer, or whose; others are unknown and, as most servers do, passed over. */
function readCondition(name: string, value: string): ((found: FhirRecord) => boolean) | undefined {
  const inTokens = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
  if (inTokens !== undefined) {
    const wanted = value.split(',').map((one) => one.toLowerCase());
    return (found) => inTokens.some((member) => wanted.some((one) => hasToken(found[member], one)));
  }
  const inDates = Object.hasOwn(dates, name) ? dates[name] : undefined;
  if (inDates === undefined) return () => true;
  const [, prefix = 'eq', text = ''] = /^(eq|ge|gt|le|lt)?(\d.*)$/.exec(value) ?? [];
  const bound = readBound(text, 'fhir-date');
  if (bound?.kind !== 'instant') return undefined;
  return (found) =>
    inDates.some((path) => compareDate(readPath(found, path), prefix, { at: bound.at, text }));
}

/** `code`, or `system|code`, in a code, a concept, an identifier, or a list of such. */
function hasToken(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((one) => hasToken(one, wanted));
  if (typeof value === 'string') return value.toLowerCase() === wanted;
  if (!isObject(value)) return false;
  if (value.coding !== undefined) return hasToken(value.coding, wanted);
  const code = value.code ?? value.value;
  if (typeof code !== 'string') return false;
  const system = typeof value.system === 'string' ? value.system : '';
  return [code, `${system}|${code}`].some((one) => one.toLowerCase() === wanted);
}

function compareDate(
  value: unknown,
  prefix: string,
  { at, text }: { readonly at: number; readonly text: string },
) {
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  switch (prefix) {
    case 'ge':
      return instant >= at;
    case 'gt':
      return instant > at;
    case 'le':
      return instant <= at;
    case 'lt':
      return instant < at;
    default:
      return typeof value === 'string' && value.startsWith(text);
  }
}
