import type { AddCommand } from '../commandLine.ts';
import { command as connect } from './project/connect.ts';
import { command as create } from './project/create.ts';
import { command as describe } from './project/describe.ts';
import { command as list } from './project/list.ts';
import { command as redirect } from './project/redirect.ts';
import { command as rename } from './project/rename.ts';

/** `tributary project`: studies, and what each allows of connecting. */
export const command: AddCommand = (program, line) => {
  const project = program.command('project').description('Studies.');
  for (const add of [create, list, rename, describe, redirect, connect]) add(project, line);
};
