import { parsePublicKey } from '../../../access/publicKey.ts';
import { addPublicKey } from '../../../access/serviceAccounts.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';
import { readKeyFile } from '../../keyFiles.ts';

interface AddKeyOptions {
  readonly project: string;
  readonly name: string;
  readonly publicKey: string;
  readonly json?: boolean;
}

/** `tributary service-account add-key`: the first half of replacing a key; `revoke --key` is the other. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('add-key')
    .description('Adds a second public key, so that a key can be replaced without an outage.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--json', 'print JSON')
    .requiredOption('--name <name>', 'name of the service account')
    .requiredOption('--public-key <file>', 'the public key')
    .addHelpText(
      'after',
      '\nExample:\n  tributary service-account add-key --project 5e0c… --name MyDataHelps.RIVER.analyst --public-key new.pem',
    )
    .action(async ({ project: projectID, name, publicKey: file, json }: AddKeyOptions) => {
      const publicKey = await parsePublicKey(await readKeyFile(file));
      const { actor, random } = line;
      await line.withProject('service-account add-key', projectID, (database) =>
        database.transaction((transaction) =>
          addPublicKey(transaction, { projectID, name, publicKey, random, actor, now: line.clock.now() }),
        ),
      );
      if (json === true) line.json({ added: publicKey.thumbprint });
      else line.say(`Added key ${publicKey.thumbprint}.`);
    });
};
