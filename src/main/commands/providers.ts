import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { importProviders, type ProviderImportReport } from '../../catalogue/importProviders.ts';
import { listProviders } from '../../catalogue/providers.ts';
import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import { countOption, type AddCommand, type CommandLine } from '../commandLine.ts';
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
        const rows = await line.withDatabase('providers list', (database) =>
          listProviders(database, options),
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
        new Option('--format <format>', 'form of the files').choices(['lantern']).makeOptionMandatory(),
      )
      .argument('<files...>', 'the directories; give all files of a vendor together')
      .option('--json', 'print the report as JSON')
      .addHelpText('after', '\nExample:\n  tributary providers import --format lantern fhir-endpoints/*.json')
      .action(async (files: string[], options: { json?: boolean }) => {
        const report = await line.withDatabase('providers import', (database) =>
          line.withProgress('Importing', (progress) =>
            importProviders(database, {
              files: files.map((file) => ({ name: basename(file), bytes: () => createReadStream(file) })),
              clock: line.clock,
              actor: line.actor,
              onProgress: ({ filesRead, files: total }) =>
                progress(filesRead, total, `${filesRead} of ${total} files`),
            }),
          ),
        );
        if (options.json === true) line.json(report);
        else printReport(line, report);
      }),
  );
};

function printReport(line: CommandLine, report: ProviderImportReport): void {
  const { added, changed, unchanged } = report;
  line.say(`${report.entriesRead} entries read from ${report.files} files.`);
  line.say(`Providers: ${added} added, ${changed} changed, ${unchanged} as they were.`);
  line.say(`${report.duplicatesMerged} entries repeat an organisation at an endpoint.`);
  line.say(`${report.successorsLinked} older endpoints point to their successor.`);
  if (report.mostShared !== null)
    line.say(
      `${report.distinctEndpoints} distinct endpoints; ${report.mostShared.organisations} organisations share ${report.mostShared.endpoint}.`,
    );
  printFinding(line, 'names derived, because the directory gave none or only a number', report.namesDerived);
  printFinding(line, 'postal codes ignored, because they are none', report.postalCodesIgnored);
  printFinding(
    line,
    'older endpoints not linked, because several successors fit',
    report.successorsAmbiguous,
  );
  printFinding(line, 'older endpoints without a successor in these files', report.successorsMissing);
  for (const skipped of report.skipped) printFinding(line, `skipped: ${skipped.meaning}`, skipped);
}

function printFinding(
  line: CommandLine,
  what: string,
  finding: { readonly entries: number; readonly examples: readonly string[] },
): void {
  if (finding.entries === 0) return;
  line.say(`\n${finding.entries} ${what}; for example:`);
  for (const example of finding.examples) line.say(`  ${example}`);
}
