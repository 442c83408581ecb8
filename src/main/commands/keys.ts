import type { AddCommand } from '../commandLine.ts';
import { command as abandon } from './keys/abandon.ts';
import { command as generate } from './keys/generate.ts';
import { command as list } from './keys/list.ts';
import { command as remove } from './keys/remove.ts';
import { command as rotate } from './keys/rotate.ts';

/** `tributary keys`: the care of master keys, after docs/guides/keys.md. */
export const command: AddCommand = (program, line) => {
  const keys = program.command('keys').description('Keys that seal stored tokens and secrets.');
  for (const add of [list, generate, rotate, remove, abandon]) add(keys, line);
};
