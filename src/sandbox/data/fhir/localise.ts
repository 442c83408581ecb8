import { isObject } from '../../../platform/members/isObject.ts';
import { systems, type Chart, type FhirRecord } from './chart.ts';
import { npiOf } from './places.ts';

/**
 * The resource as a server tells it that does not have every type: what it would refer to is named in words and by
 * its national number, so that no reference leads nowhere.
 */
export function localise(chart: Chart, resource: FhirRecord): FhirRecord {
  return rewrite(chart, resource) as FhirRecord;
}

function rewrite(chart: Chart, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => rewrite(chart, one));
  if (!isObject(value)) return value;
  const { reference, display } = value;
  if (typeof reference !== 'string')
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, rewrite(chart, inside)]));
  const [type = '', id = ''] = reference.split('/');
  if (chart.serves(type)) return value;
  const npi = npiOf(id);
  return {
    type,
    ...(npi !== undefined && { identifier: { system: systems.npi, value: npi } }),
    display: typeof display === 'string' ? display : type,
  };
}
