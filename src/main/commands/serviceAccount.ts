import type { AddCommand } from '../commandLine.ts';
import { command as addKey } from './serviceAccount/addKey.ts';
import { command as create } from './serviceAccount/create.ts';
import { command as list } from './serviceAccount/list.ts';
import { command as revoke } from './serviceAccount/revoke.ts';

/** `tributary service-account`: who may use the API of a study. */
export const command: AddCommand = (program, line) => {
  const accounts = program.command('service-account').description('Clients of the administrative API.');
  for (const add of [create, list, addKey, revoke]) add(accounts, line);
};
