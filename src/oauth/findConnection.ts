import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Queryable } from '../platform/storage/database.ts';
import { fillIn } from '../definitions/callVariables.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import { isConnectable } from '../definitions/connectable.ts';
import type { ProviderConnection } from './connection.ts';
import { regionValues } from './calls/connectionValues.ts';
import type { Credentials } from '../definitions/credentials.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import type { FindDoor } from './providerDoor.ts';
import { findEndpoint } from './store/findEndpoint.ts';

/** How this installation is set up for providers: what it can connect, and through which door it calls them. */
export interface ConnectionParts {
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
}

/**
 * How this installation reaches a provider of the database, or undefined when it cannot: there is no such provider,
 * no definition for it, nothing to authorize against, no credentials, or (SMART) no FHIR server.
 *
 * Whether a participant may connect it is another question ({@link judgeOffer}): grants of retired and closed
 * providers have to be given back too.
 */
export async function findConnection(
  database: Queryable,
  { catalogue, findDoor }: ConnectionParts,
  providerID: number,
): Promise<ProviderConnection | undefined> {
  const endpoint = await findEndpoint(database, providerID);
  const definition = catalogue.definitions.get(endpoint?.slug ?? '');
  const credentials = catalogue.credentials.get(definition?.slug ?? '');
  if (definition === undefined || credentials === undefined || !isConnectable(definition)) return undefined;
  const ownPublished = ownBase(definition, credentials);
  const published = ownPublished ?? endpoint?.publishedBase ?? endpoint?.fhirBase;
  const fhirBase = (ownPublished ?? endpoint?.fhirBase)?.replace(/\/+$/, '');
  if (fhirBase === undefined && definition.auth.kind === 'smart') return undefined;
  return omitUndefined({
    definition,
    credentials,
    door: findDoor(definition.slug),
    fhirBase,
    publishedBase: published === fhirBase ? undefined : published,
  });
}

/** Before the endpoint of the database, which is that of the default region. */
function ownBase(definition: NamedDefinition, credentials: Credentials): string | undefined {
  return definition.kind === 'provider' && definition.fhirBase !== undefined
    ? fillIn(definition.fhirBase, regionValues(definition, credentials))
    : undefined;
}
