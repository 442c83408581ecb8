import type { KnownProviders } from '../catalogue/knownProviders.ts';
import type { OfferContext } from '../catalogue/offerFacts.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { PageBookmarks } from './pageBookmarks.ts';

/** What the routes of this capability work with. */
export interface AccountParts extends OfferContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly bookmarks: PageBookmarks;
  readonly knownProviders: KnownProviders;
}
