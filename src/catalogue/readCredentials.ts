import type { Environment } from '../platform/config/parseConfig.ts';
import type { Credentials } from './credentials.ts';
import type { NamedDefinition } from './defineProvider.ts';

/** Begins the names of all settings that belong to a provider. */
export const providerSettingPrefix = 'TRIBUTARY_PROVIDER_';

/** The credentials of all providers that are set up completely. */
export function readCredentials(
  definitions: ReadonlyMap<string, NamedDefinition>,
  environment: Environment,
): ReadonlyMap<string, Credentials> {
  void definitions;
  void environment;
  return new Map();
}
