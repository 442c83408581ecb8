import { createWantedProviders } from '../../catalogue/storeProviders.ts';
import type { BadLines } from '../../platform/intake/badLines.ts';
import { arrayLiteral, copyChunks, copyText } from '../../platform/storage/copyText.ts';
import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { ImportedAccount } from '../importedAccount.ts';
import { ProviderNumbers, ScopeSets } from './interning.ts';

/** Rows between two calls of `onProgress`. */
const rowsPerReport = 10_000;

/** What lies in `import_rows` after staging. */
export interface StagedRows {
  readonly rows: number;
  /** The highest account number that is not above the limit; 0 when there is none. */
  readonly highestAccountID: number;
}

/**
 * Puts all accounts into the temporary table `import_rows`, as they come, their providers into
 * `wanted_providers` and their lists of scopes into `import_scopes`. All are gone at the end of the transaction.
 *
 * One COPY with back-pressure: whatever the number of accounts, a few hundred of them are in memory. Providers
 * and lists of scopes, which repeat, are sent once, which makes the rows a third as wide.
 */
export async function stageAccounts(
  transaction: Transaction,
  accounts: AsyncIterable<ImportedAccount>,
  badLines: BadLines,
  accountIDMax: number,
  onProgress: (rows: number) => void,
): Promise<StagedRows> {
  await transaction.query(sql`
    create temporary table import_rows (
      line integer not null,
      account_id integer,
      participant_id uuid,
      participant_identifier text not null,
      settled_status account_status,
      last_fetch_at timestamptz,
      -- Number of the row in wanted_providers.
      provider integer not null,
      connected_at timestamptz not null,
      provider_user_id text,
      -- Scopes are in import_scopes or, when there are too many different lists, here.
      scope_set integer,
      scopes text[]
    ) on commit drop`);
  const [providers, scopeSets] = [new ProviderNumbers(), new ScopeSets()];
  let rows = 0;
  let highestAccountID = 0;
  const chunks = copyChunks(accounts, (account) => {
    if (++rows % rowsPerReport === 0) onProgress(rows);
    const { accountID, line } = account;
    if (accountID !== null && accountID > highestAccountID && accountID <= accountIDMax)
      highestAccountID = accountID;
    const provider = providers.numberOf(account);
    if (provider !== undefined) return renderRow(account, provider, scopeSets);
    badLines.add(line, 'ProviderName', `the file names more than ${providers.countMax} different providers`);
    return '';
  });
  await transaction.copyIn('copy import_rows from stdin', chunks);
  onProgress(rows);
  await stageProviders(transaction, providers);
  await stageScopes(transaction, scopeSets);
  // Planned without it, the statements that follow would take a million rows for a few.
  await transaction.query(sql`analyze import_rows, wanted_providers, import_scopes`);
  return { rows, highestAccountID };
}

/** In the order of the columns of `import_rows`. Only free text can need escapes; instants are UTC. */
function renderRow(account: ImportedAccount, provider: number, scopeSets: ScopeSets): string {
  const { lastFetchAt, dataScopes } = account;
  const ids = `${account.line}\t${account.accountID ?? '\\N'}\t${account.participantID ?? '\\N'}`;
  const person = `${copyText(account.participantIdentifier)}\t${account.status ?? '\\N'}`;
  const fetched = lastFetchAt === null ? '\\N' : `${lastFetchAt}Z`;
  const connection = `${provider}\t${account.connectedAt}Z\t${copyText(account.providerUserID)}`;
  return `${ids}\t${person}\t${fetched}\t${connection}\t${renderScopes(dataScopes, scopeSets)}\n`;
}

function renderScopes(scopes: readonly string[] | null, scopeSets: ScopeSets): string {
  if (scopes === null) return '\\N\t\\N';
  const set = scopeSets.numberOf(scopes);
  return set === undefined ? `\\N\t${copyText(arrayLiteral(scopes))}` : `${set}\t\\N`;
}

async function stageProviders(transaction: Transaction, providers: ProviderNumbers): Promise<void> {
  await createWantedProviders(transaction);
  await transaction.copyIn(
    'copy wanted_providers (number, wanted_id, name, category, scope_separator, first_line) from stdin',
    copyChunks(
      providers.list(),
      ({ number, id, name, category, scopeSeparator, firstLine }) =>
        `${number}\t${id}\t${copyText(name)}\t${category}\t${scopeSeparator}\t${firstLine}\n`,
    ),
  );
}

async function stageScopes(transaction: Transaction, scopeSets: ScopeSets): Promise<void> {
  await transaction.query(sql`
    create temporary table import_scopes (
      scope_set integer not null,
      scopes text[] not null
    ) on commit drop`);
  await transaction.copyIn(
    'copy import_scopes from stdin',
    copyChunks(scopeSets.list(), ({ number, scopes }) => `${number}\t${copyText(arrayLiteral(scopes))}\n`),
  );
}
