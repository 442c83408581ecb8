import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  changeProjectCatalogue,
  readProjectCatalogue,
  type ProjectCatalogue,
} from '../../catalogue/projectCatalogue.ts';
import { featureForAll } from '../../catalogue/featuredProviders.ts';
import {
  readCatalogueFile,
  resolveReferences,
  writeCatalogueFile,
} from '../../catalogue/readCatalogueFile.ts';
import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import type { Queryable } from '../../platform/storage/database.ts';
import { guidOption, messageOption, type AddCommand, type CommandLine } from '../commandLine.ts';

interface ProjectOption {
  readonly project: string;
  readonly json?: boolean;
}

export const command: AddCommand = (program, line) => {
  const catalogue = program
    .command('catalogue')
    .description('Which providers a study uses and which it shows first.');
  const add = (name: string, description: string, example: string) => {
    const added = new Command(name)
      .description(description)
      .option('--json', 'print the catalogue as JSON, in the form that import reads')
      .addHelpText('after', `\nExample:\n  tributary catalogue ${example}`);
    catalogue.addCommand(added);
    return added;
  };
  const addForProject = (name: string, description: string, example: string) =>
    add(name, description, example).requiredOption('--project <guid>', 'project', guidOption);

  addForProject('show', 'Prints what a study uses.', 'show --project 5e0c…').action(
    async (options: ProjectOption) => {
      const current = await line.withProject('catalogue show', options.project, (database) =>
        readProjectCatalogue(database, options.project),
      );
      print(line, current, options);
    },
  );
  addForProject(
    'import',
    'Replaces what a study uses by what a file says.',
    'import --project 5e0c… catalogue.json',
  )
    .argument('<file>', 'JSON, as `catalogue show --json` prints it')
    .action(async (file: string, options: ProjectOption) => {
      const text = await readFile(file, 'utf8');
      await change(line, options, async (database) => {
        const next = await readCatalogueFile(database, text);
        return () => next;
      });
    });
  addForProject(
    'categories',
    'Says which categories of providers a study uses.',
    'categories --project 5e0c… "Device Manufacturer" Provider',
  )
    .argument('<categories...>', providerCategories.join(', '), addCategory)
    .action(async (categories: ProviderCategory[], options: ProjectOption) => {
      await change(line, options, () =>
        Promise.resolve((current) => ({
          ...current,
          categories: providerCategories.filter((category) => categories.includes(category)),
        })),
      );
    });
  addForProject('allow', 'Lets participants connect providers.', 'allow --project 5e0c… garmin 100123')
    .argument('[providers...]', 'numbers, or names of built-in ones')
    .addOption(
      new Option('--others <rule>', 'rule for all providers that are not named').choices(['allow', 'refuse']),
    )
    .action(async (providers: string[], options: ProjectOption & { others?: 'allow' | 'refuse' }) => {
      await change(line, options, async (database) => {
        const find = await resolveReferences(database, providers);
        return (current) => ({
          ...withRules(
            current,
            providers.map((name) => ({ providerID: find(name), allowed: true })),
          ),
          ...(options.others === undefined ? {} : { othersAllowed: options.others === 'allow' }),
        });
      });
    });
  addForProject(
    'refuse',
    'Keeps participants from connecting providers.',
    'refuse --project 5e0c… strava --message "Our study does not use Strava."',
  )
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option(
      '--message <text>',
      'what participants read; exactly Unavailable hides the providers',
      messageOption,
    )
    .action(async (providers: string[], options: ProjectOption & { message?: string }) => {
      await change(line, options, async (database) => {
        const find = await resolveReferences(database, providers);
        const message = options.message ?? null;
        return (current) =>
          withRules(
            current,
            providers.map((name) => ({ providerID: find(name), allowed: false, message })),
          );
      });
    });
  add(
    'feature',
    'Says which providers are shown before a search, in this order.',
    'feature --project 5e0c… garmin oura googleHealth',
  )
    .option('--project <guid>', 'project; left out for all projects without a list of their own', guidOption)
    .option('--context <name>', 'the place that asks, as its pages call it', '')
    .argument('[providers...]', 'numbers, or names of built-in ones; none ends the list')
    .action(
      async (
        providers: string[],
        options: { readonly project?: string; readonly json?: boolean; readonly context: string },
      ) => {
        const { project, context } = options;
        if (project === undefined) {
          await line.withDatabase('catalogue feature', (database) =>
            database.transaction(async (transaction) => {
              const find = await resolveReferences(transaction, providers);
              const featured = { context, providerIDs: providers.map(find) };
              await featureForAll(transaction, { ...featured, actor: line.actor, now: line.clock.now() });
            }),
          );
          if (options.json === true) line.json({ featured: { [context]: providers } });
          else line.say(`${providers.length} providers are featured for all projects without a list.`);
          return;
        }
        await change(line, { ...options, project }, async (database) => {
          const find = await resolveReferences(database, providers);
          return (current) => ({
            ...current,
            featured: withList(current.featured, context, providers.map(find)),
          });
        });
      },
    );
};

/** Makes the change in one transaction and prints what the study uses then. */
async function change(
  line: CommandLine,
  options: ProjectOption,
  prepare: (database: Queryable) => Promise<(current: ProjectCatalogue) => ProjectCatalogue>,
): Promise<void> {
  const { project: projectID } = options;
  const next = await line.withProject('catalogue', projectID, (database) =>
    database.transaction(async (transaction) =>
      changeProjectCatalogue(transaction, {
        projectID,
        change: await prepare(transaction),
        actor: line.actor,
        now: line.clock.now(),
      }),
    ),
  );
  print(line, next, options);
}

function withRules(current: ProjectCatalogue, rules: ProjectCatalogue['providers']): ProjectCatalogue {
  const changed = new Map([...current.providers, ...rules].map((rule) => [rule.providerID, rule]));
  const providers = [...changed.values()].sort((left, right) => left.providerID - right.providerID);
  return { ...current, providers };
}

function withList(
  featured: ProjectCatalogue['featured'],
  context: string,
  providerIDs: readonly number[],
): ProjectCatalogue['featured'] {
  const others = Object.entries(featured).filter(([name]) => name !== context);
  return Object.fromEntries(
    providerIDs.length === 0 ? others : [...others, [context, [...new Set(providerIDs)]]],
  );
}

function print(line: CommandLine, catalogue: ProjectCatalogue, { json }: ProjectOption): void {
  if (json === true) {
    line.json(writeCatalogueFile(catalogue));
    return;
  }
  const { categories, othersAllowed, providers, featured } = catalogue;
  line.say(`Categories: ${categories.length === 0 ? 'none' : categories.join(', ')}.`);
  line.say(`Providers that are not named below are ${othersAllowed ? 'allowed' : 'refused'}.`);
  if (providers.length > 0)
    line.table(
      ['PROVIDER', 'ALLOWED', 'MESSAGE'],
      providers.map((rule) => [
        rule.providerID,
        rule.allowed ? 'yes' : 'no',
        rule.allowed ? null : rule.message,
      ]),
    );
  for (const [context, providerIDs] of Object.entries(featured))
    line.say(`Featured${context === '' ? '' : ` in ${context}`}: ${providerIDs.join(', ')}.`);
}

function addCategory(text: string, categories: readonly ProviderCategory[] | undefined): ProviderCategory[] {
  const category = providerCategories.find((known) => known.toLowerCase() === text.toLowerCase());
  if (category === undefined)
    throw new InvalidArgumentError(`It must be one of ${providerCategories.join(', ')}.`);
  return [...(categories ?? []), category];
}
