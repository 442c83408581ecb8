import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { Resource } from '../../definitions/shape/delivery.ts';
import type { SandboxCall } from '../server/sandboxCall.ts';

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
export function matchResources(call: SandboxCall): readonly Match[] {
  const { delivery } = call.definition;
  if (delivery === undefined || !('resources' in delivery)) return [];
  return delivery.resources.flatMap((resource): Match[] => {
    const whole = matchResource(call, resource);
    if (whole !== undefined) return [{ resource, variables: whole, isItem: false }];
    const one = resource.itemUrl === undefined ? undefined : matchUrl(call, resource.itemUrl);
    return one === undefined || call.method !== 'GET' ? [] : [{ resource, variables: one, isItem: true }];
  });
}

function matchResource(call: SandboxCall, { method, url, form = {} }: Resource) {
  if (call.method !== method) return undefined;
  const variables = matchUrl(call, url);
  if (variables === undefined) return undefined;
  const found = { ...variables };
  for (const [name, wanted] of Object.entries(form)) {
    const value = call.form[name];
    if (value === undefined) return undefined;
    const variable = /^\{(\w+)\}$/.exec(wanted)?.[1];
    if (variable !== undefined) found[variable] = value;
    else if (value !== wanted) return undefined;
  }
  return found;
}

/** The values of the variables of an address, or undefined for another address; queries do not count. */
export function matchUrl(
  { definition, url }: SandboxCall,
  template: string,
): Record<string, string> | undefined {
  const found = patternOf(definition, template).exec(`${url.origin}${url.pathname}`);
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

const patterns = new WeakMap<NamedDefinition, Map<string, RegExp>>();

function patternOf(definition: NamedDefinition, template: string): RegExp {
  const known = patterns.get(definition) ?? new Map<string, RegExp>();
  patterns.set(definition, known);
  const pattern = known.get(template) ?? compile(definition, template);
  known.set(template, pattern);
  return pattern;
}

function compile({ regions, settings = {} }: NamedDefinition, template: string): RegExp {
  const parts = template.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return RegExp.escape(part);
    const ofRegions = Object.values(regions?.values ?? {}).flatMap((values) => values[name] ?? []);
    if (ofRegions.length > 0) return `(?:${ofRegions.map((value) => RegExp.escape(value)).join('|')})`;
    // A sandbox is set up with the examples.
    const setting = Object.entries(settings).find(([one]) => one === name)?.[1];
    return setting === undefined ? `(?<${name}>[^/]+)` : RegExp.escape(setting.example);
  });
  return new RegExp(`^${parts.join('')}$`);
}
