import { listKeys } from '../../../keys/listKeys.ts';
import type { AddCommand } from '../../commandLine.ts';

/** `tributary keys list`: whether a rotation is finished, and which processes lack a key. */
export const command: AddCommand = (keys, line) => {
  keys
    .command('list')
    .description('Lists the keys that the database knows, and how much is sealed with each.')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary keys list')
    .action(async (options: { json?: boolean }) => {
      const listed = await line.withDatabase('keys list', listKeys);
      if (options.json === true) {
        line.json(listed);
        return;
      }
      line.table(
        ['KEY', 'STATE', 'SEALED VALUES', 'PROCESSES', 'AGE', 'RETIRED'],
        listed.map((key) => [
          key.keyID,
          key.state,
          key.sealedValues,
          `${key.holders} of ${key.processes}`,
          describeAge(line.clock.now() - key.createdAt.getTime()),
          key.retiredAt?.toISOString(),
        ]),
      );
    });
};

function describeAge(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
