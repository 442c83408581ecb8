import { addRedirectTargets } from '../../../../projects/redirectTargets.ts';
import { guidOption, type AddCommand } from '../../../commandLine.ts';
import { changeTargets, describedTargets, type RedirectOptions } from './changeTargets.ts';

/** `tributary project redirect add`: a new page or app of the study lets its participants connect. */
export const command: AddCommand = (redirect, line) => {
  redirect
    .command('add')
    .description('Allows targets.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<targets...>', describedTargets)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  tributary project redirect add --project 5e0c… https://study.example.org myapp:',
    )
    .action(async (targets: string[], options: RedirectOptions) => {
      const added = await changeTargets(line, options, { targets, change: addRedirectTargets });
      if (options.json === true) line.json({ added });
      else line.say(added.length === 0 ? 'They are allowed already.' : `Added: ${added.join(', ')}.`);
    });
};
