import { Command } from 'commander';
import { createProject, listProjects } from '../../projects/projects.ts';
import { guidOption, type AddCommand } from '../commandLine.ts';
import { createConnectCommand } from '../projects/connect.ts';
import { createRedirectCommand } from '../projects/redirect.ts';

export const command: AddCommand = (program, line) => {
  const project = program.command('project').description('Studies.');
  project.addCommand(
    new Command('create')
      .description('Creates a project and prints its ID.')
      .requiredOption('--name <name>', 'name of the study')
      .option('--id <guid>', 'ID to give it, for a study that moves in; otherwise a new one', guidOption)
      .option('--json', 'print JSON')
      .addHelpText('after', '\nExample:\n  tributary project create --name "River Heart Study"')
      .action(async (options: { name: string; id?: string; json?: boolean }) => {
        const created = await line.withDatabase('project create', (database) =>
          database.transaction((transaction) =>
            createProject(transaction, {
              projectID: options.id ?? line.random.uuid(),
              name: options.name,
              actor: line.actor,
              now: line.clock.now(),
            }),
          ),
        );
        if (options.json === true) line.json(created);
        else line.say(created.projectID);
      }),
  );
  project.addCommand(
    new Command('list')
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
      }),
  );
  project.addCommand(createRedirectCommand(line));
  project.addCommand(createConnectCommand(line));
};
