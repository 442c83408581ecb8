import type { AddCommand } from '../commandLine.ts';
import { command as check } from './providers/check.ts';
import { command as close } from './providers/close.ts';
import { command as discover } from './providers/discover.ts';
import { command as find } from './providers/find.ts';
import { command as importCommand } from './providers/import.ts';
import { command as jwks } from './providers/jwks.ts';
import { command as list } from './providers/list.ts';
import { command as logo } from './providers/logo.ts';
import { command as open } from './providers/open.ts';

/** `tributary providers`: everything about providers that is the same for all studies. */
export const command: AddCommand = (program, line) => {
  const providers = program.command('providers').description('The catalogue of providers.');
  for (const add of [check, discover, jwks, find, close, open, logo, list, importCommand])
    add(providers, line);
};
