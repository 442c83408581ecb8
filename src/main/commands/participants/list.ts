import { listParticipants } from '../../../projects/participants.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { countOption, guidOption, type AddCommand } from '../../commandLine.ts';

interface ListOptions {
  readonly project: string;
  readonly identifier?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `tributary participants list`: who takes part, with the IDs that other commands want. */
export const command: AddCommand = (participants, line) => {
  participants
    .command('list')
    .description("Lists participants in the order of the project's identifiers.")
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--identifier <text>', 'only the one whom the project calls so')
    .option('--limit <count>', 'rows at the most', countOption(1), 100)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary participants list --project 5e0c… --limit 1000')
    .action(async ({ project: projectID, identifier, limit, json }: ListOptions) => {
      const { found, isMore } = await line.withProject('participants list', projectID, (database) =>
        listParticipants(database, { projectID, limit, ...omitUndefined({ identifier }) }),
      );
      if (json === true) line.json(found);
      else
        line.table(
          ['ID', 'IDENTIFIER', 'ADDED'],
          found.map((row) => [row.participantID, row.participantIdentifier, row.insertedAt]),
        );
      if (isMore) line.remark(`There are more than ${limit}; --limit shows more.`);
    });
};
