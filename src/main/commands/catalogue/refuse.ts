import { resolveReferences } from '../../../catalogue/readCatalogueFile.ts';
import { guidOption, messageOption, type AddCommand } from '../../commandLine.ts';
import { changeCatalogue, replaceRules, type CatalogueOptions } from './changeCatalogue.ts';

interface RefuseOptions extends CatalogueOptions {
  readonly message?: string;
}

/** `tributary catalogue refuse`: participants of this study cannot connect these, and may be told why. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('refuse')
    .description('Keeps participants from connecting providers.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option(
      '--message <text>',
      'what participants read; exactly Unavailable hides the providers',
      messageOption,
    )
    .addHelpText(
      'after',
      '\nExample:\n  tributary catalogue refuse --project 5e0c… strava --message "Our study does not use Strava."',
    )
    .action(async (providers: string[], options: RefuseOptions) => {
      const { message = null } = options;
      await changeCatalogue(line, options, async (transaction) => {
        const find = await resolveReferences(transaction, providers);
        const rules = providers.map((name) => ({ providerID: find(name), allowed: false as const, message }));
        return (current) => replaceRules(current, rules);
      });
    });
};
