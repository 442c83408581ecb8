import { createProject } from '../../../projects/projects.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';

/** `tributary project create`: a study, with the ID that it has on the platform where it comes from there. */
export const command: AddCommand = (project, line) => {
  project
    .command('create')
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
    });
};
