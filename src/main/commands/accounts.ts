import type { AddCommand } from '../commandLine.ts';
import { command as deleteCommand } from './accounts/delete.ts';
import { command as importCommand } from './accounts/import.ts';
import { command as list } from './accounts/list.ts';

/** `tributary accounts`: what an operator looks up, brings in and deletes without the API. */
export const command: AddCommand = (program, line) => {
  const accounts = program.command('accounts').description('External accounts of a project.');
  for (const add of [list, deleteCommand, importCommand]) add(accounts, line);
};
