import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Option } from 'commander';
import { directoryFormats } from '../../../directories/directoryFormats.ts';
import { importProviders } from '../../../directories/importProviders.ts';
import { openRegularFile } from '../../../platform/intake/openRegularFile.ts';
import type { AddCommand, CommandLine } from '../../commandLine.ts';
import { printProviderImport } from './printProviderImport.ts';

interface ImportOptions {
  readonly format: string;
  readonly directory?: string;
  readonly allowEmpty?: boolean;
  readonly json?: boolean;
}

/** `tributary providers import`: health organisations, as vendors and Lantern publish them. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('import')
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
    .action((files: string[], options: ImportOptions) => importFiles(line, files, options));
};

function describeFormats(): string {
  return [...directoryFormats].map(([name, { title }]) => `${name}, ${title}`).join('; ');
}

async function importFiles(
  line: CommandLine,
  files: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { json, ...given } = options;
  // Before the database is opened: a bad name costs no start.
  for (const file of files) await (await openRegularFile(file)).close();
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
