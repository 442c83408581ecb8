import { removeKey } from '../../../keys/removeKey.ts';
import type { AddCommand } from '../../commandLine.ts';
import { withKeys } from './withKeys.ts';

/** `tributary keys remove`: the end of a rotation on each machine with a key file. */
export const command: AddCommand = (keys, line) => {
  keys
    .command('remove')
    .argument('<key-id>')
    .description('Takes a retired key out of the key file of this machine.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary keys remove k-7qmx2dpa')
    .action(async (keyID: string, options: { json?: boolean }) => {
      await withKeys(line, 'keys remove', (parts) =>
        removeKey(parts, keyID, { actor: line.actor, now: line.clock.now() }),
      );
      if (options.json === true) line.json({ removed: keyID });
      else line.say(`Took ${keyID} out. Backups from before its retirement need a copy of it.`);
    });
};
