import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { OfferContext } from './offerFacts.ts';
import type { ProviderSearch } from './providerSearch.ts';

/** What the routes of this capability work with. */
export interface CatalogueParts extends OfferContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly providerSearch: ProviderSearch;
}
