import { readCatalogueFile } from '../../../catalogue/readCatalogueFile.ts';
import { readTextFile } from '../../../platform/intake/openRegularFile.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import { changeCatalogue, type CatalogueOptions } from './changeCatalogue.ts';

/** `tributary catalogue import`: the whole choice of a study at once, as another installation or a file has it. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('import')
    .description('Replaces what a study uses by what a file says.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<file>', 'JSON, as `catalogue show --json` prints it')
    .addHelpText('after', '\nExample:\n  tributary catalogue import --project 5e0c… catalogue.json')
    .action(async (file: string, options: CatalogueOptions) => {
      const text = await readTextFile(file);
      await changeCatalogue(line, options, async (transaction) => {
        const next = await readCatalogueFile(transaction, text);
        return () => next;
      });
    });
};
