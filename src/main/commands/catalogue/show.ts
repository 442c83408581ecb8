import { readProjectCatalogue } from '../../../catalogue/projectCatalogue.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import type { CatalogueOptions } from './changeCatalogue.ts';
import { printCatalogue } from './printCatalogue.ts';

/** `tributary catalogue show`: what a study has chosen, with `--json` as `import` reads it. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('show')
    .description('Prints what a study uses.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .requiredOption('--project <guid>', 'project', guidOption)
    .addHelpText('after', '\nExample:\n  tributary catalogue show --project 5e0c…')
    .action(async (options: CatalogueOptions) => {
      const current = await line.withProject('catalogue show', options.project, (database) =>
        readProjectCatalogue(database, options.project),
      );
      printCatalogue(line, current, options);
    });
};
