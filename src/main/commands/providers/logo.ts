import type { Command } from 'commander';
import { removeLogo, setLogo } from '../../../catalogue/logos.ts';
import type { AddCommand } from '../../commandLine.ts';
import { readLogoFile } from '../../readLogoFile.ts';
import { providerArgument } from './providerArgument.ts';

interface LogoOptions {
  readonly remove?: boolean;
  readonly json?: boolean;
}

/** `tributary providers logo`: what a participant sees beside the name of a provider. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('logo')
    .description("Makes an image a provider's logo, or takes its logo away so that its initials are shown.")
    .argument('<id>', 'number of the provider', providerArgument)
    .argument('[file]', 'PNG, JPEG, WebP or GIF of at most 5 MiB; the first frame is taken')
    .option('--remove', 'take the logo away')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers logo 6327 garmin.png')
    .action(async (providerID: number, file: string | undefined, options: LogoOptions, command: Command) => {
      if ((file === undefined) !== (options.remove === true))
        command.error('error: give either a file or --remove');
      // Before the database is opened: a bad file costs no start.
      const logo = file === undefined ? undefined : await readLogoFile(file);
      const changed = await line.withDatabase('providers logo', (database) =>
        database.transaction((transaction) => {
          const change = { providerID, actor: line.actor, now: line.clock.now() };
          return logo === undefined
            ? removeLogo(transaction, change)
            : setLogo(transaction, { ...change, logo });
        }),
      );
      if (options.json === true)
        line.json({ providerID, changed, digest: logo?.digest.toString('hex') ?? null });
      else line.say(describe(changed, logo !== undefined));
    });
};

function describe(changed: boolean, set: boolean): string {
  if (!changed) return set ? 'It has this logo already.' : 'It has no logo.';
  return set
    ? 'The logo is set. Browsers that keep the earlier picture show it for up to a day.'
    : 'The logo is removed. Browsers that keep it show it for up to a day.';
}
