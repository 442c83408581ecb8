import { basename } from 'node:path';
import { importParticipants, type ParticipantImportReport } from '../../../projects/participants.ts';
import { guidOption, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { openInput } from '../../openInput.ts';
import { refuseFile } from '../../refuseFile.ts';

/** `tributary participants import`: tells the service of participants before they connect anything. */
export const command: AddCommand = (participants, line) => {
  participants
    .command('import')
    .description(
      'Brings in participants from a CSV file (also gzip): all of them or none. Twice changes nothing.',
    )
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument(
      '<file>',
      'CSV with ParticipantIdentifier and, where known, ParticipantID; other columns are left out',
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  tributary participants import --project 5e0c… AllParticipants.csv')
    .action(async (file: string, options: { project: string; json?: boolean }) => {
      const { stream, bytes } = await openInput(file);
      const outcome = await line.withProject('participants import', options.project, (database) =>
        line.withProgress('Importing', (progress) =>
          importParticipants(database, {
            projectID: options.project,
            source: stream,
            name: basename(file),
            clock: line.clock,
            random: line.random,
            actor: line.actor,
            onProgress: (rows) => progress(stream.bytesRead, bytes, `${rows} rows`),
          }),
        ),
      );
      if (options.json === true) line.json(outcome);
      if (outcome.outcome === 'refused') refuseFile(line, outcome, options.json === true);
      else if (options.json !== true) printReport(line, outcome.report);
    });
};

function printReport(line: CommandLine, report: ParticipantImportReport): void {
  line.say(`Participants: ${report.created} created, ${report.found} found.`);
  if (report.ignoredColumns.length > 0) line.say(`Columns left out: ${report.ignoredColumns.join(', ')}.`);
  if (report.mappingCount > 0)
    line.say(`${report.mappingCount} could not get the ParticipantID of the file; --json lists them.`);
}
