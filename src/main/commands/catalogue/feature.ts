import { featureForAll } from '../../../catalogue/featuredProviders.ts';
import type { ProjectCatalogue } from '../../../catalogue/projectCatalogue.ts';
import { resolveReferences } from '../../../catalogue/readCatalogueFile.ts';
import { guidOption, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { changeCatalogue } from './changeCatalogue.ts';

interface FeatureOptions {
  readonly project?: string;
  readonly context: string;
  readonly json?: boolean;
}

/** `tributary catalogue feature`: what participants see before they search, of one study or of all. */
export const command: AddCommand = (catalogue, line) => {
  catalogue
    .command('feature')
    .description('Says which providers are shown before a search, in this order.')
    .option('--json', 'print the catalogue as JSON, in the form that import reads')
    .option('--project <guid>', 'project; left out for all projects without a list of their own', guidOption)
    .option('--context <name>', 'the place that asks, as its pages call it', '')
    .argument('[providers...]', 'numbers, or names of built-in ones; none ends the list')
    .addHelpText(
      'after',
      '\nExample:\n  tributary catalogue feature --project 5e0c… garmin oura googleHealth',
    )
    .action(async (providers: string[], options: FeatureOptions) => {
      const { project, context } = options;
      if (project === undefined) await featureEverywhere(line, providers, options);
      else
        await changeCatalogue(line, { ...options, project }, async (transaction) => {
          const find = await resolveReferences(transaction, providers);
          const providerIDs = providers.map(find);
          return (current) => ({
            ...current,
            featured: replaceList(current.featured, context, providerIDs),
          });
        });
    });
};

async function featureEverywhere(
  line: CommandLine,
  providers: readonly string[],
  { context, json }: FeatureOptions,
): Promise<void> {
  await line.withDatabase('catalogue feature', (database) =>
    database.transaction(async (transaction) => {
      const providerIDs = providers.map(await resolveReferences(transaction, providers));
      await featureForAll(transaction, {
        context,
        providerIDs,
        actor: line.actor,
        now: line.clock.now(),
      });
    }),
  );
  if (json === true) line.json({ featured: { [context]: providers } });
  else line.say(`${providers.length} providers are featured for all projects without a list.`);
}

/** The lists with the one of this context replaced; one without providers is none. */
function replaceList(
  featured: ProjectCatalogue['featured'],
  context: string,
  providerIDs: readonly number[],
): ProjectCatalogue['featured'] {
  const others = Object.entries(featured).filter(([name]) => name !== context);
  return Object.fromEntries(
    providerIDs.length === 0 ? others : [...others, [context, [...new Set(providerIDs)]]],
  );
}
