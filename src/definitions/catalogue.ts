import type { NamedDefinition } from './defineProvider.ts';
import type { Credentials } from './credentials.ts';

/** What this process knows of providers beyond the database: how each is connected, and with what credentials. */
export interface Catalogue {
  /** By slug, in the order of the slugs. */
  readonly definitions: ReadonlyMap<string, NamedDefinition>;
  /** By slug; those that the operator has set up completely. */
  readonly credentials: ReadonlyMap<string, Credentials>;
}

/** For parts that have nothing to do with providers. */
export const emptyCatalogue: Catalogue = { definitions: new Map(), credentials: new Map() };
