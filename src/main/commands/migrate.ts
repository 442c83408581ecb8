import { migrate, readMigrations } from '../../platform/storage/migrate.ts';
import { migrationsFolder } from '../compose.ts';
import type { AddCommand } from '../commandLine.ts';
import { openInstallation } from '../openInstallation.ts';

export const command: AddCommand = (program, line) => {
  program
    .command('migrate')
    .description(
      "Brings the database to this release's schema. Any command does so too; this one does nothing else.",
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
        const applied = await migrate(installation.database, await readMigrations(migrationsFolder));
        if (options.json === true) line.json({ applied });
        else line.say(applied.length === 0 ? 'The schema is current.' : `Applied: ${applied.join(', ')}.`);
      } finally {
        await installation.close();
      }
    });
};
