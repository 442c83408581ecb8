import { Option } from 'commander';
import { listActs } from '../../../audit/listActs.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { countOption, guidOption, type AddCommand } from '../../commandLine.ts';

interface ListOptions {
  readonly project?: string;
  readonly account?: number;
  readonly action?: string;
  readonly actor?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `tributary audit list`: who did what, the latest first. */
export const command: AddCommand = (audit, line) => {
  audit
    .command('list')
    .description('Lists what was done, the latest first.')
    .option('--project <guid>', 'only of this project', guidOption)
    .addOption(
      new Option('--account <id>', 'only what happened to this external account').argParser(
        countOption(1, 2 ** 31 - 1),
      ),
    )
    .option('--action <action>', 'only this: external-account.deleted')
    .option('--actor <actor>', 'only by this one: command-line:USER, service-account:NAME, participant:GUID')
    .option('--limit <count>', 'rows at the most', countOption(1, 100_000), 100)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary audit list --project 5e0c… --action project.created')
    .action(async ({ json, limit, ...given }: ListOptions) => {
      const { project: projectID, account: accountID, action, actor } = given;
      const wanted = { limit, ...omitUndefined({ projectID, accountID, action, actor }) };
      const acts = await line.withDatabase('audit list', (database) => listActs(database, wanted));
      if (json === true) line.json(acts);
      else
        line.table(
          ['AT', 'ACTOR', 'ACTION', 'PROJECT', 'ACCOUNT', 'DETAILS'],
          acts.map((act) => [
            act.occurredAt,
            act.actor,
            act.action,
            act.projectID,
            act.accountID,
            act.details === null ? '' : JSON.stringify(act.details),
          ]),
        );
    });
};
