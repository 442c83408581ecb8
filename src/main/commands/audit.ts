import type { AddCommand } from '../commandLine.ts';
import { command as list } from './audit/list.ts';

/** `tributary audit`: the trail of what was done. */
export const command: AddCommand = (program, line) => {
  const audit = program.command('audit').description('The trail: who did what, and when.');
  list(audit, line);
};
