import { generateMasterKey } from '../../platform/sealing/masterKeys.ts';
import { createLogger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/storage/database.ts';
import { CommandFailed, countOption, type AddCommand, type CommandLine } from '../commandLine.ts';
import { abandonKey } from '../keys/abandonKey.ts';
import { readKeySettings } from '../keys/readKeySettings.ts';
import { refuseWrongKeys } from '../../keys/judgeKeys.ts';
import { openKeySource, type KeySource } from '../../keys/keySource.ts';
import { listKeys } from '../../keys/listKeys.ts';
import { createVaultOf } from '../../keys/openVault.ts';
import { removeKey } from '../../keys/removeKey.ts';
import { rotateKeys, type Rotation } from '../../keys/rotateKeys.ts';

interface RotateOptions {
  readonly to?: string;
  readonly wait: number;
  readonly again?: boolean;
  readonly json?: boolean;
}

export const command: AddCommand = (program, line) => {
  const keys = program.command('keys').description('Keys that seal stored tokens and secrets.');
  const add = (name: string, description: string, example: string) =>
    keys
      .command(name)
      .description(description)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  tributary keys ${example}`);

  add('list', 'Lists the keys that the database knows, and how much is sealed with each.', 'list').action(
    (options: { json?: boolean }) => list(line, options),
  );
  add('generate', 'Prints a new key as a line for a key file. It is stored nowhere.', 'generate').action(
    (options: { json?: boolean }) => {
      const { keyID, line: text } = generateMasterKey(line.random);
      if (options.json === true) line.json({ keyID, line: text });
      else line.say(text);
    },
  );
  add(
    'rotate',
    'Changes the key that everything is sealed with, while the service works. Interrupted, it goes on when it is run again.',
    'rotate',
  )
    .option('--to <key-id>', 'a key that is at the source already, where there are several new ones')
    .option(
      '--wait <seconds>',
      'how long every process may take to have the key',
      countOption(0, 86_400),
      120,
    )
    .option('--again', 'rotate although a rotation was finished a moment ago')
    .action((options: RotateOptions) => rotate(line, options));
  add(
    'remove <key-id>',
    'Takes a retired key out of the key file of this machine.',
    'remove k-7qmx2dpa',
  ).action(async (keyID: string, options: { json?: boolean }) => {
    await withKeys(line, 'keys remove', (parts) => removeKey(parts, keyID, actOf(line)));
    if (options.json === true) line.json({ removed: keyID });
    else line.say(`Took ${keyID} out. Backups from before its retirement need a copy of it.`);
  });
  add(
    'abandon <key-id>',
    'Gives up what is sealed with a key that is lost for ever: its participants have to connect again.',
    'abandon k-7qmx2dpa --yes',
  )
    .option('--yes', 'do it')
    .action((keyID: string, options: { yes?: boolean; json?: boolean }) => abandon(line, keyID, options));
};

async function list(line: CommandLine, options: { json?: boolean }): Promise<void> {
  const listed = await line.withDatabase('keys list', listKeys);
  if (options.json === true) {
    line.json(listed);
    return;
  }
  line.table(
    ['KEY', 'STATE', 'SEALED VALUES', 'PROCESSES', 'AGE', 'RETIRED'],
    listed.map((key) => [
      ...[key.keyID, key.state, key.sealedValues, `${key.holders} of ${key.processes}`],
      ...[describeAge(line.clock.now() - key.createdAt.getTime()), key.retiredAt?.toISOString()],
    ]),
  );
}

async function rotate(line: CommandLine, options: RotateOptions): Promise<void> {
  const rotation = await withKeys(line, 'keys rotate', async ({ database, source }) => {
    await refuseWrongKeys(database, source);
    const { clock, random, actor } = line;
    return rotateKeys({
      ...{ database, source, clock, random, actor },
      vault: createVaultOf({ database, source, clock, random, log: createLogger('error') }),
      ...(options.to === undefined ? {} : { wanted: options.to }),
      again: options.again === true,
      patienceMs: options.wait * 1_000,
      onProgress: (message) => line.remark(message),
    });
  });
  const finishedAt = new Date(line.clock.now()).toISOString();
  if (options.json === true) line.json({ ...rotation, finishedAt });
  else sayRotation(line, rotation, finishedAt);
}

function sayRotation(line: CommandLine, rotation: Rotation, finishedAt: string): void {
  if (rotation.outcome === 'done-lately') {
    line.say(`A rotation to key ${rotation.active} was finished a moment ago. For another one say --again.`);
    return;
  }
  const { active, retired, rewrapped } = rotation;
  const old = retired.join(', ');
  line.say(
    `Everything is sealed with key ${active} (${rewrapped} values were wrapped anew); ${old} is retired.
Leave ${old} at its place until no backup from before ${finishedAt} is kept, then: tributary keys remove ${retired[0] ?? ''}
Copy the new key to where the copy of the old one is.`,
  );
}

async function abandon(
  line: CommandLine,
  keyID: string,
  options: { yes?: boolean; json?: boolean },
): Promise<void> {
  if (options.yes !== true)
    throw new CommandFailed(
      'This cannot be undone: stored tokens are deleted, and participants have to connect again. Look for a backup of the key first; then say --yes.',
    );
  const accounts = await withKeys(line, 'keys abandon', (parts) => abandonKey(parts, keyID, actOf(line)));
  if (options.json === true) line.json({ abandoned: keyID, accounts });
  else line.say(`Gave up ${keyID}: ${accounts} accounts are unauthorized now. Start the service again.`);
}

/** Keys are looked at before the database is touched. */
async function withKeys<Result>(
  line: CommandLine,
  purpose: string,
  work: (parts: { readonly database: Database; readonly source: KeySource }) => Promise<Result>,
): Promise<Result> {
  const source = await openKeySource(readKeySettings(line.config), line.random);
  return line.withDatabase(purpose, (database) => work({ database, source }));
}

function actOf(line: CommandLine) {
  return { actor: line.actor, now: line.clock.now() };
}

function describeAge(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
