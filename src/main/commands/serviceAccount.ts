import { generateKeyPair } from '../../access/generateKeyPair.ts';
import { parsePublicKey } from '../../access/publicKey.ts';
import {
  addPublicKey,
  createServiceAccount,
  listServiceAccounts,
  revokePublicKey,
  revokeServiceAccount,
} from '../../access/serviceAccounts.ts';
import { readKeyFile, withPrivateKey } from '../keyFiles.ts';
import { guidOption, type AddCommand, type CommandLine } from '../commandLine.ts';

interface Options {
  readonly project: string;
  readonly name: string;
  readonly publicKey?: readonly string[];
  readonly key?: string;
  readonly json?: boolean;
}

export const command: AddCommand = (program, line) => {
  const accounts = program.command('service-account').description('Clients of the administrative API.');
  const add = (name: string, description: string, example: string) =>
    accounts
      .command(name)
      .description(description)
      .requiredOption('--project <guid>', 'project', guidOption)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  tributary service-account ${example}`);

  add(
    'create',
    'Creates a service account. Without a public key it makes a pair and says where the private key lies.',
    'create --project 5e0c… --name MyDataHelps.RIVER.analyst',
  )
    .requiredOption('--name <name>', 'whole name, as clients write it into iss and sub')
    .option('--public-key <file...>', 'public key: X.509, SPKI or PKCS#1 PEM, or JWK; two at the most')
    .action((options: Options) => create(line, options));

  add('list', 'Lists the service accounts of a project with their keys.', 'list --project 5e0c…').action(
    (options: Options) => list(line, options),
  );

  add(
    'add-key',
    'Adds a second public key, so that a key can be replaced without an outage.',
    'add-key --project 5e0c… --name MyDataHelps.RIVER.analyst --public-key new.pem',
  )
    .requiredOption('--name <name>', 'name of the service account')
    .requiredOption('--public-key <file>', 'the public key')
    .action(async (options: Omit<Options, 'publicKey'> & { readonly publicKey: string }) => {
      const publicKey = await parsePublicKey(await readKeyFile(options.publicKey));
      await line.withProject('service-account add-key', options.project, (database) =>
        database.transaction((transaction) =>
          addPublicKey(transaction, { ...change(line, options), publicKey, random: line.random }),
        ),
      );
      if (options.json === true) line.json({ added: publicKey.thumbprint });
      else line.say(`Added key ${publicKey.thumbprint}.`);
    });

  add(
    'revoke',
    'Ends a service account, or one of its keys, for ever; tokens stop within five seconds.',
    'revoke --project 5e0c… --name MyDataHelps.RIVER.analyst',
  )
    .requiredOption('--name <name>', 'name of the service account')
    .option('--key <thumbprint>', 'only this key: its thumbprint or the beginning of it')
    .action((options: Options) => revoke(line, options));
};

async function create(line: CommandLine, options: Options): Promise<void> {
  const given = await readPublicKeys(options.publicKey);
  const pair = given.length === 0 ? await generateKeyPair() : undefined;
  const publicKeys = pair === undefined ? given : [await parsePublicKey(pair.publicKey)];
  const made = await line.withProject('service-account create', options.project, async (database) => {
    let serviceAccountID = '';
    const store = async () => {
      serviceAccountID = await database.transaction((transaction) =>
        createServiceAccount(transaction, { ...change(line, options), publicKeys, random: line.random }),
      );
    };
    if (pair === undefined) {
      await store();
      return { serviceAccountID };
    }
    const keyFile = await withPrivateKey(
      line.config.TRIBUTARY_DATA_DIR,
      options.name,
      pair.privateKey,
      store,
    );
    return { serviceAccountID, keyFile };
  });
  const thumbprints = publicKeys.map(({ thumbprint }) => thumbprint);
  if (options.json === true) line.json({ ...made, name: options.name, thumbprints });
  else {
    line.say(`Created ${options.name} with key ${thumbprints.join(' and ')}.`);
    if ('keyFile' in made) line.say(`Its private key lies in ${made.keyFile}; there is no other copy.`);
  }
}

async function list(line: CommandLine, options: Options): Promise<void> {
  const accounts = await line.withProject('service-account list', options.project, (database) =>
    listServiceAccounts(database, options.project),
  );
  if (options.json === true) {
    line.json(accounts);
    return;
  }
  line.table(
    ['NAME', 'CREATED', 'STATE', 'KEYS'],
    accounts.map(({ name, createdAt, revokedAt, keys }) => [
      name,
      createdAt.toISOString(),
      revokedAt === undefined ? 'live' : `revoked ${revokedAt.toISOString()}`,
      keys.map((key) => `${key.thumbprint}${key.revokedAt === undefined ? '' : ' (revoked)'}`).join('\n'),
    ]),
  );
}

async function revoke(line: CommandLine, options: Options): Promise<void> {
  const revoked = await line.withProject('service-account revoke', options.project, (database) =>
    database.transaction(async (transaction) => {
      if (options.key !== undefined)
        return revokePublicKey(transaction, { ...change(line, options), thumbprintPrefix: options.key });
      await revokeServiceAccount(transaction, change(line, options));
      return options.name;
    }),
  );
  if (options.json === true) line.json({ revoked });
  else line.say(`Revoked ${revoked}. Its tokens stop within five seconds.`);
}

function change(line: CommandLine, options: Pick<Options, 'project' | 'name'>) {
  return { projectID: options.project, name: options.name, actor: line.actor, now: line.clock.now() };
}

async function readPublicKeys(files: readonly string[] = []) {
  return Promise.all(files.map(async (file) => parsePublicKey(await readKeyFile(file))));
}
