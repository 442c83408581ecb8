import { guidOption, type AddCommand } from '../../commandLine.ts';
import { openInput } from '../../openInput.ts';
import { reportAccountImport } from './reportAccountImport.ts';

/** `tributary accounts import`: a study that moves here brings the accounts that the platform exported. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('import')
    .description(
      'Brings in a Data Scopes or External Accounts export (CSV, JSON or NDJSON, also gzip): all of it or nothing.',
    )
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<file>', 'the export')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  tributary accounts import --project 5e0c… DataScopes.csv.gz')
    .action(async (file: string, options: { project: string; json?: boolean }) => {
      const { stream, bytes } = await openInput(file);
      await line.withProject('accounts import', options.project, (database) =>
        reportAccountImport(line, database, {
          projectID: options.project,
          source: stream,
          bytes,
          name: file,
          json: options.json === true,
        }),
      );
    });
};
