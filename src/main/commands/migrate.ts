import type { AddCommand } from '../commandLine.ts';
import { openInstallation } from '../openInstallation.ts';
import { prepareDatabase } from '../prepareDatabase.ts';

/** `tributary migrate`: a step of its own for whoever deploys, before the new processes start. */
export const command: AddCommand = (program, line) => {
  program
    .command('migrate')
    .description(
      "Brings the database to this release's schema and providers. Any command does so too; this one does nothing else.",
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary migrate')
    .action(async (options: { json?: boolean }) => {
      const installation = await openInstallation({
        config: line.config,
        clock: line.clock,
        purpose: 'tributary migrate',
        as: 'guest',
      });
      try {
        const applied = await prepareDatabase(installation.database, await line.catalogue(), line.clock);
        if (options.json === true) line.json({ applied });
        else line.say(applied.length === 0 ? 'The schema is current.' : `Applied: ${applied.join(', ')}.`);
      } finally {
        await installation.close();
      }
    });
};
