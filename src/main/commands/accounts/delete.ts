import { InvalidArgumentError } from 'commander';
import { deleteAccount } from '../../../accounts/deleteAccount.ts';
import { parseIntegerID } from '../../../contract/scalars.ts';
import { CommandFailed, guidOption, type AddCommand } from '../../commandLine.ts';

/** `tributary accounts delete`: the same as the API's deletion, in the name of the operator. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('delete')
    .description('Deletes an external account: its grant is gone, its scope ledger is closed and kept.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .argument('<id>', 'number of the account', accountArgument)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary accounts delete --project 5e0c… 1234')
    .action(async (accountID: number, options: { project: string; json?: boolean }) => {
      const deletion = { projectID: options.project, accountID, actor: line.actor, now: line.clock.now() };
      const deleted = await line.withProject('accounts delete', options.project, (database) =>
        deleteAccount(database, deletion),
      );
      if (!deleted) throw new CommandFailed(`The project has no external account ${accountID}.`);
      if (options.json === true) line.json({ deleted: accountID });
      else line.say(`Deleted external account ${accountID}.`);
    });
};

function accountArgument(text: string): number {
  const id = parseIntegerID(text);
  if (id === undefined) throw new InvalidArgumentError('It must be the number of an account.');
  return id;
}
