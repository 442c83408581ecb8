import type { Catalogue } from '../../definitions/catalogue.ts';
import { settingNames } from '../../definitions/settingNames.ts';
import { checkInstallation } from '../checkInstallation.ts';
import { findEmbeddedVersion } from '../../platform/storage/embeddedPostgres.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { judgeVersion } from '../../platform/storage/serverVersion.ts';
import { CommandFailed, type AddCommand, type CommandLine } from '../commandLine.ts';
import { resolvePublicUrl, type Config } from '../config.ts';
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
      await tellPostgres(line, config);
      const publicUrl = resolvePublicUrl(config, config.TRIBUTARY_PORT);
      const shown = { ...config, TRIBUTARY_PUBLIC_URL: publicUrl, ...providerSettings(catalogue) };
      const isJson = options.json === true;
      // Shown whatever comes of the rest: what is set is what somebody who has to mend it asks first.
      if (!isJson)
        line.table(
          ['SETTING', 'VALUE'],
          Object.entries(shown).map(([name, value]) => [name, printed(value)]),
        );
      const { keys, database } = await checkInstallation({
        config,
        clock: line.clock,
        random: line.random,
      });
      if (isJson) line.json({ ...shown, keys, database });
      else line.say(`\n${keys}\n${database}`);
    });
};

/** Which PostgreSQL a start would run here; of a server nothing is known before it is asked. */
async function tellPostgres(line: CommandLine, config: Config): Promise<void> {
  if (config.TRIBUTARY_DATABASE_URL !== undefined) return;
  const { TRIBUTARY_DATA_DIR: dataDirectory, TRIBUTARY_POSTGRES_DIR: programsDirectory } = config;
  const text = await findEmbeddedVersion(dataDirectory, omitUndefined({ programsDirectory })).catch(
    (error: unknown) => {
      throw new CommandFailed(error instanceof Error ? error.message : String(error));
    },
  );
  const { version, newer } = judgeVersion(text);
  line.remark(
    newer === undefined
      ? `PostgreSQL ${version} runs here.`
      : `PostgreSQL ${version} runs here; ${newer} is out and mends faults of it. TRIBUTARY_POSTGRES_DIR names a newer one.`,
  );
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
