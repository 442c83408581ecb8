import { join } from 'node:path';
import type { Catalogue } from '../definitions/catalogue.ts';
import { loadDefinitions } from '../definitions/loadDefinitions.ts';
import { readCredentials } from '../definitions/readCredentials.ts';
import type { Environment } from '../platform/config/parseConfig.ts';

/** One file for each maker, vendor and plan. */
export const providersFolder = join(import.meta.dirname, '../providers');

/** The definitions of this release with the credentials of this environment. @throws {ConfigError} */
export async function openCatalogue(environment: Environment): Promise<Catalogue> {
  const definitions = await loadDefinitions(providersFolder);
  return { definitions, credentials: readCredentials(definitions, environment) };
}
