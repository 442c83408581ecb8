import type { OfferContext } from './offerFacts.ts';

/** Whether the maker or vendor has ended what the definition describes, also for those who have connected it. */
export function hasEnded({ catalogue }: Pick<OfferContext, 'catalogue'>, definition: string | null): boolean {
  return catalogue.definitions.get(definition ?? '')?.lifecycle?.state === 'retired';
}
