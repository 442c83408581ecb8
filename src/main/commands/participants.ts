import type { AddCommand } from '../commandLine.ts';
import { command as importCommand } from './participants/import.ts';

/** `tributary participants`: who takes part in a study. */
export const command: AddCommand = (program, line) => {
  const participants = program.command('participants').description('Participants of a project.');
  importCommand(participants, line);
};
