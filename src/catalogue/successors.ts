import type { Queryable } from '../platform/storage/database.ts';
import type { OfferContext, ProviderFacts } from './offerFacts.ts';
import { findProviders } from './offerProviders.ts';

/** Whether the maker or vendor has ended what the definition describes, also for those who have connected it. */
export function hasEnded({ catalogue }: Pick<OfferContext, 'catalogue'>, definition: string | null): boolean {
  return catalogue.definitions.get(definition ?? '')?.lifecycle?.state === 'retired';
}

/**
 * The provider that is really connected when this one is asked for: of a retired one with a successor that, or its own
 * successor, and so on; any other itself. A retired one without a successor is itself too, and stays closed.
 */
export async function findInPlace(
  context: Pick<OfferContext, 'catalogue'> & { readonly database: Queryable },
  asked: ProviderFacts,
): Promise<ProviderFacts> {
  const seen = new Set<number>();
  let current = asked;
  while (isRetired(context, current) && current.successor_id !== null && !seen.has(current.id)) {
    seen.add(current.id);
    const [newer] = await findProviders(context.database, [current.successor_id]);
    if (newer === undefined) return current;
    current = newer;
  }
  return current;
}

/** By its maker, or because no directory lists it any more. */
function isRetired(context: Pick<OfferContext, 'catalogue'>, provider: ProviderFacts): boolean {
  return provider.retired || hasEnded(context, provider.definition);
}
