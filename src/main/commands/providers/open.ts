import type { AddCommand } from '../../commandLine.ts';
import { changeClosed, type ClosedOptions } from './changeClosed.ts';

/** `tributary providers open`: takes `close` back. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('open')
    .description('Lets participants connect providers again that were closed.')
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers open garmin')
    .action((named: string[], options: ClosedOptions) => changeClosed(line, named, false, options));
};
