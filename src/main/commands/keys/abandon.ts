import { CommandFailed, type AddCommand } from '../../commandLine.ts';
import { abandonKey } from '../../keys/abandonKey.ts';
import { withKeys } from './withKeys.ts';

/** `tributary keys abandon`: the last resort, when a key is lost and what it sealed stands in the way. */
export const command: AddCommand = (keys, line) => {
  keys
    .command('abandon')
    .argument('<key-id>')
    .description(
      'Gives up what is sealed with a key that is lost for ever: its participants have to connect again.',
    )
    .option('--json', 'print JSON')
    .option('--yes', 'do it')
    .addHelpText('after', '\nExample:\n  tributary keys abandon k-7qmx2dpa --yes')
    .action(async (keyID: string, options: { yes?: boolean; json?: boolean }) => {
      if (options.yes !== true)
        throw new CommandFailed(
          'This cannot be undone: stored tokens are deleted, and participants have to connect again. Look for a backup of the key first; then say --yes.',
        );
      const accounts = await withKeys(line, 'keys abandon', (parts) =>
        abandonKey(parts, keyID, { actor: line.actor, now: line.clock.now() }),
      );
      if (options.json === true) line.json({ abandoned: keyID, accounts });
      else line.say(`Gave up ${keyID}: ${accounts} accounts are unauthorized now. Start the service again.`);
    });
};
