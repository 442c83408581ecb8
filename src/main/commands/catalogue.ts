import type { AddCommand } from '../commandLine.ts';
import { command as allow } from './catalogue/allow.ts';
import { command as categories } from './catalogue/categories.ts';
import { command as feature } from './catalogue/feature.ts';
import { command as importCommand } from './catalogue/import.ts';
import { command as refuse } from './catalogue/refuse.ts';
import { command as show } from './catalogue/show.ts';

/** `tributary catalogue`: what participants of a study are offered. */
export const command: AddCommand = (program, line) => {
  const catalogue = program
    .command('catalogue')
    .description('Which providers a study uses and which it shows first.');
  for (const add of [show, importCommand, categories, allow, refuse, feature]) add(catalogue, line);
};
