import { renameProject } from '../../../projects/projects.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';

/** `tributary project rename`: a study under another name; its ID and all that belongs to it stay. */
export const command: AddCommand = (project, line) => {
  project
    .command('rename')
    .description('Gives a project another name. Its ID stays.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .requiredOption('--name <name>', 'the new name')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  tributary project rename --project 5e0c… --name "River Heart Study 2"',
    )
    .action(async (options: { project: string; name: string; json?: boolean }) => {
      const { project: projectID, name } = options;
      const renamed = await line.withDatabase('project rename', (database) =>
        database.transaction((transaction) =>
          renameProject(transaction, { projectID, name, actor: line.actor, now: line.clock.now() }),
        ),
      );
      if (options.json === true) line.json(renamed);
      else line.say(`The project is called ${renamed.name}.`);
    });
};
