import { arrayLiteral, copyChunks, copyText } from '../../platform/storage/copyText.ts';
import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { ImportedAccount } from '../importedAccount.ts';

/** Rows between two calls of `onProgress`. */
const rowsPerReport = 10_000;

/**
 * Puts all accounts into the temporary table `import_rows`, as they come; gives their number. The table is gone
 * at the end of the transaction.
 *
 * One COPY with back-pressure: whatever the number of accounts, about a hundred of them are in memory.
 */
export async function stageAccounts(
  transaction: Transaction,
  accounts: AsyncIterable<ImportedAccount>,
  onProgress: (rows: number) => void,
): Promise<number> {
  await transaction.query(sql`
    create temporary table import_rows (
      line integer not null,
      account_id integer,
      participant_id uuid,
      participant_identifier text not null,
      settled_status account_status,
      last_fetch_at timestamptz,
      -- 0 where the file has none, so that it can be joined on.
      provider_id integer not null,
      provider_name text not null,
      category provider_category not null,
      scope_separator text not null,
      connected_at timestamptz not null,
      provider_user_id text,
      scopes text[]
    ) on commit drop`);
  let rows = 0;
  const chunks = copyChunks(accounts, (account) => {
    if (++rows % rowsPerReport === 0) onProgress(rows);
    return renderRow(account);
  });
  await transaction.copyIn('copy import_rows from stdin', chunks);
  onProgress(rows);
  // Planned without it, the statements that follow would take a million rows for a few.
  await transaction.query(sql`analyze import_rows`);
  return rows;
}

/** In the order of the columns of `import_rows`. Only free text can need escapes; instants are UTC. */
function renderRow(account: ImportedAccount): string {
  const { lastFetchAt, dataScopes } = account;
  const ids = `${account.line}\t${account.accountID ?? '\\N'}\t${account.participantID ?? '\\N'}`;
  const person = `${copyText(account.participantIdentifier)}\t${account.status ?? '\\N'}`;
  const fetched = lastFetchAt === null ? '\\N' : `${lastFetchAt}Z`;
  const provider = `${account.providerID ?? 0}\t${copyText(account.providerName)}\t${account.providerCategory}`;
  const granted = `${account.scopeSeparator ?? ' '}\t${account.connectedAt}Z\t${copyText(account.providerUserID)}`;
  const scopes = dataScopes === null ? '\\N' : copyText(arrayLiteral(dataScopes));
  return `${ids}\t${person}\t${fetched}\t${provider}\t${granted}\t${scopes}\n`;
}
