import { listProjects } from '../../../projects/projects.ts';
import type { AddCommand } from '../../commandLine.ts';

/** `tributary project list`: which studies there are, with the IDs that other commands want. */
export const command: AddCommand = (project, line) => {
  project
    .command('list')
    .description('Lists the projects.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary project list --json')
    .action(async (options: { json?: boolean }) => {
      const projects = await line.withDatabase('project list', listProjects);
      if (options.json === true) line.json(projects);
      else
        line.table(
          ['ID', 'NAME', 'CREATED'],
          projects.map((row) => [row.projectID, row.name, row.createdAt]),
        );
    });
};
