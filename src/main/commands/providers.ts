import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { directoryFormats } from '../../directories/directoryFormats.ts';
import { importProviders } from '../../directories/importProviders.ts';
import { listProviders } from '../../catalogue/providers.ts';
import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import { printProviderImport } from '../printProviderImport.ts';
import { resolvePublicUrl } from '../config.ts';
import { countOption, type AddCommand, type CommandLine } from '../commandLine.ts';
import { createCheckCommand } from '../providers/check.ts';
import { createCloseCommand, createOpenCommand } from '../providers/close.ts';
import { createDiscoverCommand } from '../providers/discover.ts';
import { createFindCommand } from '../providers/find.ts';
import { createJwksCommand } from '../providers/jwks.ts';
import { createLogoCommand } from '../providers/logo.ts';

interface ListOptions {
  readonly search?: string;
  readonly category?: ProviderCategory;
  readonly limit: number;
  readonly after: number;
  readonly json?: boolean;
}

export const command: AddCommand = (program, line) => {
  const providers = program.command('providers').description('The catalogue of providers.');
  providers.addCommand(createCheckCommand(line));
  providers.addCommand(createDiscoverCommand(line));
  providers.addCommand(createJwksCommand(line));
  providers.addCommand(createFindCommand(line));
  providers.addCommand(createCloseCommand(line));
  providers.addCommand(createOpenCommand(line));
  providers.addCommand(createLogoCommand(line));
  providers.addCommand(
    new Command('list')
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
      }),
  );
  providers.addCommand(
    new Command('import')
      .description('Brings the catalogue up to published directories of FHIR endpoints: all files or none.')
      .addOption(
        new Option('--format <format>', `form of the files: ${describeFormats()}`)
          .choices([...directoryFormats.keys()])
          .makeOptionMandatory(),
      )
      .option('--directory <name>', 'the directory that the files are; FORMAT:FILE when left out')
      .option('--allow-empty', 'retire all providers of a directory that lists nothing any more')
      .argument('<files...>', 'the directory, plain or gzip; give all files of a vendor together')
      .option('--json', 'print the report as JSON')
      .addHelpText(
        'after',
        '\nExamples:\n  tributary providers import --format lantern fhir-endpoints/*.json' +
          '\n  tributary providers import --format brands --directory epic brands.json.gz',
      )
      .action((files: string[], options: ImportOptions) => importFiles(line, files, options)),
  );
};

interface ImportOptions {
  readonly format: string;
  readonly directory?: string;
  readonly allowEmpty?: boolean;
  readonly json?: boolean;
}

function describeFormats(): string {
  return [...directoryFormats].map(([name, { title }]) => `${name}, ${title}`).join('; ');
}

async function importFiles(
  line: CommandLine,
  files: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { json, ...given } = options;
  const { definitions } = await line.catalogue();
  const report = await line.withDatabase('providers import', (database) =>
    line.withProgress('Importing', (progress) =>
      importProviders(database, {
        ...given,
        files: files.map((file) => ({ name: basename(file), bytes: () => createReadStream(file) })),
        definitions,
        clock: line.clock,
        actor: line.actor,
        onProgress: ({ filesRead, files: total }) =>
          progress(filesRead, total, `${filesRead} of ${total} files`),
      }),
    ),
  );
  if (json === true) line.json(report);
  else printProviderImport(line, report);
}
