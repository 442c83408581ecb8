import { InvalidArgumentError } from 'commander';
import { providerCategories, type ProviderCategory } from '../../../contract/provider.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import { changeCatalogue, type CatalogueOptions } from './changeCatalogue.ts';

/** `tributary catalogue categories`: the other kinds of providers are not offered at all. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('categories')
    .description('Says which categories of providers a study uses.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<categories...>', providerCategories.join(', '), addCategory)
    .addHelpText(
      'after',
      '\nExample:\n  tributary catalogue categories --project 5e0c… "Device Manufacturer" Provider',
    )
    .action(async (named: ProviderCategory[], options: CatalogueOptions) => {
      const categories = providerCategories.filter((category) => named.includes(category));
      await changeCatalogue(line, options, () => Promise.resolve((current) => ({ ...current, categories })));
    });
};

function addCategory(text: string, categories: readonly ProviderCategory[] | undefined): ProviderCategory[] {
  const category = providerCategories.find((known) => known.toLowerCase() === text.toLowerCase());
  if (category === undefined)
    throw new InvalidArgumentError(`It must be one of ${providerCategories.join(', ')}.`);
  return [...(categories ?? []), category];
}
