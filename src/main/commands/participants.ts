import type { AddCommand } from '../commandLine.ts';
import { command as importCommand } from './participants/import.ts';

export const command: AddCommand = (program, line) => {
  const participants = program.command('participants').description('Participants of a project.');
  importCommand(participants, line);
};
