import type { Catalogue } from '../../src/definitions/catalogue.ts';
import type { Credentials } from '../../src/definitions/credentials.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { FindDoor, ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { joinDoors } from '../fakes/loopbackServer.ts';

/** A definition with what it takes to connect it in a test. */
export interface ReachableProvider {
  readonly definition: NamedDefinition;
  readonly credentials: Credentials;
  readonly door: ProviderDoor;
}

/** A catalogue and the doors that belong to it. */
export interface ReachableCatalogue {
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
}

const nowhere = joinDoors([]);

/** What is connected through doors of its own; any other slug leads nowhere. */
export function reachableCatalogue(providers: readonly ReachableProvider[]): ReachableCatalogue {
  const doors = new Map(providers.map(({ definition, door }) => [definition.slug, door]));
  return {
    catalogue: {
      definitions: new Map(providers.map(({ definition }) => [definition.slug, definition])),
      credentials: new Map(providers.map(({ definition, credentials }) => [definition.slug, credentials])),
    },
    findDoor: (slug) => doors.get(slug) ?? nowhere,
  };
}

/** All as one; on a slug of several the latest wins. */
export function mergeCatalogues(...catalogues: readonly Catalogue[]): Catalogue {
  return {
    definitions: new Map(catalogues.flatMap(({ definitions }) => [...definitions])),
    credentials: new Map(catalogues.flatMap(({ credentials }) => [...credentials])),
  };
}
