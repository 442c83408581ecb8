import { listRedirectTargets } from '../../../../projects/redirectTargets.ts';
import { guidOption, type AddCommand } from '../../../commandLine.ts';
import type { RedirectOptions } from './changeTargets.ts';

/** `tributary project redirect list`: where a journey of this study can end. */
export const command: AddCommand = (redirect, line) => {
  redirect
    .command('list')
    .description('Lists the targets.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary project redirect list --project 5e0c…')
    .action(async (options: RedirectOptions) => {
      const listed = await line.withProject('project redirect list', options.project, (database) =>
        listRedirectTargets(database, options.project),
      );
      if (options.json === true) line.json(listed);
      else
        line.table(
          ['TARGET'],
          listed.map((target) => [target]),
        );
    });
};
