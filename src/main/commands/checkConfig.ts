import type { AddCommand } from '../commandLine.ts';
import { resolvePublicUrl } from '../config.ts';

export const command: AddCommand = (program, line) => {
  program
    .command('check-config')
    .description(
      'Reads the configuration and says what it comes to, or every mistake in it. Secrets are not shown.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  TRIBUTARY_PORT=9000 tributary check-config')
    .action((options: { json?: boolean }) => {
      const { config } = line;
      const publicUrl = resolvePublicUrl(config, config.TRIBUTARY_PORT);
      const shown = { ...config, TRIBUTARY_PUBLIC_URL: publicUrl };
      if (options.json === true) line.json(shown);
      else
        line.table(
          ['SETTING', 'VALUE'],
          Object.entries(shown).map(([name, value]) => [name, printed(value)]),
        );
    });
};

function printed(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
