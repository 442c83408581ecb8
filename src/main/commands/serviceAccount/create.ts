import { generateKeyPair } from '../../../access/generateKeyPair.ts';
import { parsePublicKey } from '../../../access/publicKey.ts';
import { createServiceAccount } from '../../../access/serviceAccounts.ts';
import { guidOption, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { readKeyFile, withPrivateKey } from '../../keyFiles.ts';

interface CreateOptions {
  readonly project: string;
  readonly name: string;
  readonly publicKey?: readonly string[];
  readonly json?: boolean;
}

/** `tributary service-account create`: lets a program of the study get tokens. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('create')
    .description(
      'Creates a service account. Without a public key it makes a pair and says where the private key lies.',
    )
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--json', 'print JSON')
    .requiredOption('--name <name>', 'whole name, as clients write it into iss and sub')
    .option('--public-key <file...>', 'public key: X.509, SPKI or PKCS#1 PEM, or JWK; two at the most')
    .addHelpText(
      'after',
      '\nExample:\n  tributary service-account create --project 5e0c… --name MyDataHelps.RIVER.analyst',
    )
    .action((options: CreateOptions) => create(line, options));
};

async function create(line: CommandLine, options: CreateOptions): Promise<void> {
  const { project: projectID, name } = options;
  const given = await readPublicKeys(options.publicKey);
  const pair = given.length === 0 ? await generateKeyPair() : undefined;
  const publicKeys = pair === undefined ? given : [await parsePublicKey(pair.publicKey)];
  const made = await line.withProject('service-account create', projectID, async (database) => {
    let serviceAccountID = '';
    const store = async () => {
      const { actor, random } = line;
      const account = { projectID, name, publicKeys, random, actor, now: line.clock.now() };
      serviceAccountID = await database.transaction((transaction) =>
        createServiceAccount(transaction, account),
      );
    };
    if (pair === undefined) {
      await store();
      return { serviceAccountID };
    }
    const keyFile = await withPrivateKey(line.config.TRIBUTARY_DATA_DIR, name, pair.privateKey, store);
    return { serviceAccountID, keyFile };
  });
  const thumbprints = publicKeys.map(({ thumbprint }) => thumbprint);
  if (options.json === true) line.json({ ...made, name, thumbprints });
  else {
    line.say(`Created ${name} with key ${thumbprints.join(' and ')}.`);
    if ('keyFile' in made) line.say(`Its private key lies in ${made.keyFile}; there is no other copy.`);
  }
}

async function readPublicKeys(files: readonly string[] = []) {
  return Promise.all(files.map(async (file) => parsePublicKey(await readKeyFile(file))));
}
