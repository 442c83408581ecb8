import type { AddCommand } from '../../commandLine.ts';
import { command as addTargets } from './redirect/add.ts';
import { command as list } from './redirect/list.ts';
import { command as remove } from './redirect/remove.ts';

/** `tributary project redirect`: where participants of a study may be sent back to. */
export const command: AddCommand = (project, line) => {
  const redirect = project
    .command('redirect')
    .description('Where participants of a study may be sent back to when they have connected.');
  for (const add of [addTargets, remove, list]) add(redirect, line);
};
