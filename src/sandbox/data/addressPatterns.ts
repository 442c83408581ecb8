import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { variablePattern } from '../../definitions/callVariables.ts';

/** Recognises addresses of one definition; a played provider keeps it, so that each template is compiled once. */
export type AddressPatterns = (template: string) => RegExp;

/**
 * Patterns of addresses with `{variables}`: those of regions and settings stand for their known values, every other
 * is a group of its name.
 */
export function createAddressPatterns(definition: NamedDefinition): AddressPatterns {
  const known = new Map<string, RegExp>();
  return (template) => {
    const pattern = known.get(template) ?? compilePattern(definition, template);
    known.set(template, pattern);
    return pattern;
  };
}

function compilePattern({ regions, settings = {} }: NamedDefinition, template: string): RegExp {
  const parts = template.split(variablePattern).map((part, index) => {
    // Every second part is the name of a variable.
    if (index % 2 === 0) return RegExp.escape(part);
    const ofRegions = Object.values(regions?.values ?? {}).flatMap((values) => values[part] ?? []);
    if (ofRegions.length > 0) return `(?:${ofRegions.map((value) => RegExp.escape(value)).join('|')})`;
    // A sandbox is set up with the examples.
    const setting = Object.entries(settings).find(([one]) => one === part)?.[1];
    return setting === undefined ? `(?<${part}>[^/]+)` : RegExp.escape(setting.example);
  });
  return new RegExp(`^${parts.join('')}$`);
}
