import { Command } from 'commander';
import { closeProviders } from '../../catalogue/closeProviders.ts';
import { resolveReferences } from '../../catalogue/readCatalogueFile.ts';
import { messageOption, type CommandLine } from '../commandLine.ts';

interface CloseOptions {
  readonly message?: string;
  readonly json?: boolean;
}

/** `tributary providers close`: nobody can connect these any more, whatever the study says. */
export function createCloseCommand(line: CommandLine): Command {
  return new Command('close')
    .description('Keeps participants of all studies from connecting providers; their accounts stay.')
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option(
      '--message <text>',
      'what participants read; exactly Unavailable hides the providers',
      messageOption,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers close garmin --message "Back on Monday."')
    .action((providers: string[], options: CloseOptions) => change(line, providers, true, options));
}

/** `tributary providers open`: takes `close` back. */
export function createOpenCommand(line: CommandLine): Command {
  return new Command('open')
    .description('Lets participants connect providers again that were closed.')
    .argument('<providers...>', 'numbers, or names of built-in ones')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers open garmin')
    .action((providers: string[], options: CloseOptions) => change(line, providers, false, options));
}

async function change(
  line: CommandLine,
  providers: readonly string[],
  closed: boolean,
  { message, json }: CloseOptions,
): Promise<void> {
  const providerIDs = await line.withDatabase('providers', (database) =>
    database.transaction(async (transaction) => {
      const ids = providers.map(await resolveReferences(transaction, providers));
      await closeProviders(transaction, {
        ...{ providerIDs: ids, closed, message: message ?? null },
        ...{ actor: line.actor, now: line.clock.now() },
      });
      return ids;
    }),
  );
  if (json === true) line.json({ [closed ? 'closed' : 'opened']: providerIDs });
  else line.say(`${closed ? 'Closed' : 'Opened'}: ${providerIDs.join(', ')}.`);
}
