import { messageOption, type AddCommand } from '../../commandLine.ts';
import { changeClosed, type ClosedOptions } from './changeClosed.ts';

/** `tributary providers close`: nobody can connect these any more, whatever the study says. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('close')
    .description('Keeps participants of all studies from connecting providers; their accounts stay.')
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option(
      '--message <text>',
      'what participants read; exactly Unavailable hides the providers',
      messageOption,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers close garmin --message "Back on Monday."')
    .action((named: string[], options: ClosedOptions) => changeClosed(line, named, true, options));
};
