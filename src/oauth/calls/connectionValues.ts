import { Secret } from '../../platform/config/secret.ts';
import type { ProviderConnection } from '../connection.ts';
import type { Credentials } from '../../definitions/credentials.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';

/** Values of `{variables}`, by name. */
export type VariableValues = Readonly<Record<string, string | undefined>>;

/** The variables of the chosen region. */
export function regionValues({ regions }: NamedDefinition, { region }: Credentials): VariableValues {
  return regions?.values[region ?? regions.default] ?? {};
}

/**
 * What `{variables}` stand for in every call of a connection: the region, the definition's own settings, the client
 * and the FHIR base. Secrets are among them: what was filled in goes to the provider and nowhere else.
 */
export function connectionValues({ definition, credentials, fhirBase }: ProviderConnection): VariableValues {
  const settings = Object.entries(credentials.settings).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return {
    ...regionValues(definition, credentials),
    ...(Object.fromEntries(settings) as VariableValues),
    clientID: credentials.clientID,
    clientSecret: credentials.clientSecret?.reveal(),
    fhirBase,
  };
}
