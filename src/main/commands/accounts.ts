import { Command, InvalidArgumentError } from 'commander';
import { accountQueryParameters, readAccountQuery } from '../../accounts/accountFilters.ts';
import { deleteAccount } from '../../accounts/deleteAccount.ts';
import { createPageBookmarks } from '../../accounts/pageBookmarks.ts';
import { queryAccounts } from '../../accounts/queryAccounts.ts';
import type { ExternalAccount } from '../../contract/externalAccount.ts';
import type { ExternalAccountPage } from '../../contract/page.ts';
import { parseIntegerID } from '../../contract/scalars.ts';
import { requireFields } from '../../platform/http/readFields.ts';
import { createInstallationKeys } from '../../platform/storage/installationKey.ts';
import type { Database } from '../../platform/storage/database.ts';
import { CommandFailed, countOption, guidOption, type AddCommand, type CommandLine } from '../commandLine.ts';
import { openInput } from '../openInput.ts';
import { resolvePublicUrl } from '../config.ts';
import { reportAccountImport } from '../reportAccountImport.ts';

/** Options of `accounts list` and the parameters of the API they stand for. */
const filterOptions = {
  participant: 'participantIdentifier',
  participantId: 'participantID',
  providers: 'providerNames',
  providerIds: 'providerIDs',
  categories: 'providerCategories',
  statuses: 'externalAccountStatuses',
} as const;

type ListOptions = { readonly [Name in keyof typeof filterOptions]?: string } & {
  readonly project: string;
  readonly limit: number;
  readonly json?: boolean;
};

export const command: AddCommand = (program, line) => {
  const accounts = program.command('accounts').description('External accounts of a project.');
  accounts.addCommand(
    new Command('list')
      .description('Lists external accounts in ascending order of number.')
      .requiredOption('--project <guid>', 'project', guidOption)
      .option('--participant <identifier>', "the project's identifier of a participant")
      .option('--participant-id <guid>', 'the internal ID of a participant')
      .option('--providers <names>', 'provider names, comma-separated')
      .option('--provider-ids <ids>', 'provider numbers, comma-separated')
      .option('--categories <list>', 'Provider, Health Plan, Device Manufacturer')
      .option('--statuses <list>', 'unauthorized, fetchingData, error, fetchComplete')
      .option('--limit <count>', 'rows at the most', countOption(1), 100)
      .option('--json', 'print JSON, as the API does')
      .addHelpText(
        'after',
        '\nExample:\n  tributary accounts list --project 5e0c… --statuses unauthorized,error',
      )
      .action((options: ListOptions) =>
        line.withProject('accounts list', options.project, (database) => list(line, database, options)),
      ),
  );
  accounts.addCommand(
    new Command('delete')
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
      }),
  );
  accounts.addCommand(
    new Command('import')
      .description(
        'Brings in a Data Scopes or External Accounts export (CSV, JSON or NDJSON, also gzip): all of it or nothing.',
      )
      .requiredOption('--project <guid>', 'project', guidOption)
      .argument('<file>', 'the export')
      .option('--json', 'print the report as JSON')
      .addHelpText('after', '\nExample:\n  tributary accounts import --project 5e0c… DataScopes.csv.gz')
      .action(async (file: string, options: { project: string; json?: boolean }) => {
        const { stream, bytes } = await openInput(file);
        await line.withProject('accounts import', options.project, (database) =>
          reportAccountImport(line, database, {
            projectID: options.project,
            source: stream,
            bytes,
            name: file,
            json: options.json === true,
          }),
        );
      }),
  );
};

function accountArgument(text: string): number {
  const id = parseIntegerID(text);
  if (id === undefined) throw new InvalidArgumentError('It must be the number of an account.');
  return id;
}

async function list(line: CommandLine, database: Database, options: ListOptions): Promise<void> {
  const publicUrl = resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT);
  const getInstallationKey = createInstallationKeys(database);
  const bookmarks = createPageBookmarks({ database, getInstallationKey });
  const context = { database, publicUrl, catalogue: await line.catalogue(), bookmarks };
  const filters = Object.fromEntries(
    Object.entries(filterOptions).flatMap(([option, parameter]) => {
      const value = options[option as keyof typeof filterOptions];
      return value === undefined ? [] : [[parameter, value]];
    }),
  );
  const found: ExternalAccount[] = [];
  let nextPageID: string | undefined;
  do {
    const asked = { ...filters, nextPageID };
    const query = readAccountQuery(
      requireFields(accountQueryParameters, asked, { blankIsAbsent: false, kind: 'parameter' }),
    );
    const page = JSON.parse(await queryAccounts(context, options.project, query)) as ExternalAccountPage;
    found.push(...page.externalAccounts);
    nextPageID = page.nextPageID;
  } while (nextPageID !== undefined && found.length < options.limit);
  const shown = found.slice(0, options.limit);
  if (options.json === true) {
    line.json({ externalAccounts: shown });
    return;
  }
  line.table(
    ['ID', 'PARTICIPANT', 'PROVIDER', 'STATUS', 'LAST REFRESH', 'CONNECTED'],
    shown.map((account) => [
      account.id,
      account.participantIdentifier,
      account.provider.name,
      account.status,
      account.lastRefreshDate,
      account.connectionDate,
    ]),
  );
  if (found.length > shown.length || nextPageID !== undefined)
    line.remark(`There are more than ${options.limit}; --limit shows more.`);
}
