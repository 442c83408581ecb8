import { refuseWrongKeys } from '../../../keys/judgeKeys.ts';
import { createVaultOf } from '../../../keys/openVault.ts';
import { rotateKeys, type Rotation } from '../../../keys/rotateKeys.ts';
import { createLogger } from '../../../platform/log/logger.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { countOption, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { withKeys } from './withKeys.ts';

interface RotateOptions {
  readonly to?: string;
  readonly wait: number;
  readonly again?: boolean;
  readonly json?: boolean;
}

/** `tributary keys rotate`: a new master key for everything, without an outage. */
export const command: AddCommand = (keys, line) => {
  keys
    .command('rotate')
    .description(
      'Changes the key that everything is sealed with, while the service works. Interrupted, it goes on when it is run again.',
    )
    .option('--json', 'print JSON')
    .option('--to <key-id>', 'a key that is at the source already, where there are several new ones')
    .option(
      '--wait <seconds>',
      'how long every process may take to have the key',
      countOption(0, 86_400),
      120,
    )
    .option('--again', 'rotate although a rotation was finished a moment ago')
    .addHelpText('after', '\nExample:\n  tributary keys rotate')
    .action(async (options: RotateOptions) => {
      const rotation = await rotate(line, options);
      const finishedAt = new Date(line.clock.now()).toISOString();
      if (options.json === true) line.json({ ...rotation, finishedAt });
      else sayRotation(line, rotation, finishedAt);
    });
};

function rotate(line: CommandLine, options: RotateOptions): Promise<Rotation> {
  return withKeys(line, 'keys rotate', async ({ database, source }) => {
    await refuseWrongKeys(database, source);
    const { clock, random, actor } = line;
    return rotateKeys(
      omitUndefined({
        database,
        source,
        clock,
        random,
        actor,
        vault: createVaultOf({ database, source, clock, random, log: createLogger('error') }),
        wanted: options.to,
        again: options.again === true,
        patienceMs: options.wait * 1_000,
        onProgress: (message: string) => line.remark(message),
      }),
    );
  });
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
