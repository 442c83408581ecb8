import type { Catalogue } from '../definitions/catalogue.ts';
import { ConfigError, type Environment } from '../platform/config/parseConfig.ts';
import { readConfig, type Config } from './config.ts';
import { openCatalogue } from './openCatalogue.ts';

/**
 * All that an environment sets: the service's own settings and those of providers.
 *
 * @throws {ConfigError} with the mistakes of both at once
 */
export async function readConfiguration(
  environment: Environment,
): Promise<{ readonly config: Config; readonly catalogue: Catalogue }> {
  const mistakes: string[] = [];
  const collect = (error: unknown): undefined => {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  };
  const config = await Promise.resolve()
    .then(() => readConfig(environment))
    .catch(collect);
  const catalogue = await openCatalogue(environment).catch(collect);
  if (config === undefined || catalogue === undefined) throw new ConfigError(mistakes);
  return { config, catalogue };
}
