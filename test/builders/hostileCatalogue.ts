import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import type { HonestServer } from '../fakes/honestServer.ts';
import type { HostileServer } from '../fakes/hostileServer.ts';
import { honestCatalogue } from './honestCatalogue.ts';
import { mergeCatalogues, reachableCatalogue, type ReachableCatalogue } from './reachableCatalogue.ts';
import { buildRecordDefinition } from './recordDefinition.ts';
import type { Study } from './study.ts';

export const hostileSlug = 'hostileRecord';

/**
 * The honest server's providers, and the hostile server as one more vendor. An authorization server chooses the
 * identifiers that it gives out: this one gave ours the name that it has at the victim, with the same key, which is
 * the worst case of audience injection.
 */
export function hostileCatalogue(
  hostile: HostileServer,
  victim: HonestServer,
  choice: { readonly clientAuthentication: ClientAuthentication },
): ReachableCatalogue {
  const honest = honestCatalogue(victim, choice);
  const other = reachableCatalogue([
    {
      definition: buildRecordDefinition({
        ...choice,
        slug: hostileSlug,
        name: 'Hostile Records',
        host: new URL(hostile.fhirBase).host,
      }),
      credentials: victim.credentialsFor(choice.clientAuthentication),
      door: hostile.door,
    },
  ]);
  return {
    catalogue: mergeCatalogues(honest.catalogue, other.catalogue),
    findDoor: (slug) => (slug === hostileSlug ? other : honest).findDoor(slug),
  };
}

/** A row for a clinic on the hostile server. */
export function addHostileProvider(study: Study, hostile: HostileServer): Promise<number> {
  return study.addProvider({
    name: 'Hostile Clinic',
    category: 'Provider',
    definition: hostileSlug,
    endpointUrl: hostile.fhirBase,
  });
}
