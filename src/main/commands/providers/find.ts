import { Option } from 'commander';
import { describeProvider } from '../../../catalogue/offerFacts.ts';
import { createProviderSearch } from '../../../catalogue/providerSearch.ts';
import { providerCategories, type ProviderCategory } from '../../../contract/provider.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { countOption, type AddCommand } from '../../commandLine.ts';
import { resolvePublicUrl } from '../../config.ts';

interface FindOptions {
  readonly category?: ProviderCategory;
  readonly limit: number;
  readonly json?: boolean;
}

/** `tributary providers find`: what a participant finds who types these words. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('find')
    .description('Prints what a participant finds who types these words, in the order of her list.')
    .argument('<words...>', 'beginnings of words of a name, place or postal code')
    .addOption(new Option('--category <category>', 'only these').choices([...providerCategories]))
    .option('--limit <count>', 'rows at the most', countOption(1, 1_000), 20)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers find mayo ro')
    .action(async (words: string[], options: FindOptions) => {
      const { category, limit } = options;
      const context = {
        catalogue: await line.catalogue(),
        publicUrl: resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT),
      };
      const found = await line.withDatabase('providers find', (database) =>
        createProviderSearch({ database, clock: line.clock }).find(
          omitUndefined({
            text: words.join(' '),
            offset: 0,
            limit,
            categories: category === undefined ? undefined : [category],
          }),
        ),
      );
      const providers = found.providers.map((provider) =>
        describeProvider(
          context,
          { ...provider, allowed: true, study_message: null },
          { ownAccount: null, connectedThrough: null },
        ),
      );
      if (options.json === true) {
        line.json({ total: found.total, providers });
        return;
      }
      line.table(
        ['ID', 'NAME', 'CATEGORY', 'ENABLED'],
        providers.map(({ id, name, category: kind, enabled }) => [
          id,
          name,
          kind,
          enabled === true ? 'yes' : 'no',
        ]),
      );
      line.say(`${found.total} in all.`);
    });
};
