import { Command } from 'commander';
import {
  addRedirectTargets,
  listRedirectTargets,
  removeRedirectTargets,
  type RedirectTargetChange,
} from '../../projects/redirectTargets.ts';
import type { Transaction } from '../../platform/storage/database.ts';
import { guidOption, type CommandLine } from '../commandLine.ts';

interface RedirectOptions {
  readonly project: string;
  readonly json?: boolean;
}

/** `tributary project redirect`: where participants may be sent back to when they have connected. */
export function createRedirectCommand(line: CommandLine): Command {
  const redirect = new Command('redirect').description(
    'Where participants of a study may be sent back to when they have connected.',
  );
  const add = (name: string, description: string, example: string) => {
    const added = new Command(name)
      .description(description)
      .requiredOption('--project <guid>', 'project', guidOption)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  tributary project redirect ${example}`);
    redirect.addCommand(added);
    return added;
  };
  const targets = 'origins (https://study.example.org) or schemes of apps (myapp:)';
  add('add', 'Allows targets.', 'add --project 5e0c… https://study.example.org myapp:')
    .argument('<targets...>', targets)
    .action(async (named: string[], options: RedirectOptions) => {
      const changed = await change(line, { ...options, targets: named }, addRedirectTargets);
      if (options.json === true) line.json({ added: changed });
      else line.say(changed.length === 0 ? 'They are allowed already.' : `Added: ${changed.join(', ')}.`);
    });
  add('remove', 'Allows targets no more.', 'remove --project 5e0c… https://study.example.org')
    .argument('<targets...>', targets)
    .action(async (named: string[], options: RedirectOptions) => {
      const changed = await change(line, { ...options, targets: named }, removeRedirectTargets);
      if (options.json === true) line.json({ removed: changed });
      else line.say(changed.length === 0 ? 'None of them was allowed.' : `Removed: ${changed.join(', ')}.`);
    });
  add('list', 'Lists the targets.', 'list --project 5e0c…').action(async (options: RedirectOptions) => {
    const listed = await line.withProject('project redirect list', options.project, (database) =>
      listRedirectTargets(database, options.project),
    );
    if (options.json === true) line.json(listed);
    else
      line.table(
        ['TARGET'],
        listed.map((target) => [target]),
      );
  });
  return redirect;
}

function change(
  line: CommandLine,
  { project, targets }: RedirectOptions & Pick<RedirectTargetChange, 'targets'>,
  apply: (transaction: Transaction, change: RedirectTargetChange) => Promise<string[]>,
): Promise<string[]> {
  return line.withProject('project redirect', project, (database) =>
    database.transaction((transaction) =>
      apply(transaction, { projectID: project, targets, actor: line.actor, now: line.clock.now() }),
    ),
  );
}
