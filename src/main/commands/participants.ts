import type { AddCommand } from '../commandLine.ts';
import { command as erase } from './participants/erase.ts';
import { command as importCommand } from './participants/import.ts';
import { command as list } from './participants/list.ts';

/** `tributary participants`: who takes part in a study. */
export const command: AddCommand = (program, line) => {
  const participants = program.command('participants').description('Participants of a project.');
  for (const add of [list, importCommand, erase]) add(participants, line);
};
