import { removeRedirectTargets } from '../../../../projects/redirectTargets.ts';
import { guidOption, type AddCommand } from '../../../commandLine.ts';
import { changeTargets, describedTargets, type RedirectOptions } from './changeTargets.ts';

/** `tributary project redirect remove`: no participant is sent back there any more. */
export const command: AddCommand = (redirect, line) => {
  redirect
    .command('remove')
    .description('Allows targets no more.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<targets...>', describedTargets)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  tributary project redirect remove --project 5e0c… https://study.example.org',
    )
    .action(async (targets: string[], options: RedirectOptions) => {
      const removed = await changeTargets(line, options, { targets, change: removeRedirectTargets });
      if (options.json === true) line.json({ removed });
      else line.say(removed.length === 0 ? 'None of them was allowed.' : `Removed: ${removed.join(', ')}.`);
    });
};
