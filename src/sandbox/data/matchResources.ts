import type { Resource } from '../../definitions/shape/delivery.ts';
import { variablesIn } from '../../definitions/callVariables.ts';
import type { SandboxCall } from '../server/sandboxCall.ts';
import type { AddressPatterns } from './addressPatterns.ts';

/** A resource whose address a call has, and what stands in place of the address's `{variables}`. */
export interface Match {
  readonly resource: Resource;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it is the address of one item (`itemUrl`). */
  readonly isItem: boolean;
}

/**
 * The resources that a call can mean, several where they share an address (Ultrahuman); empty when it is no address
 * of the definition's data. The fixed fields of a form tell resources of one address apart (Withings).
 */
export function matchResources(call: SandboxCall, patterns: AddressPatterns): readonly Match[] {
  const { delivery } = call.definition;
  if (delivery === undefined || !('resources' in delivery)) return [];
  return delivery.resources.flatMap((resource): Match[] => {
    const whole = matchResource(call, resource, patterns);
    if (whole !== undefined) return [{ resource, variables: whole, isItem: false }];
    const one = resource.itemUrl === undefined ? undefined : matchUrl(call.url, resource.itemUrl, patterns);
    return one === undefined || call.method !== 'GET' ? [] : [{ resource, variables: one, isItem: true }];
  });
}

function matchResource(call: SandboxCall, { method, url, form = {} }: Resource, patterns: AddressPatterns) {
  if (call.method !== method) return undefined;
  const variables = matchUrl(call.url, url, patterns);
  if (variables === undefined) return undefined;
  const found = { ...variables };
  for (const [name, wanted] of Object.entries(form)) {
    const value = call.form[name];
    if (value === undefined) return undefined;
    const [variable] = variablesIn(wanted);
    if (variable !== undefined && wanted === `{${variable}}`) found[variable] = value;
    else if (value !== wanted) return undefined;
  }
  return found;
}

/** The values of the variables of an address, or undefined for another address; queries do not count. */
export function matchUrl(
  url: URL,
  template: string,
  patterns: AddressPatterns,
): Record<string, string> | undefined {
  const found = patterns(template).exec(`${url.origin}${url.pathname}`);
  if (found === null) return undefined;
  try {
    return Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    // A lone percent sign.
    return undefined;
  }
}
