import { accountQueryParameters, readAccountQuery } from '../../../accounts/accountFilters.ts';
import { createPageBookmarks } from '../../../accounts/pageBookmarks.ts';
import { queryAccounts } from '../../../accounts/queryAccounts.ts';
import { createKnownProviders } from '../../../catalogue/knownProviders.ts';
import type { ExternalAccount } from '../../../contract/externalAccount.ts';
import type { ExternalAccountPage } from '../../../contract/page.ts';
import { requireFields } from '../../../platform/http/readFields.ts';
import { createInstallationKeys } from '../../../platform/storage/installationKey.ts';
import type { Database } from '../../../platform/storage/database.ts';
import { countOption, guidOption, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { resolvePublicUrl } from '../../config.ts';

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

/** `tributary accounts list`: the API's query, with the same filters, for a look from the shell. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('list')
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
    .action(async (options: ListOptions) => {
      const { found, isMore } = await line.withProject('accounts list', options.project, (database) =>
        findAccounts(line, database, options),
      );
      if (options.json === true) line.json({ externalAccounts: found });
      else printAccounts(line, found, { isMore, limit: options.limit });
    });
};

/** As many as are wanted, page by page, and whether there are others. */
async function findAccounts(line: CommandLine, database: Database, options: ListOptions) {
  const publicUrl = resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT);
  const getInstallationKey = createInstallationKeys(database);
  const bookmarks = createPageBookmarks({ database, getInstallationKey });
  const catalogue = await line.catalogue();
  const knownProviders = createKnownProviders({ database, catalogue, publicUrl });
  const context = { database, bookmarks, knownProviders };
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
  const isMore = found.length > options.limit || nextPageID !== undefined;
  return { found: found.slice(0, options.limit), isMore };
}

function printAccounts(
  line: CommandLine,
  accounts: readonly ExternalAccount[],
  { isMore, limit }: { readonly isMore: boolean; readonly limit: number },
): void {
  line.table(
    ['ID', 'PARTICIPANT', 'PROVIDER', 'STATUS', 'LAST REFRESH', 'CONNECTED'],
    accounts.map((account) => [
      account.id,
      account.participantIdentifier,
      account.provider.name,
      account.status,
      account.lastRefreshDate,
      account.connectionDate,
    ]),
  );
  if (isMore) line.remark(`There are more than ${limit}; --limit shows more.`);
}
