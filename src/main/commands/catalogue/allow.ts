import { Option } from 'commander';
import { resolveReferences } from '../../../catalogue/readCatalogueFile.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import { changeCatalogue, replaceRules, type CatalogueOptions } from './changeCatalogue.ts';

interface AllowOptions extends CatalogueOptions {
  readonly others?: 'allow' | 'refuse';
}

/** `tributary catalogue allow`: takes `refuse` back, or says what goes for all providers that nobody names. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('allow')
    .description('Lets participants connect providers.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('[providers...]', 'numbers, or names of built-in ones')
    .addOption(
      new Option('--others <rule>', 'rule for all providers that are not named').choices(['allow', 'refuse']),
    )
    .addHelpText('after', '\nExample:\n  tributary catalogue allow --project 5e0c… garmin 100123')
    .action(async (providers: string[], options: AllowOptions) => {
      await changeCatalogue(line, options, async (transaction) => {
        const find = await resolveReferences(transaction, providers);
        const rules = providers.map((name) => ({ providerID: find(name), allowed: true as const }));
        return (current) => ({
          ...replaceRules(current, rules),
          othersAllowed: options.others === undefined ? current.othersAllowed : options.others === 'allow',
        });
      });
    });
};
