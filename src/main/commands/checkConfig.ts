import type { Catalogue } from '../../definitions/catalogue.ts';
import { settingNames } from '../../definitions/settingNames.ts';
import { adviseUpdate } from '../adviseUpdate.ts';
import { checkInstallation } from '../checkInstallation.ts';
import type { AddCommand } from '../commandLine.ts';
import { resolvePublicUrl } from '../config.ts';
import { readConfiguration } from '../readConfiguration.ts';

/** `tributary check-config`: whether a start would fail, before it does. */
export const command: AddCommand = (program, line) => {
  program
    .command('check-config')
    .description(
      'Does the first half of a start and changes nothing: reads the configuration, looks at the keys, tries the database, and says what it found. Secrets are not shown.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  TRIBUTARY_PORT=9000 tributary check-config')
    .action(async (options: { json?: boolean }) => {
      const { config, catalogue } = await readConfiguration(line.environment);
      const publicUrl = resolvePublicUrl(config, config.TRIBUTARY_PORT);
      const shown = { ...config, TRIBUTARY_PUBLIC_URL: publicUrl, ...providerSettings(catalogue) };
      const isJson = options.json === true;
      // Shown whatever comes of the rest: what is set is what somebody who has to mend it asks first.
      if (!isJson)
        line.table(
          ['SETTING', 'VALUE'],
          Object.entries(shown).map(([name, value]) => [name, printed(value)]),
        );
      const { keys, database, postgres } = await checkInstallation({
        config,
        clock: line.clock,
        random: line.random,
      });
      const remedy = adviseUpdate(config, postgres);
      const { serviceLinks } = line;
      if (isJson) {
        line.json({ ...shown, keys, database, postgres: { ...postgres, remedy }, serviceLinks });
        return;
      }
      line.say(`\n${keys}\n${database}`);
      if (remedy !== undefined) line.say(`PostgreSQL ${postgres.newer} is out: ${remedy}.`);
      if (serviceLinks.length > 0) line.say(explainServiceLinks(serviceLinks));
    });
};

function explainServiceLinks(names: readonly string[]): string {
  return `Not read as settings, because they look like what Kubernetes or Docker make of services: ${names.join(', ')}. A pod with enableServiceLinks: false has none of them.`;
}

/** What is set for providers, by the names of the environment. */
function providerSettings({ definitions, credentials }: Catalogue): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [slug, { clientID, clientSecret, privateKey, region, settings }] of credentials) {
    const values: Record<string, unknown> = {
      CLIENT_ID: clientID,
      CLIENT_SECRET: clientSecret,
      PRIVATE_KEY: privateKey,
      REGION: region,
      ...settings,
    };
    const definition = definitions.get(slug);
    for (const { name, part } of definition === undefined ? [] : settingNames(definition))
      if (values[part] !== undefined) shown[name] = values[part];
  }
  return shown;
}

function printed(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
