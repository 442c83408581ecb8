import { generateMasterKey } from '../../../platform/sealing/masterKeys.ts';
import type { AddCommand } from '../../commandLine.ts';

/** `tributary keys generate`: a key for operators who keep the key file themselves. */
export const command: AddCommand = (keys, line) => {
  keys
    .command('generate')
    .description('Prints a new key as a line for a key file. It is stored nowhere.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary keys generate')
    .action((options: { json?: boolean }) => {
      const { keyID, line: text } = generateMasterKey(line.random);
      if (options.json === true) line.json({ keyID, line: text });
      else line.say(text);
    });
};
