import type { ProviderCategory } from '../contract/provider.ts';
import type { NamedDefinition } from './defineProvider.ts';

/** What a directory says about where an organisation's data are. */
export interface EndpointTraits {
  /** In its one spelling ({@link normaliseEndpoint}). */
  readonly endpoint: string;
  /** Name of the directory's file without number and ending; Lantern's name the vendor. */
  readonly publisher?: string;
  readonly category: ProviderCategory;
}

/**
 * Slug of the definition by which an organisation on this endpoint is connected, or undefined when none fits.
 *
 * The most specific trait decides: the longest endpoint prefix, then the host (a name before a wildcard, a longer
 * one before a shorter), then the directory's publisher, and last the definition that takes everything of the
 * category. Which file comes first never matters.
 */
export function recogniseVendor(
  definitions: Iterable<NamedDefinition>,
  traits: EndpointTraits,
): string | undefined {
  let best: { readonly slug: string; readonly weight: number } | undefined;
  for (const definition of definitions) {
    if (definition.kind !== 'vendor') continue;
    const weight = weigh(definition, traits);
    if (weight > (best?.weight ?? 0)) best = { slug: definition.slug, weight };
  }
  return best?.slug;
}

/** Above all shorter prefixes and all hosts: addresses have at most 1,000 characters. */
const steps = { prefix: 4_000, host: 2_000, wildcard: 1_000, publisher: 2, everything: 1 };

function weigh(definition: NamedDefinition & { kind: 'vendor' }, traits: EndpointTraits): number {
  const { endpointPrefixes = [], hosts = [], publishers = [], everythingElse } = definition.recognises;
  const { hostname } = new URL(traits.endpoint);
  const prefixes = endpointPrefixes.filter((prefix) => traits.endpoint.startsWith(prefix));
  if (prefixes.length > 0) return steps.prefix + Math.max(...prefixes.map((prefix) => prefix.length));
  const weights = hosts.map((host) => {
    if (host === hostname) return steps.host + host.length;
    return host.startsWith('*.') && hostname.endsWith(host.slice(1)) ? steps.wildcard + host.length : 0;
  });
  const byHost = Math.max(0, ...weights);
  if (byHost > 0) return byHost;
  if (traits.publisher !== undefined && publishers.includes(traits.publisher)) return steps.publisher;
  return everythingElse === true && definition.category === traits.category ? steps.everything : 0;
}
