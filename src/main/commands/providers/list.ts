import { Option } from 'commander';
import { listProviders } from '../../../catalogue/providers.ts';
import { providerCategories, type ProviderCategory } from '../../../contract/provider.ts';
import { countOption, type AddCommand } from '../../commandLine.ts';
import { resolvePublicUrl } from '../../config.ts';

interface ListOptions {
  readonly search?: string;
  readonly category?: ProviderCategory;
  readonly limit: number;
  readonly after: number;
  readonly json?: boolean;
}

/** `tributary providers list`: the numbers of providers, for commands and questions about one. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('list')
    .description('Lists providers in ascending order of number.')
    .option('--search <text>', 'part of the name')
    .addOption(new Option('--category <category>', 'only these').choices([...providerCategories]))
    .option('--limit <count>', 'rows at the most', countOption(1), 100)
    .option('--after <id>', 'begin after this number', countOption(0), 0)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers list --search "children" --limit 20')
    .action(async (options: ListOptions) => {
      const context = {
        catalogue: await line.catalogue(),
        publicUrl: resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT),
      };
      const rows = await line.withDatabase('providers list', (database) =>
        listProviders({ ...context, database }, options),
      );
      if (options.json === true) line.json(rows);
      else
        line.table(
          ['ID', 'NAME', 'CATEGORY', 'ENABLED', 'SUCCESSOR', 'ENDPOINT'],
          rows.map((row) => [
            row.id,
            row.name,
            row.category,
            row.enabled ? 'yes' : 'no',
            row.successorID,
            row.endpoint,
          ]),
        );
    });
};
